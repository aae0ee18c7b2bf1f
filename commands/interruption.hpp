// commands/interruption.hpp: the port through which a person stops a command, and time passes.
#pragma once

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

}  // namespace commands
