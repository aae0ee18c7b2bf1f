// tools/varve/plan_rehearsal.hpp: the scripts of a plan, rehearsed on a shadow before they are run.
//
// History  what the ledger says was applied on the target; with --shadow-from target what it has.
// Target   asked read only, where there is one: how many rows its tables have, and with --live who
//          is in the way now.
// Without  a shadow it is a note, not an error: a dry run still shows the plan.
#pragma once

#include "commands/plan.hpp"
#include "commands/replay_sql.hpp"
#include "tools/varve/configuration.hpp"
#include "tools/varve/console.hpp"
#include "tools/varve/json_document.hpp"
#include "tools/varve/verbs.hpp"

#include <optional>
#include <vector>

namespace tools::varve {

struct PlanRehearsal {
    const Console& console;
    const Configuration& configuration;
    const DryRunVerbOptions& options;
    const commands::Plan& plan;
    const std::vector<commands::ReplayedScript>& history;
    std::optional<unsigned> server_major;
};

struct PlanRehearsed {
    bool failed{};
    Json statements = Json::array();
    std::vector<std::string> notes;
};

// An error is of --live, which was asked for.
[[nodiscard]] ledger::Result<PlanRehearsed> rehearse_plan(const PlanRehearsal& rehearsal);

}  // namespace tools::varve
