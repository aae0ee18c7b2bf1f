// commands/import.hpp: takes over what another migration tool has kept of a database.
//
// Shape    what the tool counts as applied counts as applied from now on, by nobody's attempt of
//          ours; what it skipped, hid or never told is named.
// Pure     plan_import() decides what is new; import_history() acts, preview_import() only looks.
// Again    what is known already stays as it is: an import that finds nothing new records nothing,
//          but what a person says of something unfinished.
// Refuses  "import-digest-differs" (files were edited since; a person may accept that),
//          "import-contradicts" (this ledger knows otherwise), "import-unfinished", those of
//          read_bookkeeping(), "import-unsupported" (a tool whose rows are no files'), and every
//          difference between ledger and markers.
// Records  TargetRegistered, registrations, HistoryImported with a MigrationAdopted each (behind a
//          DifferenceResolved, in doubt, where the tool never finished it and a person says that it
//          is applied), MarkersWritten.
#pragma once

#include "commands/read_bookkeeping.hpp"
#include "commands/services.hpp"
#include "commands/situation.hpp"
#include "ledger/result.hpp"
#include "migrations/bookkeeping/history.hpp"
#include "migrations/bookkeeping/tools.hpp"
#include "migrations/migration.hpp"
#include "migrations/source_tree.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace commands {

struct ImportRequest {
    TargetRequest target;
    std::shared_ptr<const migrations::Folder> folder;
    std::shared_ptr<const migrations::SourceTree> tree;  // what the folder was read from
    OpenBookkeeping bookkeeping;
    ImportOptions options;
};

struct ImportPlan {
    migrations::bookkeeping::History history;
    std::vector<migrations::bookkeeping::Entry>
        adoptions;                       // what is new; they point into the folder
    std::vector<ledger::Version> known;  // counted as applied before
    bool is_decision{};  // nothing is new but what a person says of something unfinished
    std::optional<ledger::Error> refused;  // why it must not be done
};

// `refused` is only ever set in the plan, so that a preview can show both.
[[nodiscard]] ImportPlan plan_import(migrations::bookkeeping::History history,
                                     const projections::TargetState& state,
                                     const ImportOptions& options);

[[nodiscard]] ledger::Result<ImportPlan> import_history(Services& services,
                                                        const ImportRequest& request);

// Without a lock, and without a change anywhere. `reader` is null where there is no ledger yet.
[[nodiscard]] ledger::Result<ImportPlan> preview_import(const ledger::Reader* reader,
                                                        const Known& known,
                                                        const ImportRequest& request,
                                                        TargetDatabase& database);

}  // namespace commands
