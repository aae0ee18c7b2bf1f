// migrations/secret_marks.hpp: what tokens of well-known services begin with.
//
// Source  the services' own documentation, and the forms that secret scanners agree on.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace migrations {

enum class Alphabet {
    token,        // letters, digits, _ and -
    letters,      // and digits
    capitals,     // and digits
    hexadecimal,  // in lower case
    base64,       // with padding, of either kind
    in_query,     // base64 as a URL has it
    path,         // of a token's parts
};

struct SecretMark {
    std::string_view text;  // that it begins with
    std::size_t rest_min;   // characters that must follow
    std::string_view kind;
    Alphabet alphabet{Alphabet::token};
    std::size_t rest_max{};     // 0: any
    std::string_view holds{};   // in what follows
    std::string_view beside{};  // somewhere in the text, in lower case
    char then{};                // right behind; 0: anything
};

// Sorted by nothing; those that begin alike are all asked.
[[nodiscard]] std::span<const SecretMark> secret_marks();

// How many characters from there on are of the alphabet.
[[nodiscard]] std::size_t count_of(Alphabet alphabet, std::string_view text);

}  // namespace migrations
