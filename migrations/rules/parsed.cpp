#include "migrations/rules/parsed.hpp"

#include "migrations/sql/describe.hpp"
#include "migrations/sql/words.hpp"

#include <algorithm>
#include <variant>

namespace migrations::rules {

std::string_view statement_text(std::string_view script, const sql::StatementRange& found) {
    return script.substr(found.range.begin, found.range.end - found.range.begin);
}

ParsedStatement parse_one(std::string_view script, const sql::StatementRange& found) {
    ParsedStatement answer;
    answer.found = found;
    const std::string_view text = statement_text(script, found);
    const auto see = [&](const PgQuery__Node& node) { answer.action = sql::describe(node, text); };
    answer.error = sql::with_tree(text, found.depth_bound, see);
    if (!answer.error) return answer;
    answer.newer = sql::read_newer(text, found.depth_bound, *answer.error, see);
    if (!answer.newer.is_read) answer.action = sql::action_by_words(text);
    return answer;
}

ParsedStatement Parser::next(const sql::StatementRange& found) {
    const std::string_view text = statement_text(script_, found);
    if (last_.is_repeated_by(text, found.depth_bound)) {
        ParsedStatement repeated;
        repeated.found = found;
        repeated.repeats = true;
        return repeated;
    }
    ParsedStatement parsed = parse_one(script_, found);
    if (parsed.error || !std::holds_alternative<sql::Rows>(parsed.action))
        last_.forget();
    else
        last_.remember(text);
    return parsed;
}

ParsedScript parse_script(std::string_view text) {
    ParsedScript script{sql::split(text).statements, {}};
    script.parsed = parse_some(text, std::span{script.ranges}.first(
                                         std::min(script.ranges.size(), statements_parsed_before)));
    return script;
}

std::vector<ParsedStatement> parse_some(std::string_view text,
                                        std::span<const sql::StatementRange> ranges) {
    std::vector<ParsedStatement> parsed;
    parsed.reserve(ranges.size());
    Parser parser{text};
    for (const sql::StatementRange& range : ranges) parsed.push_back(parser.next(range));
    return parsed;
}

}  // namespace migrations::rules
