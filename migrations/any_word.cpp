#include "migrations/any_word.hpp"

#include <algorithm>
#include <cstring>

namespace migrations {

bool has_any_word(const std::string& low, std::initializer_list<const char*> words) {
    const bool is_whole = std::memchr(low.data(), '\0', low.size()) == nullptr;  // to strstr()
    return std::any_of(words.begin(), words.end(), [&](const char* word) {
        return is_whole ? std::strstr(low.c_str(), word) != nullptr
                        : low.find(word) != std::string::npos;
    });
}

}  // namespace migrations
