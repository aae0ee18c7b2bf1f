// ledger/shell_word.hpp: a word as a shell takes it, for commands that a message tells to give.
#pragma once

#include <string>
#include <string_view>

namespace ledger {

// As it is where a shell takes it so; quoted otherwise.
[[nodiscard]] std::string shell_word(std::string_view word);

}  // namespace ledger
