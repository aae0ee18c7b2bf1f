// migrations/rules/judge.hpp: one script before all rules.
//
// Shape   statement by statement: parse, ask each rule with the schema and the session as they
//         stand before it, then let the statement change both. Code within DO blocks, and in
//         functions that the script calls, is judged where it runs. Of INSERTs in a row that
//         differ in nothing but constants the second stands for those after it.
// Errors  none: what cannot be parsed is a finding ("syntax-error"), or, where it is too large, a
//         thing that is said and left to the server. So is what a version that is newer than the
//         parser has added, where that is the server's; what there is an older word for is judged.
// Cost    about 10 us a statement.
#pragma once

#include "migrations/rules/parsed.hpp"
#include "migrations/rules/rule.hpp"

#include <functional>
#include <string_view>
#include <vector>

namespace migrations::rules {

struct Judgement {
    std::vector<Finding> findings;    // in the order of the text
    std::vector<Finding> not_judged;  // statements that the parser could not take: why, under
                                      // "statement-not-parsed" or "newer-syntax"
};

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
void remember(std::string_view text, const std::vector<sql::StatementRange>& statements,
              Schema& schema);

}  // namespace migrations::rules
