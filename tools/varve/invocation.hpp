// tools/varve/invocation.hpp: what the command line said, beyond its verb's own options.
#pragma once

#include "tools/varve/configuration.hpp"

#include <optional>
#include <string>

namespace tools::varve {

struct Invocation {
    std::string operation;  // the verb
    Flags flags;
    bool json{};
    bool quiet{};
    bool verbose{};
    bool yes{};
    std::optional<std::string> reason;
    std::optional<std::string> ticket;
};

}  // namespace tools::varve
