#include "migrations/secret_arguments.hpp"

#include "migrations/sql/lexer.hpp"
#include "migrations/sql/words.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace migrations {

using sql::same_word;
using sql::Token;
using sql::TokenKind;

namespace {

using sql::lower;

std::string_view unquoted(std::string_view text) {
    return text.size() < 2 ? text : text.substr(1, text.size() - 2);
}

// "app.jwt_secret"; PostgreSQL's own settings have no dot.
bool is_secret_setting(std::string_view name) {
    constexpr std::array<std::string_view, 6> ends{"secret",  "password", "passwd",
                                                   "api_key", "apikey",   "token"};
    constexpr std::array<std::string_view, 3> keys{"secret_key", "private_key", "encryption_key"};
    const std::string low = lower(name);
    const auto fits = [&](std::string_view end) { return low.ends_with(end); };
    return low.find('.') != std::string::npos && (std::any_of(ends.begin(), ends.end(), fits) ||
                                                  std::any_of(keys.begin(), keys.end(), fits));
}

// How many arguments of format() come before the one that its text takes for a password, from 1;
// 0: none.
int password_argument(std::string_view text) {
    const std::string low = lower(text);
    const std::size_t clause = low.find("password %l");
    if (clause == std::string::npos) return 0;
    int count = 1;
    for (std::size_t at = 0; at < clause; ++at)
        if (low[at] == '%' && low[at + 1] == '%')
            ++at;
        else if (low[at] == '%')
            ++count;
    return count;
}

class Reader {
public:
    Reader(std::string_view text, std::size_t offset) : text_{text}, offset_{offset} {}

    std::vector<std::pair<std::size_t, std::size_t>> run(int depth) {
        sql::Lexer lexer{text_};
        for (Token token; lexer.next(token);) {
            if (sql::is_comment(token.kind)) continue;
            const auto word = text_.substr(token.begin, token.end - token.begin);
            if (token.kind == TokenKind::dollar_string && depth > 0)
                descend(token, word, depth);
            else
                take(token, word);
        }
        return std::move(found_);
    }

private:
    enum class At { nowhere, name, value, config_name, config_value };

    void descend(const Token& token, std::string_view quoted, int depth) {
        const std::size_t mark = quoted.find('$', 1) + 1;
        if (mark == 0 || quoted.size() < 2 * mark) return;
        const auto body = quoted.substr(mark, quoted.size() - 2 * mark);
        const auto inner = Reader{body, offset_ + token.begin + mark}.run(depth - 1);
        found_.insert(found_.end(), inner.begin(), inner.end());
    }

    void take(const Token& token, std::string_view word) {
        if (token.kind == TokenKind::symbol) return take_symbol(word.front());
        if (token.kind == TokenKind::string) return take_string(token, word);
        if (token.kind != TokenKind::word && token.kind != TokenKind::quoted_name) return;
        if (token.kind == TokenKind::word && same_word("set", word)) return begin(At::name);
        if (token.kind == TokenKind::word && same_word("set_config", word))
            return begin(At::config_name);
        if (at_ == At::value || at_ == At::config_value) at_ = At::nowhere;  // computed
        if (at_ != At::name) return;
        const bool is_scope =
            name_.empty() && (same_word("local", word) || same_word("session", word));
        if (is_scope) return;
        if (same_word("to", word)) return begin_value();
        name_ += token.kind == TokenKind::word ? word : unquoted(word);
    }

    void begin(At at) {
        at_ = at;
        name_.clear();
    }

    void begin_value() { at_ = is_secret_setting(name_) ? At::value : At::nowhere; }

    void take_symbol(char symbol) {
        if (at_ == At::name && symbol == '.') name_ += symbol;
        if (at_ == At::name && symbol == '=') begin_value();
        if (symbol == ';') at_ = At::nowhere;
        if (symbol == '(') ++depth_;
        if (symbol == ')') --depth_;
        if (symbol == ',' && depth_ == format_depth_ && argument_ > 0) --argument_;
        if (depth_ < format_depth_ || symbol == ';') format_depth_ = -1;
    }

    void take_string(const Token& token, std::string_view quoted) {
        const bool is_value = at_ == At::value || at_ == At::config_value;
        const bool is_argument = format_depth_ == depth_ && argument_ == 0;
        if ((is_value || is_argument) && quoted.size() > 2)
            found_.emplace_back(offset_ + token.begin, offset_ + token.end);
        if (is_argument) format_depth_ = -1;
        const bool names = at_ == At::config_name && is_secret_setting(unquoted(quoted));
        at_ = names ? At::config_value : At::nowhere;
        if (const int argument = password_argument(quoted); argument > 0) {
            argument_ = argument;
            format_depth_ = depth_;
        }
    }

    std::string_view text_;
    std::size_t offset_;
    std::vector<std::pair<std::size_t, std::size_t>> found_;
    At at_{};
    std::string name_;
    int depth_{};
    int argument_{};        // commas until the one that is the password
    int format_depth_{-1};  // of parentheses around format's arguments; -1: in none
};

}  // namespace

std::vector<std::pair<std::size_t, std::size_t>> find_secret_arguments(std::string_view text) {
    constexpr int depth_max = 4;
    return Reader{text, 0}.run(depth_max);
}

}  // namespace migrations
