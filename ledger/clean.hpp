// ledger/clean.hpp: text from outside (server errors, paths, output of programs) made storable.
//
// Shape  well-formed UTF-8 without NUL: bad bytes become U+FFFD, and the text is cut where its
//        escaped form would pass `escaped_bytes_max`.
// Source Unicode 15, table 3-7 (well-formed byte sequences).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ledger {

[[nodiscard]] std::string clean(std::string_view bytes, std::size_t escaped_bytes_max);

// Length of the well-formed sequence that `bytes` begins with; 0 where there is none.
[[nodiscard]] std::size_t utf8_sequence_length(std::string_view bytes);

[[nodiscard]] bool is_well_formed_utf8(std::string_view bytes);

// Byte offset of the first ill-formed sequence, or npos.
[[nodiscard]] std::size_t find_ill_formed_utf8(std::string_view bytes);

}  // namespace ledger
