// migrations/sql/words.hpp: what a statement's words tell without a parser.
//
// Used for  statements that libpg_query cannot read (newer syntax) or that are too large for it,
//           and for calls whose effect outlives a rollback.
#pragma once

#include "migrations/sql/action.hpp"
#include "migrations/statement.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace migrations::sql {

// Up to `count_max` leading words outside comments, in lower case; stops at anything else.
[[nodiscard]] std::vector<std::string> leading_words(std::string_view statement,
                                                     std::size_t count_max);

// ASCII letters folded, as the server folds names.
[[nodiscard]] std::string lower(std::string_view text);

// Sets control, needs_no_transaction and the like as far as the first words tell.
void classify_by_words(std::string_view text, Statement& statement);

// The table that it makes, of which nothing more is known; of anything else Other "unparsed".
[[nodiscard]] Action action_by_words(std::string_view text);

// Functions called in it that survive a rollback, DO bodies included; sorted, each once.
[[nodiscard]] std::vector<std::string> find_survivors(std::string_view statement);

}  // namespace migrations::sql
