// commands/attempt_events.hpp: the outcome of an attempt as the event that records it.
//
// Shape   what would not fit a record (many statement results, a long error text) becomes content.
// Limits  texts of the server are cut at 4 KiB in the event; the whole text is then content.
#pragma once

#include "commands/ports.hpp"
#include "ledger/content.hpp"
#include "ledger/event.hpp"
#include "ledger/result.hpp"

#include <string>
#include <vector>

namespace commands {

struct Recorded {
    ledger::Event event;
    std::vector<ledger::Content> contents;
};

[[nodiscard]] Recorded started_event(const AttemptOrder& order, std::uint32_t try_number,
                                     std::string cause);
[[nodiscard]] ledger::Result<Recorded> succeeded_event(const AttemptOrder& order,
                                                       const AttemptSucceeded& outcome);
[[nodiscard]] Recorded failed_event(const AttemptOrder& order, const AttemptFailed& outcome);
[[nodiscard]] Recorded cancelled_event(const AttemptOrder& order, const AttemptCancelled& outcome);

}  // namespace commands
