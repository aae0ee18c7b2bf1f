#include "migrations/sql/code_words.hpp"

#include "migrations/sql/body.hpp"
#include "migrations/sql/lexer.hpp"
#include "migrations/sql/words.hpp"

#include <cstddef>
#include <utility>

namespace migrations::sql {

namespace {

constexpr int depth_max = 8;  // of strings in strings

class CodeWordReader {
public:
    static FoldedWords of(std::string_view code) {
        CodeWordReader all;
        all.add(code, 0);
        return std::move(all.words_);
    }

private:
    void add(std::string_view code, int depth) {
        bool raises = false;
        Lexer lexer{code};
        for (Token token; lexer.next(token);) {
            const auto text = code.substr(token.begin, token.end - token.begin);
            const bool is_string =
                token.kind == TokenKind::string || token.kind == TokenKind::dollar_string;
            if (token.kind == TokenKind::word) words_.push_back(lower(text));
            if (token.kind == TokenKind::quoted_name) words_.emplace_back(text);
            if (text == ";") words_.emplace_back(text);
            if (const auto size = placeholder_size(code.substr(token.begin)); size != 0) {
                words_.emplace_back(format_placeholder);
                lexer.move_to(token.begin + size);
            }
            if (text == ";" || same_word(text, "raise")) raises = text != ";";
            if (is_string && !raises && depth < depth_max) add_string(code, token, depth);
        }
    }

    // Of "%I", "%1$s"; 0 where it is none: RAISE has a bare "%".
    static std::size_t placeholder_size(std::string_view text) {
        if (!text.starts_with('%')) return 0;
        const std::size_t kind = text.find_first_not_of("0123456789$-", 1);
        const bool is_one =
            kind != std::string_view::npos && std::string_view{"ILs"}.find(text[kind]) != text.npos;
        return is_one ? kind + 1 : 0;
    }

    void add_string(std::string_view code, const Token& token, int depth) {
        words_.emplace_back(string_begin);
        if (token.kind == TokenKind::dollar_string) {
            const Range body = body_of(code, token);
            add(code.substr(body.begin, body.end - body.begin), depth + 1);
        } else {
            const std::size_t begin = code.find('\'', token.begin) + 1;
            add(code.substr(begin, token.end - 1 - begin), depth + 1);
        }
        Lexer lexer{code, token.end};
        Token next;
        const bool goes_on = lexer.next(next) && code.substr(next.begin).starts_with("||");
        words_.emplace_back(goes_on ? string_goes_on : string_end);
    }

    FoldedWords words_;
};

}  // namespace

FoldedWords code_words(std::string_view code) { return CodeWordReader::of(code); }

}  // namespace migrations::sql
