// migrations/sql/parse.hpp: one statement through PostgreSQL's own grammar (libpg_query, 15).
//
// Threads  any; a statement whose tree may be deep is parsed on a thread of its own with a large
//          stack, since libpg_query does not check how deep it is.
// Errors   a statement that the grammar refuses gives a SyntaxError; nothing is ever thrown.
#pragma once

#include "migrations/statement.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct PgQuery__Node;

namespace migrations::sql {

struct SyntaxError {
    std::string message;  // PostgreSQL's own
    std::size_t byte{};   // of the statement's text
    // Too large or too deep to be parsed here, or of another encoding: the server is the judge.
    bool not_judged{};
    bool operator==(const SyntaxError&) const = default;
};

// Limits of what is parsed: a tree takes hundreds of times its text's memory, and libpg_query takes
// time that grows with the square of a tree's depth, and of a run of operator characters ("/*/*").
inline constexpr std::size_t parsed_bytes_max = std::size_t{1} << 20U;
inline constexpr std::size_t depth_bound_max = 60'000;
inline constexpr std::size_t operator_run_max = 10'000;

// Shows the statement's tree, which is gone when it returns; `see` must not parse. `text` is one
// statement.
using SeeTree = std::function<void(const PgQuery__Node&)>;
[[nodiscard]] std::optional<SyntaxError> with_tree(std::string_view text, std::size_t depth_bound,
                                                   const SeeTree& see);

// Whether it looks like a simple INSERT, of which nothing in its tree is asked for.
[[nodiscard]] bool may_be_insert(std::string_view text, std::size_t depth_bound);

// Of texts that each may be one: whether the parser takes all of them for a statement each. It is
// asked once, since asking costs more than parsing; where not, each is to be parsed by itself.
[[nodiscard]] bool are_inserts(const std::vector<std::string_view>& texts);

// Fills in kind, control and what else the tree tells. `text` is one statement.
[[nodiscard]] std::optional<SyntaxError> parse(std::string_view text, std::size_t depth_bound,
                                               Statement& statement);

}  // namespace migrations::sql
