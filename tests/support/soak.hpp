// tests/support/soak.hpp: how often a long test repeats: little by default, in full on demand.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <string_view>

namespace tests {

// `in_full` where the environment says VARVE_SOAK=1.
inline std::size_t soak(std::size_t usually, std::size_t in_full) {
    const char* wanted = std::getenv("VARVE_SOAK");
    return wanted != nullptr && std::string_view{wanted} == "1" ? in_full : usually;
}

}  // namespace tests
