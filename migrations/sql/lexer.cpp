#include "migrations/sql/lexer.hpp"

namespace migrations::sql {

namespace {

char lower_of(char character) {
    return character >= 'A' && character <= 'Z' ? static_cast<char>(character + 32) : character;
}

}  // namespace

bool is_space(char character) {
    return character == ' ' || (character >= '\t' && character <= '\r');
}

bool is_name_start(char character) {
    const char folded = lower_of(character);
    return (folded >= 'a' && folded <= 'z') || folded == '_' || (folded & '\x80') != 0;
}

bool is_name_part(char character) {
    return is_name_start(character) || is_digit(character) || character == '$';
}

bool same_word(std::string_view left, std::string_view right) {
    if (left.size() != right.size()) return false;
    for (std::size_t index = 0; index < left.size(); ++index)
        if (lower_of(left[index]) != lower_of(right[index])) return false;
    return true;
}

bool has_any_part(std::string_view text, std::initializer_list<std::string_view> parts) {
    constexpr char to_lower = 0x20;  // of a letter; whatever else becomes one is compared in vain
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char low = static_cast<char>(text[at] | to_lower);
        for (const std::string_view part : parts)
            if (low == part.front() && same_word(part, text.substr(at, part.size()))) return true;
    }
    return false;
}

char Lexer::peek(std::size_t ahead) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
}

void Lexer::skip_white_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
}

bool Lexer::next(Token& token) {
    skip_white_space();
    if (at_ >= text_.size()) return false;
    token.begin = at_;
    token.kind = take();
    token.end = at_;
    return true;
}

TokenKind Lexer::take() {
    const char first = peek();
    if (first == '-' && peek(1) == '-') {
        const std::size_t end = text_.find_first_of("\r\n", at_);
        at_ = end == std::string_view::npos ? text_.size() : end;
        return TokenKind::line_comment;
    }
    if (first == '/' && peek(1) == '*') return take_block_comment();
    if (first == '\'') return take_quoted('\'', TokenKind::string, false);
    if (first == '"') return take_quoted('"', TokenKind::quoted_name, false);
    if (first == '$') return take_dollar();
    if (first == '\\' && peek(1) == ';') {
        ++at_;
        return TokenKind::meta_command;
    }
    if (first == '\\') {
        const std::size_t end = text_.find_first_of("\r\n", at_);
        at_ = end == std::string_view::npos ? text_.size() : end;
        return TokenKind::meta_command;
    }
    if (is_name_start(first)) return take_word();
    if (is_digit(first)) {
        while (is_digit(peek()) || is_name_start(peek()) || (peek() == '.' && is_digit(peek(1))))
            ++at_;
        return TokenKind::number;
    }
    ++at_;
    return TokenKind::symbol;
}

TokenKind Lexer::take_word() {
    const char first = lower_of(peek());
    if (peek(1) == '\'' && (first == 'e' || first == 'b' || first == 'x' || first == 'n')) {
        ++at_;
        return take_quoted('\'', TokenKind::string, first == 'e');
    }
    if (first == 'u' && peek(1) == '&' && (peek(2) == '\'' || peek(2) == '"')) {
        at_ += 2;
        return peek() == '"' ? take_quoted('"', TokenKind::quoted_name, false)
                             : take_quoted('\'', TokenKind::string, false);
    }
    while (at_ < text_.size() && is_name_part(text_[at_])) ++at_;
    return TokenKind::word;
}

TokenKind Lexer::take_quoted(char quote, TokenKind kind, bool backslash_escapes) {
    ++at_;
    while (at_ < text_.size()) {
        const char character = text_[at_++];
        if (character == '\\' && backslash_escapes && at_ < text_.size()) {
            ++at_;
        } else if (character == quote) {
            if (peek() == quote)
                ++at_;
            else if (quote == '"' || !continues_on_next_line())
                return kind;
        }
    }
    return TokenKind::unterminated;
}

// 'a' <newline> 'b' is one constant, and the second part has the escapes of the first.
bool Lexer::continues_on_next_line() {
    std::size_t ahead = at_;
    bool new_line = false;
    for (; ahead < text_.size() && is_space(text_[ahead]); ++ahead)
        new_line = new_line || text_[ahead] == '\n' || text_[ahead] == '\r';
    if (!new_line || ahead >= text_.size() || text_[ahead] != '\'') return false;
    at_ = ahead + 1;
    return true;
}

TokenKind Lexer::take_dollar() {
    std::size_t end = at_ + 1;
    if (end < text_.size() && is_name_start(text_[end]))
        while (end < text_.size() && is_name_part(text_[end]) && text_[end] != '$') ++end;
    if (end >= text_.size() || text_[end] != '$') {
        ++at_;
        while (is_digit(peek())) ++at_;
        return TokenKind::symbol;
    }
    const std::string_view tag = text_.substr(at_, end + 1 - at_);
    const std::size_t close = text_.find(tag, end + 1);
    at_ = close == std::string_view::npos ? text_.size() : close + tag.size();
    return close == std::string_view::npos ? TokenKind::unterminated : TokenKind::dollar_string;
}

TokenKind Lexer::take_block_comment() {
    std::size_t depth = 0;
    while (at_ < text_.size()) {
        if (peek() == '/' && peek(1) == '*') {
            ++depth;
            at_ += 2;
        } else if (peek() == '*' && peek(1) == '/') {
            at_ += 2;
            if (--depth == 0) return TokenKind::block_comment;
        } else {
            ++at_;
        }
    }
    return TokenKind::unterminated;
}

}  // namespace migrations::sql
