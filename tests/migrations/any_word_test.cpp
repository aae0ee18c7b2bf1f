#include "migrations/any_word.hpp"

#include <catch2/catch.hpp>

namespace any_word_test {

using migrations::has_any_word;
using namespace std::string_literals;

TEST_CASE("a word is found anywhere in a text, behind a NUL character too") {
    CHECK(has_any_word("a password", {"token", "password"}));
    CHECK(has_any_word("tokens", {"token"}));
    CHECK(has_any_word("a\0 token"s, {"token"}));
    CHECK_FALSE(has_any_word("a toke\0n"s, {"token"}));
    CHECK_FALSE(has_any_word("", {"token"}));
    CHECK_FALSE(has_any_word("a token", {}));
}

}  // namespace any_word_test
