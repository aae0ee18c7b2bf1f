// commands/record_tests.hpp: what suites have found, into the ledger.
//
// Order    a migration that the ledger has not seen, or not so, is registered first, as a run does
//          it: "secret-in-script" refuses, before anything is told.
// Shape    MigrationTested on the migration's stream; IntegrityChecked on the target's.
#pragma once

#include "commands/journal.hpp"
#include "commands/plan_judgement.hpp"
#include "commands/test_suites.hpp"
#include "ledger/digest.hpp"
#include "ledger/events/validation.hpp"
#include "ledger/result.hpp"

#include <optional>
#include <string>
#include <vector>

namespace commands {

struct TestRecord {
    const Migrations& tested;
    const std::string& layout;
    const PlanJudgement& judgement;
    const SuiteResults& results;
    const std::optional<ledger::IntegrityChecked>& integrity;
};

struct TestsRecorded {
    std::size_t count{};
    // Applied as other bytes than those that were tested: nothing is recorded of them.
    std::vector<ledger::Version> changed;
};

[[nodiscard]] ledger::Result<TestsRecorded> record_tests(Journal& journal,
                                                         const RegisteredMigrations& registered,
                                                         const TestRecord& record);

}  // namespace commands
