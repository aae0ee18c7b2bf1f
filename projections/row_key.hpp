// projections/row_key.hpp: keys of rows, made of parts that can be told apart again.
//
// Format  every part is followed by a zero byte, which no text of the ledger holds: the rows of
//         target "prod" are no prefix of those of "prod2".
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace projections {

[[nodiscard]] std::string row_key(std::initializer_list<std::string_view> parts);
[[nodiscard]] std::vector<std::string> row_key_parts(std::string_view key);

// 8 bytes, the highest first, so that keys sort as the numbers do.
[[nodiscard]] std::string big_endian(std::uint64_t number);
[[nodiscard]] std::uint64_t from_big_endian(std::string_view bytes);

}  // namespace projections
