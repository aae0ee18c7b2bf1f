// commands/same_text.hpp: whether bytes are a text that was applied, but for what editors and Git
// change by themselves: line ends, and the byte order mark.
#pragma once

#include "ledger/digest.hpp"

#include <string_view>

namespace commands {

[[nodiscard]] bool is_same_text(std::string_view bytes, const ledger::Digest& applied);

}  // namespace commands
