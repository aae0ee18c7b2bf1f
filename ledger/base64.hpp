// ledger/base64.hpp: bytes as base64 text, in its one canonical form.
//
// Refuses  missing or surplus '=', bits left over that are not zero, white space.
// Source   RFC 4648, section 4.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ledger {

[[nodiscard]] std::string base64(std::string_view bytes);
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace ledger
