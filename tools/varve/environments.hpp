// tools/varve/environments.hpp: every environment of the configuration, not only the one asked for.
#pragma once

#include "ledger/result.hpp"
#include "tools/varve/configuration.hpp"

#include <string>
#include <vector>

namespace tools::varve {

struct NamedEnvironment {
    std::string name;
    ledger::Result<Configuration> configuration;  // an error: why its target cannot be reached
};

// The one that was asked for first, where it has a URL; then every other of the file, each with the
// URL of its own.
[[nodiscard]] std::vector<NamedEnvironment> every_environment(const Flags& flags,
                                                              const Configuration& configuration);

}  // namespace tools::varve
