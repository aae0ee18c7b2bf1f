// ledger/spelling_variants.hpp: the names of enumerators as people write and read them.
//
// Use     hyphenated() for options, settings and JSON ("dry-run"); in_words() for sentences ("out
//         of order"). What is stored has underscores: ledger/spelling.hpp.
#pragma once

#include "ledger/spelling.hpp"

#include <algorithm>
#include <string>

namespace ledger {

template <class Enumerator>
[[nodiscard]] std::string spelled_with(Enumerator value, char separator) {
    std::string name{spell(value)};
    std::replace(name.begin(), name.end(), '_', separator);
    return name;
}

template <class Enumerator>
[[nodiscard]] std::string hyphenated(Enumerator value) {
    return spelled_with(value, '-');
}

template <class Enumerator>
[[nodiscard]] std::string in_words(Enumerator value) {
    return spelled_with(value, ' ');
}

}  // namespace ledger
