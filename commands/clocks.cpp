#include "commands/clocks.hpp"

#include "projections/engine.hpp"

#include <cstdlib>

namespace commands {

using ledger::fail;
using ledger::Result;

Result<std::optional<EventsAhead>> events_ahead(const ledger::Reader& reader, std::int64_t now_us) {
    const auto head = reader.head();
    if (!head) return fail(head.error());
    const std::int64_t latest_us = now_us + clock_tolerance_us;
    if (head->recorded_at_us <= latest_us) return std::optional<EventsAhead>{};
    const auto position = projections::position_at(reader, latest_us);
    if (!position) return fail(position.error());
    const auto first = ledger::read_records(reader, *position, 1);
    if (!first) return fail(first.error());
    if (first->empty()) return std::optional<EventsAhead>{};
    return std::optional{
        EventsAhead{*position, first->front().recorded_at_us, head->recorded_at_us, now_us}};
}

void check_clocks(Services& services, const ServerFacts& facts) {
    const std::int64_t now_us = services.clock.now_us();
    if (const auto ahead = events_ahead(services.store, now_us); ahead && *ahead)
        services.progress.events_ahead(**ahead);
    if (facts.clock_us && std::abs(*facts.clock_us - now_us) > clock_tolerance_us)
        services.progress.server_clock_differs(*facts.clock_us, now_us);
}

}  // namespace commands
