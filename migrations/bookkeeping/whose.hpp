// migrations/bookkeeping/whose.hpp: which of the histories in a database is that of the folder.
//
// About   a history is about the folder where it counts one of its migrations as applied, or as
//         begun. Where none is, the one of the folder's own tool is meant.
// Errors  refused: "import-table-missing" (none is about the folder, and nobody said which is
//         meant), "import-ambiguous" (more than one is).
#pragma once

#include "ledger/result.hpp"
#include "migrations/bookkeeping/history.hpp"

#include <vector>

namespace migrations::bookkeeping {

[[nodiscard]] bool is_about_folder(const History& history);

// There is one at least. `wanted` is what a person has said.
[[nodiscard]] ledger::Result<const History*> whose(const std::vector<History>& histories,
                                                   const Wanted& wanted);

}  // namespace migrations::bookkeeping
