// tools/varve/environment_settings.hpp: what varve.toml says of one environment, taken over.
#pragma once

#include "tools/varve/configuration.hpp"
#include "tools/varve/configuration_file.hpp"

#include <string>

namespace tools::varve {

// `file` is the name of the file, for where each setting came from.
void take_environment(Configuration& configuration, const EnvironmentSection& section,
                      const std::string& file);

// What is taken later wins.
void take_rules(Configuration& configuration, const RuleSeverities& rules,
                const std::string& prefix, const std::string& file);

}  // namespace tools::varve
