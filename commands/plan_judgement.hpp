// commands/plan_judgement.hpp: what is known of a plan's migrations before any of them runs: what
// the rules find, which suites of tests they have passed, whether they hold secrets.
//
// Pure     but for the reader that is asked for tests.
// Refuses  "secret-in-script": a credential that would enter the ledger; "validation-refused": an
//          error that nobody accepts, where the environment requires "validate"; "test-missing": a
//          suite that it requires and that the script, as it is now, has not passed.
#pragma once

#include "commands/judge_folder.hpp"
#include "commands/plan.hpp"
#include "commands/situation.hpp"
#include "ledger/event.hpp"
#include "ledger/result.hpp"
#include "ledger/store.hpp"
#include "migrations/boxed.hpp"
#include "migrations/diagnostic.hpp"
#include "migrations/migration.hpp"
#include "migrations/rules/policy.hpp"
#include "migrations/rules/session.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace commands {

// What is recorded of a finding, and what an error that nobody accepts is refused with. A long plan
// has more of them than it has scripts.
struct JudgedFinding {
    migrations::Severity severity{};
    bool concerns_down{};
    std::uint32_t line{};
    std::uint32_t column{};
    std::string rule;
    std::string_view file;                     // the path of a script of the folder
    migrations::Boxed<std::string> message{};  // of an error that nobody accepts
    migrations::Boxed<std::string> accepted_because{};
};

// The folder must outlive it.
struct PlanJudgement {
    std::map<ledger::Version, std::vector<JudgedFinding>> findings;
    std::string server_version;
};

[[nodiscard]] std::vector<JudgedFinding> findings_of(const JudgedMigration& judged);

// Of what the plan applies; the folder's other migrations are history. `initial_settings`: what a
// run sets before each script.
[[nodiscard]] PlanJudgement judge_plan(const Plan& plan, const migrations::Folder& folder,
                                       const migrations::rules::Policy& policy,
                                       const migrations::rules::InitialSettings& initial_settings,
                                       const ServerFacts* facts);

// Of scripts that the ledger has not kept already.
[[nodiscard]] ledger::Result<void> check_secrets(
    const std::vector<const migrations::Migration*>& migrations,
    const RegisteredMigrations& registered);

// No secrets, and the gates "rules" and "tests" as far as they are required.
[[nodiscard]] ledger::Result<std::vector<ledger::GateVerdict>> pass_judgement(
    const Plan& plan, const migrations::Folder& folder, const RegisteredMigrations& registered,
    const PlanJudgement& judgement, const std::set<std::string>& required,
    const ledger::Reader& reader);

// What is to be said of errors that the rules find and that stop nothing; nothing: there are none.
[[nodiscard]] std::optional<std::string> note_on_rules(const PlanJudgement& judgement,
                                                       const std::set<std::string>& required);

// MigrationValidated, and each finding that a directive or the configuration accepts.
[[nodiscard]] std::vector<ledger::Event> validation_events(
    const migrations::Migration& migration, const std::vector<JudgedFinding>& findings,
    const std::string& server_version);

}  // namespace commands
