// commands/undertaking.hpp: what a run, a rollback and the other commands that write do alike.
#pragma once

#include "commands/journal.hpp"
#include "commands/plan.hpp"
#include "commands/plan_judgement.hpp"
#include "commands/run.hpp"
#include "commands/situation.hpp"
#include "ledger/content.hpp"
#include "ledger/result.hpp"

#include <string>
#include <vector>

namespace commands {

// Keeps the refusal as RunRefused, and answers the error; or that of the ledger, where it fails.
[[nodiscard]] ledger::Error refuse(Journal& journal, const std::string& gate,
                                   const ledger::Error& error);

// Held against each other: ledger and markers, under the target's lock where anything is to follow.
struct Scene {
    std::vector<Marker> markers;
    ledger::Uuid ledger;
};
[[nodiscard]] ledger::Result<Scene> look(const ledger::Reader& reader, TargetDatabase& database);

// Reads the target's state again, and writes the markers that what was just recorded owes it.
[[nodiscard]] ledger::Result<void> pay_markers(Services& services, Situation& situation);

struct KeptPlan {
    ledger::ContentReference reference;
    std::vector<ledger::Content> contents;
};

// Gives the report its run, registers what the ledger does not know, and makes the plan content.
[[nodiscard]] ledger::Result<KeptPlan> undertake(RunReport& report, const Situation& situation,
                                                 const migrations::Folder& folder,
                                                 const PlanJudgement* judgement = nullptr);

struct StepCounts {
    std::uint32_t done{};
    std::uint32_t failed{};
    std::uint32_t skipped{};
};
[[nodiscard]] StepCounts counts_of(const RunReport& report);

}  // namespace commands
