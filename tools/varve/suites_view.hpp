// tools/varve/suites_view.hpp: what suites of tests have found, for people and as JSON.
#pragma once

#include "commands/test_suites.hpp"
#include "ledger/digest.hpp"
#include "ledger/events/validation.hpp"
#include "tools/varve/console.hpp"
#include "tools/varve/json_document.hpp"

#include <optional>
#include <set>
#include <string>

namespace tools::varve {

struct Tested {
    commands::Migrations migrations;
    commands::SuiteResults results;
    std::optional<ledger::IntegrityChecked> integrity;
    std::string environment;
    std::set<std::string> required;  // suites, by the environment
};

// No check failed, none was kept from being made by a migration before it that fails, and no suite
// that the environment requires was skipped.
[[nodiscard]] bool has_passed(const Tested& tested);

// Where one has failed since something is not there that the target may have.
[[nodiscard]] bool misses_something(const Tested& tested);

// A line a check, by migration; why, where one has failed. Last the sum of it.
void print(const Console& console, const Tested& tested);

[[nodiscard]] Json to_json(const Tested& tested);

[[nodiscard]] std::string suite_name(ledger::TestSuite suite);  // "dry-run"

}  // namespace tools::varve
