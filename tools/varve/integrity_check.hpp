// tools/varve/integrity_check.hpp: the data of a target, asked read only.
//
// Errors  "url-missing"; "usage": the time-out is no duration; those of the connection.
#pragma once

#include "commands/test_suites.hpp"
#include "ledger/digest.hpp"
#include "ledger/events/validation.hpp"
#include "ledger/result.hpp"
#include "tools/varve/configuration.hpp"
#include "tools/varve/console.hpp"

#include <string>

namespace tools::varve {

// `pending`: what will ask more of the data than the schema does now.
[[nodiscard]] ledger::Result<ledger::IntegrityChecked> check_target(
    const Console& console, const Configuration& configuration, const commands::Migrations& pending,
    const std::string& query_timeout);

}  // namespace tools::varve
