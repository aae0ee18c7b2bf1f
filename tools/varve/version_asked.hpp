// tools/varve/version_asked.hpp: the migration that an answer is narrowed down to, as it is
// spelled.
//
// Errors  those of commands::find_version, among all that were registered or tried.
#pragma once

#include "ledger/result.hpp"
#include "projections/row_store.hpp"

#include <optional>
#include <string>

namespace tools::varve {

// `rows`: of the status projection. Nothing said: nothing.
[[nodiscard]] ledger::Result<std::optional<std::string>> version_asked(
    const projections::RowStore& rows, const std::optional<std::string>& said);

}  // namespace tools::varve
