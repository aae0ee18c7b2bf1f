// commands/read_bookkeeping.hpp: what other tools' tables in a database say of the folder.
//
// Several  each is held against the folder, so that those of other programs stand in nobody's way.
// Errors   those of bookkeeping's choose() and whose(), and of reading.
#pragma once

#include "commands/bookkeeping.hpp"
#include "ledger/result.hpp"
#include "migrations/bookkeeping/history.hpp"
#include "migrations/bookkeeping/tools.hpp"
#include "migrations/migration.hpp"
#include "migrations/source_tree.hpp"

#include <optional>

namespace commands {

struct ImportOptions {
    migrations::bookkeeping::Wanted wanted;
    std::optional<migrations::bookkeeping::UnfinishedAs> unfinished;
    bool accept_digests{};  // files that were edited since stand for what was applied
};

// The history points into the folder.
[[nodiscard]] ledger::Result<migrations::bookkeeping::History> read_bookkeeping(
    const OpenBookkeeping& open, const migrations::Folder& folder,
    const migrations::SourceTree& tree, const ImportOptions& options);

}  // namespace commands
