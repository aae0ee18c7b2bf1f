// tools/varve/server_version.hpp: a PostgreSQL version as people write it.
//
// Refuses  "usage": it is none ("15", "15.4", "9.6").
#pragma once

#include "ledger/result.hpp"

#include <cstdint>
#include <string>

namespace tools::varve {

// 15 of 150004.
[[nodiscard]] constexpr unsigned major_of(std::uint32_t version_number) {
    constexpr unsigned per_major = 10'000;
    return version_number / per_major;
}

// 150004 of "15.4"; 90600 of "9.6".
[[nodiscard]] ledger::Result<std::uint32_t> server_version_number(const std::string& text);

}  // namespace tools::varve
