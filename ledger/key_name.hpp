// ledger/key_name.hpp: what a key may be called in a note's signature lines.
#pragma once

#include <string_view>

namespace ledger {

// Not empty, well-formed, no '+', no control character, none of Unicode's spaces.
[[nodiscard]] bool is_key_name(std::string_view name);

}  // namespace ledger
