// migrations/rules/judge.hpp: one script before all rules.
//
// Shape   statement by statement: parse, ask each rule with the schema and the session as they
// stand
//         before it, then let the statement change both. Code within DO blocks, and in functions
//         that the script calls, is judged where it runs.
// Errors  none: what cannot be parsed is a finding ("syntax-error"), or, where it is too large or
//         newer than the parser, a thing that is said and left to the server.
// Cost    about 15 us a statement.
#pragma once

#include "migrations/rules/rule.hpp"

#include <string_view>
#include <vector>

namespace migrations::rules {

struct Judgement {
    std::vector<Finding> findings;    // in the order of the text
    std::vector<Finding> not_judged;  // statements that the parser could not take: why
};

// `schema` is what history has made; it is changed as the script changes it, so that the next
// script finds it. What the script makes counts as history afterwards.
[[nodiscard]] Judgement judge(std::string_view text, const Circumstances& circumstances,
                              Schema& schema);

// Lets a script change the schema, unjudged: history.
void remember(std::string_view text, Schema& schema);

}  // namespace migrations::rules
