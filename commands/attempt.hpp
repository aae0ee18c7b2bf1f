// commands/attempt.hpp: one step of a plan carried to its outcome, every try an attempt of its own.
//
// Order    AttemptStarted is durable before anything of the attempt can be, or the run's plan
//          announces the attempt (commands/announced.hpp); its outcome is held and goes with the
//          next append, since the target's marker can prove it.
// Retries  our own lock_timeout and what the policy names, jittered from 100 ms up; and once
// without
//          a transaction where the server says that it must be so.
// Errors   those of the ledger: then nothing of the last attempt was committed, or it is in doubt
//          and the next command settles it.
#pragma once

#include "commands/attempt_events.hpp"
#include "commands/interruption.hpp"
#include "commands/journal.hpp"
#include "commands/plan.hpp"
#include "commands/ports.hpp"
#include "commands/progress.hpp"
#include "commands/retry.hpp"

#include <cstdint>
#include <deque>
#include <future>
#include <optional>
#include <string>
#include <vector>

namespace commands {

enum class StepEnd { succeeded, failed, lock_exhausted, cancelled, in_doubt };

struct StepOutcome {
    StepEnd end{};
    std::uint64_t elapsed_us{};            // of the last attempt
    std::optional<AttemptFailed> failure;  // of failed and lock_exhausted
    std::string message;                   // of cancelled (the signal) and in_doubt
    ledger::Uuid attempt;                  // the last one
    // As the last one was made, which may be another way than the plan has it.
    bool transactional{};
    std::uint32_t statements_done{};   // of in_doubt: by the attempts before it
    std::vector<std::string> begun{};  // what the statement after those has left half done
    bool is_half_done{};               // of in_doubt: a person has to tell what stays
    std::string why_untold{};          // of in_doubt: why the target, asked again, does not tell
};

// What every attempt of a run shares.
struct AttemptScene {
    Journal& journal;
    TargetDatabase& database;
    const ServerFacts& facts;
    Interruption& interruption;
    Progress& progress;
    AttemptPolicy policy;
    // The starts of announced attempts that may not be on disk yet, oldest first.
    std::deque<std::future<ledger::Result<ledger::Appended>>> lagging{};
};

// Waits until no more announced attempts than that have their start not on disk. The ledger's error
// as soon as it is known to have failed: what those attempts have applied is settled by the next
// command.
[[nodiscard]] ledger::Result<void> keep_up(AttemptScene& scene, std::size_t lag_max);

// A synchronous standby that was not waited for is told there, and nowhere else.
void tell_notices(Progress& progress, const Step& step, const AttemptSucceeded& success);

// `following`: the step that comes after it, which the target may begin with while this one's
// outcome is kept; or null.
[[nodiscard]] ledger::Result<StepOutcome> carry_out(AttemptScene& scene, const Step& step,
                                                    StepPlace place, const Step* following);

}  // namespace commands
