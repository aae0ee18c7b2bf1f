// migrations/rules/first_words.hpp: what the first words of a script's statements tell of it,
// before any of them is read.
#pragma once

#include "migrations/sql/split.hpp"

#include <array>
#include <string_view>
#include <vector>

namespace migrations::rules {

// Its first two tokens that are no comments.
[[nodiscard]] std::array<std::string_view, 2> first_words(std::string_view statement);

// A statement rolls back, or code that a statement is; not a comment.
[[nodiscard]] bool rolls_back(std::string_view text,
                              const std::vector<sql::StatementRange>& ranges);

// SET LOCAL or SAVEPOINT where nothing has begun a transaction: whoever wrote it counts on the
// runner's.
[[nodiscard]] bool counts_on_transaction(std::string_view text,
                                         const std::vector<sql::StatementRange>& ranges);

}  // namespace migrations::rules
