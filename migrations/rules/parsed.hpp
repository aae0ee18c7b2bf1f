// migrations/rules/parsed.hpp: a script's statements before they are judged.
//
// Threads  any: nothing here asks a schema.
// Cost     about 10 us a statement; an INSERT that repeats the one before it is not parsed.
#pragma once

#include "migrations/sql/action.hpp"
#include "migrations/sql/newer_syntax.hpp"
#include "migrations/sql/row_insert.hpp"
#include "migrations/sql/split.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace migrations::rules {

struct ParsedStatement {
    sql::StatementRange found;
    sql::Action action{sql::Other{"unparsed"}};  // where there is an error, what its words tell
    std::optional<sql::SyntaxError> error;
    sql::NewerSyntax newer{};  // of the error
    bool repeats{};  // an INSERT as the one before it, but for its constants: it is not parsed
};

// A script's statements, as far as they were parsed beforehand: no schema is needed for it, so any
// thread may do it while something earlier is judged. Of a long script only the first are, since
// they take hundreds of times the text's memory.
struct ParsedScript {
    std::vector<sql::StatementRange> ranges;  // of every statement
    std::vector<ParsedStatement> parsed;      // the first of them
    // Gives the next, one at least; without it, they are parsed when they are judged.
    std::function<std::vector<ParsedStatement>()> more{};
};
inline constexpr std::size_t statements_parsed_before = 512;
[[nodiscard]] ParsedScript parse_script(std::string_view text);
[[nodiscard]] std::vector<ParsedStatement> parse_some(std::string_view text,
                                                      std::span<const sql::StatementRange> ranges);

// The statement's text.
[[nodiscard]] std::string_view statement_text(std::string_view script,
                                              const sql::StatementRange& found);
[[nodiscard]] ParsedStatement parse_one(std::string_view script, const sql::StatementRange& found);

// Parses statement by statement, but for INSERTs that repeat one.
class Parser {
public:
    explicit Parser(std::string_view script) : script_{script} {}

    [[nodiscard]] ParsedStatement next(const sql::StatementRange& found);

private:
    std::string_view script_;
    sql::RowInsert last_;
};

}  // namespace migrations::rules
