// tools/varve/configuration_checks.hpp: values that could not work, refused before anything starts.
//
// Refuses "configuration-invalid" with the file's line or the flag, and what to write;
//         "working-folder-missing" where what counts from there is asked for.
#pragma once

#include "ledger/result.hpp"
#include "tools/varve/configuration.hpp"
#include "tools/varve/configuration_file.hpp"

#include <string>

namespace tools::varve {

// Every section, whichever environment is chosen. `name` is what the file is called in errors.
[[nodiscard]] ledger::Result<void> check_file(const ConfigurationFile& file,
                                              const std::string& name);

[[nodiscard]] ledger::Result<void> check_flags(const Flags& flags);

}  // namespace tools::varve
