// commands/interruption.hpp: the port through which a person stops a command, and time passes.
#pragma once

#include "ledger/result.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace commands {

class Interruption {
public:
    virtual ~Interruption() = default;

    // The signal that asked to stop ("SIGINT", "SIGTERM"), once one has.
    virtual std::optional<std::string> requested() = 0;

    // Waits, or less long where a stop is requested.
    virtual void pause(std::chrono::microseconds duration) = 0;
};

// A command that was stopped while it waited for something, before it began.
[[nodiscard]] inline ledger::Error stopped(const std::string& signal, const std::string& where) {
    const std::string detail = "stopped by " + signal + " while " + where;
    const std::string help = "nothing was begun; run the same command again";
    if (signal == "SIGINT") return {ledger::Code::unavailable, "interrupted", detail, help};
    return {ledger::Code::unavailable, "terminated", detail, help};
}

}  // namespace commands
