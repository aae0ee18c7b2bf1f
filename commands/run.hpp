// commands/run.hpp: applies what is pending on a target.
//
// Order    lock, settle, reconcile, gates, register, RunStarted, each migration, RunFinished.
// Pure     plan_run() decides; run() acts, and asks it again whenever it begins.
// Refuses  "difference-*", "out-of-order" (RunRefused is kept); "validation-failed",
//          "rollback-unfinished", "version-unknown", "version-ambiguous",
//          "resumed-script-changed"; what check_way_back() and check_other_history() refuse.
// Records  what registration and attempts record, RunStarted, RunFinished. A run with nothing to do
//          records nothing.
#pragma once

#include "commands/attempt.hpp"
#include "commands/other_history.hpp"
#include "commands/plan.hpp"
#include "commands/reconcile.hpp"
#include "commands/safeguards.hpp"
#include "commands/services.hpp"
#include "commands/situation.hpp"
#include "ledger/result.hpp"
#include "migrations/migration.hpp"
#include "migrations/rules/policy.hpp"
#include "migrations/rules/session.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace commands {

struct RunOptions {
    std::optional<ledger::Version> to;   // the last one to apply
    std::optional<std::uint32_t> count;  // at most so many
    bool out_of_order{};
    bool despite_history{};  // apply what another tool says it has applied: a person's word
    bool undo_on_failure{};  // what a failed run has applied itself is undone again
    bool together{};         // all of it in one transaction
    AttemptPolicy policy;
    // What the environment asks for.
    std::optional<ledger::Target> after;  // what is not applied there cannot be applied here
    Safeguards safeguards;
    // "validate", and suites of tests that each migration must have passed.
    std::set<std::string> required{};
    migrations::rules::Policy rules{};
    migrations::rules::InitialSettings initial_settings{};  // what each script finds set
};

struct RunRequest {
    TargetRequest target;
    std::shared_ptr<const migrations::Folder> folder;
    RunOptions options;
    // Where the caller has read it, with the ledger's lock; without what is registered, where
    // nothing is pending.
    std::optional<Known> known{};
    bool is_up_to_date{};              // by `known` and `folder`, as is_up_to_date() has found
    ReadOtherHistory other_history{};  // empty: nobody asks for it
    // Where the environment before it stands; nothing: the ledger knows of none.
    std::optional<projections::TargetState> stage{};
};

enum class RunEnd { nothing_to_do, succeeded, failed, lock_exhausted, cancelled, in_doubt };

struct RunReport {
    RunEnd end{};
    Plan plan;
    std::optional<ledger::Uuid> run;
    std::uint32_t done_count{};       // applied by a run, undone by a rollback
    std::optional<StepOutcome> last;  // of the step that ended it early
    std::size_t stopped_at{};         // that step's place in the plan, from 0
    bool together{};                  // all steps in one transaction
    std::uint64_t elapsed_us{};
    bool settled{};                  // something in doubt was settled first
    bool is_first_here{};            // a baseline could have been taken before it
    std::vector<std::string> notes;  // of another tool's history; what a rollback leaves
    // Of a failed run that is to be undone: the rollback's report (none or one), or why there is
    // none.
    std::vector<RunReport> undone;
    std::optional<ledger::Error> not_undone;
};

// The text that an interrupted migration was executed from, by its digest; nothing where unknown.
using FindText =
    std::function<ledger::Result<std::optional<std::string>>(const projections::Resumption&)>;

[[nodiscard]] ledger::Result<Plan> plan_run(const projections::TargetState& state,
                                            const ledger::Target& target,
                                            const std::shared_ptr<const migrations::Folder>& folder,
                                            const RunOptions& options, const FindText& find_text);

// The gates that the environment asks for, by the plan and where the environment before it stands;
// the first that refuses is the error: "stage-missing", "approval-missing", "backup-missing".
[[nodiscard]] ledger::Result<std::vector<ledger::GateVerdict>> environment_gates(
    const Plan& plan, const std::optional<projections::TargetState>& before,
    const RunOptions& options);

// A half-done script may be edited only after the point that it has reached: refused
// "resumed-script-changed".
[[nodiscard]] ledger::Result<void> check_resumed(const projections::Resumption& resumption,
                                                 const migrations::Script& script,
                                                 const FindText& find_text);

[[nodiscard]] FindText text_finder(const ledger::Reader& reader);

[[nodiscard]] ledger::Result<RunReport> run(Services& services, RunRequest request);

}  // namespace commands
