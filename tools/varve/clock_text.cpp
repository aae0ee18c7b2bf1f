#include "tools/varve/clock_text.hpp"

#include "tools/varve/time_text.hpp"

namespace tools::varve {

std::string text_of(const commands::EventsAhead& ahead) {
    return "from event " + std::to_string(ahead.position) + " on the ledger is of " +
           instant_short(ahead.recorded_at_us) + " and later, and this machine's clock says " +
           instant_short(ahead.now_us) + ": it is behind, or that of whoever wrote event " +
           std::to_string(ahead.position) + " was ahead. Times of events never go back: until " +
           instant_short(ahead.newest_at_us) +
           " all new ones carry that time, and what is asked of an earlier moment leaves them out. "
           "Look at the clock; ask by position instead of by time (docs/runbook.md, \"A clock was "
           "ahead\")";
}

Json to_json(const commands::EventsAhead& ahead) {
    return {{"position", ahead.position},
            {"recorded_at", instant_text(ahead.recorded_at_us)},
            {"newest_at", instant_text(ahead.newest_at_us)}};
}

std::string server_clock_text(std::int64_t server_us, std::int64_t ours_us) {
    return "the target's server says that it is " + instant_short(server_us) +
           ", and this machine's clock says " + instant_short(ours_us) +
           ": the events carry this machine's time, and never go back behind it. Find out which "
           "clock is wrong, and put it right before the next run";
}

}  // namespace tools::varve
