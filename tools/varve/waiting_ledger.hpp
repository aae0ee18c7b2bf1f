// tools/varve/waiting_ledger.hpp: a restored ledger that waits for a person's decision.
#pragma once

#include "tools/varve/console.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace tools::varve {

// Says it in a line, and answers what is to be decided; nothing where nothing is.
std::optional<std::string> tell_waiting(const Console& console,
                                        const std::filesystem::path& ledger);

}  // namespace tools::varve
