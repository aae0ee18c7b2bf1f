#include "migrations/rules/first_words.hpp"

#include "migrations/rules/parsed.hpp"
#include "migrations/sql/lexer.hpp"

#include <algorithm>

namespace migrations::rules {

std::array<std::string_view, 2> first_words(std::string_view statement) {
    std::array<std::string_view, 2> words;
    sql::Lexer lexer{statement};
    std::size_t count = 0;
    for (sql::Token token; count < words.size() && lexer.next(token);)
        if (!sql::is_comment(token.kind))
            words.at(count++) = statement.substr(token.begin, token.end - token.begin);
    return words;
}

bool rolls_back(std::string_view text, const std::vector<sql::StatementRange>& ranges) {
    return sql::has_any_part(text, {"rollback", "abort"}) &&
           std::any_of(ranges.begin(), ranges.end(), [&](const sql::StatementRange& found) {
               const std::string_view word = first_words(statement_text(text, found))[0];
               return sql::same_word("rollback", word) || sql::same_word("abort", word) ||
                      sql::same_word("do", word);
           });
}

bool counts_on_transaction(std::string_view text, const std::vector<sql::StatementRange>& ranges) {
    bool needs_one = false;
    for (const sql::StatementRange& found : ranges) {
        const auto statement = statement_text(text, found);
        const auto words = first_words(statement);
        if (sql::same_word("begin", words[0]) || sql::same_word("start", words[0])) return false;
        if (sql::same_word("set", words[0]) && sql::same_word("local", words[1])) needs_one = true;
        if (sql::same_word("savepoint", words[0])) needs_one = true;
    }
    return needs_one;
}

}  // namespace migrations::rules
