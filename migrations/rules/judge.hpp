// migrations/rules/judge.hpp: one script before all rules.
//
// Shape   statement by statement: parse, ask each rule with the schema and the session as they
//         stand before it, then let the statement change both. Code within DO blocks, and in
//         functions that the script calls, is judged where it runs. Of INSERTs in a row that
//         differ in nothing but constants the second stands for those after it.
// Errors  none: what cannot be parsed is a finding ("syntax-error"), or, where it is too large or
//         newer than the parser, a thing that is said and left to the server.
// Cost    about 10 us a statement.
#pragma once

#include "migrations/rules/rule.hpp"
#include "migrations/sql/parse.hpp"
#include "migrations/sql/split.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace migrations::rules {

struct Judgement {
    std::vector<Finding> findings;    // in the order of the text
    std::vector<Finding> not_judged;  // statements that the parser could not take: why
};

struct ParsedStatement {
    sql::StatementRange found;
    sql::Action action{sql::Other{"unparsed"}};
    std::optional<sql::SyntaxError> error;
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

// Which rules are asked.
using IsAsked = std::function<bool(const Rule&)>;

// `schema` is what history has made; it is changed as the script changes it, so that the next
// script finds it. What the script makes counts as history afterwards.
[[nodiscard]] Judgement judge(std::string_view text, const Circumstances& circumstances,
                              Schema& schema);
[[nodiscard]] Judgement judge(std::string_view text, ParsedScript parsed,
                              const Circumstances& circumstances, Schema& schema,
                              const IsAsked& is_asked = {});

// Lets a script change the schema, unjudged: history.
void remember(std::string_view text, Schema& schema);

}  // namespace migrations::rules
