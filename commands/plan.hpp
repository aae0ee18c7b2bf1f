// commands/plan.hpp: what a run would apply, or a rollback undo, in order. A value: printed,
// recorded and executed from the same struct.
//
// Owns  its scripts are shared with the folder they came from.
#pragma once

#include "ledger/content.hpp"
#include "ledger/events/target.hpp"
#include "ledger/result.hpp"
#include "migrations/boxed.hpp"
#include "migrations/migration.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace commands {

// Where a down script comes from that is not the folder's.
struct KeptDown {
    std::string up_path;  // as it was registered
    ledger::Digest up;
    std::string down_path;   // where its layout would look for it
    bool is_file_changed{};  // the folder has another text of that version; not: none
};

struct Step {
    ledger::PlannedMigration entry;
    std::string mode_cause;  // why not one transaction; empty otherwise
    std::shared_ptr<const migrations::Script> script;
    std::shared_ptr<const migrations::Script> verify;  // may be null
    // Where an earlier attempt is gone on with: the invalid indexes that its first try had met.
    // What came after them is its own, and may be dropped.
    std::optional<std::vector<std::string>> indexes_before;
    std::vector<std::string> begun{};  // what one has left half done of its first statement
    migrations::Boxed<KeptDown> kept{};
};

struct Plan {
    ledger::Target target;
    ledger::Direction direction{};
    std::vector<Step> steps;
    bool is_part{};  // more is pending than was asked for
};

// The plan as the ledger keeps it: a line of JSON a migration.
[[nodiscard]] ledger::Result<ledger::Content> to_content(const Plan& plan);

// The step that applies, or undoes, a migration; its script shares the folder's ownership.
[[nodiscard]] Step make_step(const std::shared_ptr<const migrations::Folder>& folder,
                             const migrations::Migration& migration, ledger::Direction direction,
                             std::uint32_t first_statement_index);

}  // namespace commands
