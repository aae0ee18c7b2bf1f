#include "migrations/sql/body.hpp"

#include <utility>

namespace migrations::sql {

bool BodyFinder::is(const std::optional<Token>& token, std::string_view word) const {
    return token && same_word(text_.substr(token->begin, token->end - token->begin), word);
}

bool BodyFinder::see(const Token& token) {
    if (is_comment(token.kind)) return false;
    const bool is_body = token.kind == TokenKind::dollar_string &&
                         (is(before_, "do") || is(before_, "as") || is(earlier_, "language"));
    earlier_ = std::exchange(before_, token);
    return is_body;
}

Range body_of(std::string_view text, const Token& token) {
    const std::size_t tag = text.find('$', token.begin + 1) + 1 - token.begin;
    return {token.begin + tag, token.end - tag};
}

}  // namespace migrations::sql
