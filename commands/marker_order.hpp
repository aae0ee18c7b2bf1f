// commands/marker_order.hpp: a target's markers, oldest first, whatever its server's clock has
// done.
//
// Why   they come in the order of that clock. Where it was put back, or a standby with another one
//       took over, the marker of what came later stands before that of what came first.
// Rule  this ledger's own go by its size as they were written, which only grows; where events were
//       lost and it went on without them, sizes beyond that come twice, and the clock must do.
#pragma once

#include "commands/ports.hpp"
#include "ledger/result.hpp"
#include "ledger/store.hpp"

#include <vector>

namespace commands {

// Those of other ledgers keep their places.
[[nodiscard]] ledger::Result<std::vector<Marker>> in_order(std::vector<Marker> by_time,
                                                           const ledger::Reader& reader);

}  // namespace commands
