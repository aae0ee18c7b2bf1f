// commands/clocks.hpp: whether this machine's clock fits the ledger's newest event and the target's
// server.
//
// Why   times of events never go back. Where a clock was ahead once, all that comes later carries
//       the time that it had then, until that time is there; and who asks about an earlier moment
//       is told that nothing had happened.
// Told  to Progress, and never an error: which clock is right, only a person can find out.
#pragma once

#include "commands/ports.hpp"
#include "commands/services.hpp"
#include "ledger/result.hpp"
#include "ledger/store.hpp"

#include <cstdint>
#include <optional>

namespace commands {

// What machines that keep their time do not differ by.
constexpr std::int64_t clock_tolerance_us = 5LL * 60 * 1'000'000;

// Nothing where the newest event is not ahead of `now_us`, or by no more than the tolerance.
[[nodiscard]] ledger::Result<std::optional<EventsAhead>> events_ahead(const ledger::Reader& reader,
                                                                      std::int64_t now_us);

// Tells of both; asks nobody. An unreadable event is left to who needs it.
void check_clocks(Services& services, const ServerFacts& facts);

}  // namespace commands
