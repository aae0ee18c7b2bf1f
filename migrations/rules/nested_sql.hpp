// migrations/rules/nested_sql.hpp: the SQL statements within a PL/pgSQL body.
//
// Shape   by tokens: what begins where PL/pgSQL begins a statement, and begins as an SQL command
//         does; and what EXECUTE is given as a constant, or as format() of one, at once or by a
//         variable, with what is filled in replaced by a name or a literal. What EXECUTE is given
//         otherwise is not known. And what looks like a call, in expressions of PL/pgSQL's own.
// Units   begin and end are bytes of the body; of an EXECUTE those of the whole, since its text is
//         another.
// Why     libpg_query's own reader of PL/pgSQL gives lines, no bytes, and may end the process.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace migrations::rules {

// Stands for a name that is only known when the code runs.
inline constexpr std::string_view unknown_name = "varve_unknown";

struct NestedStatement {
    std::string text;
    std::size_t begin{};
    std::size_t end{};
    bool is_dynamic{};  // built for EXECUTE: `text` does not stand in the body
    bool goes_on{};     // in a loop that counts, or has no end of its own, and commits nothing
    bool is_perhaps{};  // it may not be run, or be undone by a handler of errors
    std::vector<std::size_t> parts{};  // of the body that it stands in, from the outermost on
};

// Of a function, in an expression of the code itself.
struct NestedCall {
    std::string name;      // as KnownFunction's key has it, as far as the text tells
    std::size_t before{};  // the statement that comes next
    bool is_perhaps{};
};

struct NestedSql {
    std::vector<NestedStatement> statements;
    std::vector<NestedCall> calls;
    std::size_t unknown_count{};  // EXECUTE of what is only known when it runs
};

// Text for people, with `instead` for each name that is, or has in it, such a one.
[[nodiscard]] std::string without_unknown(std::string text, std::string_view instead);

[[nodiscard]] NestedSql nested_sql(std::string_view body);

}  // namespace migrations::rules
