// tools/varve/environment_settings.hpp: what varve.toml says of one environment, of rules and of
// single files, taken over and listed.
#pragma once

#include "tools/varve/configuration.hpp"
#include "tools/varve/configuration_file.hpp"

#include <map>
#include <string>

namespace tools::varve {

// `file` is the name of the file, for where each setting came from.
void take_environment(Configuration& configuration, const EnvironmentSection& section,
                      const std::string& file);

// The variables of the system that this one replaces keep their meaning where there is one.
void take_variables_of_old(Configuration& configuration);

// What is taken later wins.
void take_rules(Configuration& configuration, const RuleSeverities& rules,
                const std::string& prefix, const std::string& file);

// Lists them as `varve config` shows them; they are taken over as they are.
void list_file_settings(Configuration& configuration,
                        const std::map<std::string, migrations::FileSettings>& files,
                        const std::string& file);

}  // namespace tools::varve
