// migrations/layouts/sqitch.hpp: sqitch.plan with its deploy, revert and verify scripts.
//
// Order    the plan's.
// Version  the change's name; of a rework "name#2", so that the first keeps its own.
// Format   sqitch.conf beside the plan may say top_dir, deploy_dir, revert_dir, verify_dir,
//          extension and variables.
// Refuses  faults in the plan, a change without a deploy script.
#pragma once

#include "migrations/layouts/reading.hpp"

namespace migrations::layouts {

void read_sqitch(Reading& reading);

}  // namespace migrations::layouts
