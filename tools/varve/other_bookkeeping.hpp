// tools/varve/other_bookkeeping.hpp: what other migration tools have kept, read from the target
// that is configured.
#pragma once

#include "commands/bookkeeping.hpp"
#include "commands/other_history.hpp"
#include "tools/varve/configuration.hpp"

namespace tools::varve {

// The configuration has a URL.
[[nodiscard]] commands::OpenBookkeeping bookkeeping_of(const Configuration& configuration);

// Nothing is read before it is asked for.
[[nodiscard]] commands::ReadOtherHistory other_history_of(const Configuration& configuration);

}  // namespace tools::varve
