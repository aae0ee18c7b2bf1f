// migrations/sql/lexer.hpp: cuts SQL text into tokens as psql sees it, whatever is wrong with it.
//
// Shape   every byte that is not white space belongs to exactly one token.
// Units   begin and end are bytes of the text.
// Cost    one pass, no allocation.
// Source  PostgreSQL 15, scan.l and psqlscan.l (standard_conforming_strings on).
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string_view>

namespace migrations::sql {

enum class TokenKind {
    word,           // a keyword or identifier
    quoted_name,    // "name"
    string,         // '...', E'...', U&'...'
    dollar_string,  // $tag$...$tag$
    number,
    symbol,        // one character of an operator or of punctuation
    line_comment,  // without its line end
    block_comment,
    meta_command,  // a backslash and the rest of its line; before a semicolon, the backslash alone
    unterminated,  // a string, name or comment that the text's end cuts off
};

struct Token {
    TokenKind kind{};
    std::size_t begin{};
    std::size_t end{};
};

class Lexer {
public:
    explicit Lexer(std::string_view text, std::size_t at = 0) : text_{text}, at_{at} {}

    // False at the end of the text.
    [[nodiscard]] bool next(Token& token);

    void move_to(std::size_t at) { at_ = at; }

private:
    [[nodiscard]] char peek(std::size_t ahead = 0) const;
    void skip_white_space();
    TokenKind take();
    TokenKind take_word();
    TokenKind take_quoted(char quote, TokenKind kind, bool backslash_escapes);
    TokenKind take_dollar();
    TokenKind take_block_comment();
    bool continues_on_next_line();

    std::string_view text_;
    std::size_t at_;
};

[[nodiscard]] inline bool is_comment(TokenKind kind) {
    return kind == TokenKind::line_comment || kind == TokenKind::block_comment;
}

[[nodiscard]] bool is_space(char character);
[[nodiscard]] inline bool is_digit(char character) { return character >= '0' && character <= '9'; }
[[nodiscard]] bool is_name_start(char character);
[[nodiscard]] bool is_name_part(char character);

// ASCII letters only, as PostgreSQL folds keywords.
[[nodiscard]] bool same_word(std::string_view left, std::string_view right);

// Whether any of these, which are in lower case, stands anywhere in the text, in any case: also as
// a part of a word. For a look at a long text that mostly has none of them.
[[nodiscard]] bool has_any_part(std::string_view text,
                                std::initializer_list<std::string_view> parts);

}  // namespace migrations::sql
