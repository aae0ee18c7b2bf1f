// tools/varve/counted.hpp: words for how many, and for several.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tools::varve {

// "1 event", "3 events"; `word` is one that takes an s.
[[nodiscard]] std::string counted(std::uint64_t count, const std::string& word);
// "a, b, c".
[[nodiscard]] std::string joined(const std::vector<std::string>& words);

}  // namespace tools::varve
