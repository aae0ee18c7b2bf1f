#include "ledger/shell_word.hpp"

namespace ledger {

namespace {

constexpr std::string_view taken_as_it_is =
    "abcdefghijklmnopqrstuvwxyz"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./";

}  // namespace

std::string shell_word(std::string_view word) {
    if (!word.empty() && word.find_first_not_of(taken_as_it_is) == word.npos)
        return std::string{word};
    std::string quoted = "'";
    for (const char character : word)
        quoted += character == '\'' ? std::string{"'\\''"} : std::string(1, character);
    return quoted + "'";
}

}  // namespace ledger
