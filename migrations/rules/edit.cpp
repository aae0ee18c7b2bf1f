#include "migrations/rules/edit.hpp"

#include "migrations/sql/lexer.hpp"

#include <vector>

namespace migrations::rules {

std::optional<WordPlace> place_of(const Judged& statement,
                                  std::initializer_list<std::string_view> words) {
    if (statement.is_nested) return std::nullopt;
    std::vector<sql::Token> tokens;
    sql::Lexer lexer{statement.text};
    for (sql::Token token; lexer.next(token);)
        if (!sql::is_comment(token.kind)) tokens.push_back(token);
    for (std::size_t from = 0; from + words.size() <= tokens.size(); ++from) {
        std::size_t at = from;
        for (const std::string_view word : words) {
            const sql::Token& token = tokens[at];
            if (!sql::same_word(word, statement.text.substr(token.begin, token.end - token.begin)))
                break;
            ++at;
        }
        if (at == from + words.size())
            return WordPlace{statement.begin + tokens[from].begin,
                             statement.begin + tokens[at - 1].end};
    }
    return std::nullopt;
}

std::optional<Fix> inserted_after(const Judged& statement,
                                  std::initializer_list<std::string_view> words,
                                  std::string_view text, std::string title) {
    const auto place = place_of(statement, words);
    if (!place) return std::nullopt;
    return Fix{std::move(title), {{place->end, place->end, std::string{text}}}};
}

}  // namespace migrations::rules
