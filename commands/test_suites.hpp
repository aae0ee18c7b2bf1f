// commands/test_suites.hpp: migrations tried on a shadow, in suites that can each run alone.
//
// schema       what the rules say of it; the whole folder from an empty database; what is pending
//              from where the target stands.
// dry_run      every statement succeeds, one migration after the other.
// rollback     up, down, up on tables with rows: after the down catalog and rows are as before,
// after
//              the second up the catalog is as after the first.
// idempotency  a second time over; and of a script that is no transaction, cut off after each
//              statement and gone on with as a run goes on.
// Skipped      where a suite has nothing to test (no down script), or where a migration before it
//              fails, which blocks it: that is no result, and not recorded.
// Errors       those of the shadow: "shadow-history" where the history cannot be made.
#pragma once

#include "commands/rehearsal_ports.hpp"
#include "ledger/events/validation.hpp"
#include "ledger/result.hpp"
#include "migrations/diagnostic.hpp"
#include "migrations/migration.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace commands {

using Migrations = std::vector<const migrations::Migration*>;

struct TestOrder {
    std::vector<migrations::Script> history;  // what the first of the chain comes after
    Migrations chain;                         // applied one after the other
    Migrations tested;                        // of the chain: whose results are asked for
    Migrations from_empty;                    // as an empty target would be given them
    std::vector<migrations::Diagnostic> findings;
    bool history_is_of_target{};                   // then `chain` is what is pending there
    SessionDefaults defaults;                      // after the history
    std::string encoding{"UTF8"};                  // of the databases
    std::function<void(const std::string&)> tell;  // what is being done; may be empty
};

// The check for which no target's schema is taken.
inline constexpr const char* up_from_empty = "up from empty";

struct SuiteResult {
    ledger::MigrationTested tested;
    std::optional<std::string> skipped;  // why
    bool is_blocked{};                   // since one before it fails
};
using SuiteResults = std::vector<SuiteResult>;  // one for each of `tested`, in order

[[nodiscard]] ledger::Result<SuiteResults> test_schema(Shadow& shadow, const TestOrder& order);
[[nodiscard]] ledger::Result<SuiteResults> test_dry_run(Shadow& shadow, const TestOrder& order);
[[nodiscard]] ledger::Result<SuiteResults> test_rollback(Shadow& shadow, const TestOrder& order);
[[nodiscard]] ledger::Result<SuiteResults> test_idempotency(Shadow& shadow, const TestOrder& order);

[[nodiscard]] ledger::Result<SuiteResults> run_suite(ledger::TestSuite suite, Shadow& shadow,
                                                     const TestOrder& order);

}  // namespace commands
