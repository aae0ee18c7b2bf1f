// tools/varve/system.hpp: the clock, the signals and the person of the process that we are.
#pragma once

#include "commands/interruption.hpp"
#include "ledger/clock.hpp"
#include "ledger/event.hpp"

namespace tools::varve {

class SystemClock final : public ledger::Clock {
public:
    std::int64_t now_us() override;
};

// SIGINT, SIGTERM and SIGHUP ask to stop; a second SIGINT ends the process at once;
// so does any second one that comes a second after the first or later: senders may double one.
class Signals final : public commands::Interruption {
public:
    Signals();
    std::optional<std::string> requested() override;
    void pause(std::chrono::microseconds duration) override;
};

// Whether one has, where Signals are looked at; else nobody can have asked.
[[nodiscard]] bool is_stop_requested();
// The signal that did: "SIGINT", "SIGTERM", "SIGHUP".
[[nodiscard]] std::optional<std::string> stop_requested_by();

// The login name of the process's user, on this host.
[[nodiscard]] ledger::Actor current_actor();

}  // namespace tools::varve
