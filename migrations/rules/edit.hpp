// migrations/rules/edit.hpp: places in a statement's text, for edits of it.
//
// Shape   by tokens, so that a word within a comment or a string is none. Nothing where the
//         statement's text does not stand in the file as it is.
#pragma once

#include "migrations/rules/rule.hpp"

#include <initializer_list>
#include <optional>
#include <string_view>

namespace migrations::rules {

// Of a run of words, comments between them or not; bytes of the judged text.
struct WordPlace {
    std::size_t begin{};
    std::size_t end{};
};

[[nodiscard]] std::optional<WordPlace> place_of(const Judged& statement,
                                                std::initializer_list<std::string_view> words);

// `text` behind the run of words.
[[nodiscard]] std::optional<Fix> inserted_after(const Judged& statement,
                                                std::initializer_list<std::string_view> words,
                                                std::string_view text, std::string title);

}  // namespace migrations::rules
