// tools/varve/failure_view.hpp: how an attempt that failed is shown.
#pragma once

#include "commands/plan.hpp"
#include "commands/ports.hpp"
#include "commands/run.hpp"
#include "migrations/diagnostic.hpp"
#include "tools/varve/json_document.hpp"

namespace tools::varve {

// At its place in the script; where no statement of it was under way, without one.
[[nodiscard]] migrations::Diagnostic as_diagnostic(const commands::Step& step,
                                                   const commands::AttemptFailed& failure);

// Null where all of the plan was done.
[[nodiscard]] Json run_failure_json(const commands::RunReport& report);

}  // namespace tools::varve
