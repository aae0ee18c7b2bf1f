// migrations/sql/split.hpp: where the statements of a script begin and end.
//
// Shape   a statement's range is without leading white space and comments, and without what follows
//         its last token: white space, comments, the closing semicolon.
// Format  as psql splits: semicolons within parentheses, strings, comments and BEGIN ATOMIC bodies
//         do not end a statement; a line comment that a layout calls a boundary does.
// Cost    one pass; works whatever is wrong with the SQL.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace migrations::sql {

struct Range {
    std::size_t begin{};
    std::size_t end{};
    bool operator==(const Range&) const = default;
};

struct StatementRange {
    Range range;
    // The longest run of tokens without a comma, summed over open parentheses: a bound of how deep
    // the parse tree can be, and so of the stack that a parser needs.
    std::size_t depth_bound{};
    bool operator==(const StatementRange&) const = default;
};

struct Split {
    std::vector<StatementRange> statements;
    // psql's: a backslash and the rest of its line; of "\;", which ends a statement, the backslash.
    std::vector<Range> meta_commands;
    std::vector<Range> copy_data;  // lines after COPY ... FROM STDIN up to "\."
};

// Tells whether a line comment ends a statement: "--> statement-breakpoint".
using Boundary = bool (*)(std::string_view comment);

[[nodiscard]] Split split(std::string_view text, Boundary boundary = nullptr);

}  // namespace migrations::sql
