#include "migrations/secret_arguments.hpp"

#include "migrations/secret_clauses.hpp"
#include "migrations/secret_strings.hpp"
#include "migrations/sql/lexer.hpp"
#include "migrations/sql/words.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
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
    constexpr std::array<std::string_view, 5> keys{"secret_key", "private_key", "encryption_key",
                                                   "signing_key", "access_key"};
    const std::string low = lower(name);
    const auto fits = [&](std::string_view end) { return low.ends_with(end); };
    return low.find('.') != std::string::npos && (std::any_of(ends.begin(), ends.end(), fits) ||
                                                  std::any_of(keys.begin(), keys.end(), fits));
}

// How many arguments of format() come before the one that its text takes for a password, from 1;
// 0: none.
int password_argument(std::string_view text) {
    const std::string low = lower(text);
    const bool connects = is_connection(low);
    const std::size_t clause = low.find(connects ? "password=" : "password ");
    if (clause == std::string::npos) return 0;
    const std::size_t mark = low.find_first_not_of(" '", clause + 9);
    if (mark == std::string::npos || low[mark] != '%') return 0;
    const std::size_t kind = low.find_first_not_of("0123456789$", mark + 1);
    if (kind == std::string::npos || (low[kind] != 'l' && low[kind] != 's')) return 0;
    if (low[kind] == 's' && !connects && !speaks_of_a_role(low)) return 0;
    if (kind > mark + 1) return std::atoi(low.c_str() + mark + 1);
    int count = 1;
    for (std::size_t at = 0; at < mark; ++at)
        if (low[at] == '%' && low[at + 1] == '%')
            ++at;
        else if (low[at] == '%')
            ++count;
    return count;
}

// 'ALTER ROLE app PASSWORD ' || ..., 'host=h password=' || ...: the password comes behind it.
bool ends_before_password(std::string_view quoted) {
    std::string low = lower(unquoted(quoted));
    while (!low.empty() && (low.back() == ' ' || low.back() == '\'')) low.pop_back();
    if (low.ends_with("password=")) return is_connection(low);
    return low.ends_with("password") && speaks_of_a_role(low);
}

bool names_a_password(std::string_view variable) {
    const std::string low = lower(variable);
    return low.ends_with("password") || low.ends_with("passwd") || low.ends_with("pwd");
}

// Not what a variable called so is given as a message, or as the name of a column.
bool may_be_password(std::string_view value) {
    return value.find(' ') == std::string_view::npos && !names_a_secret(value) &&
           lower(value).find("password") == std::string::npos;
}

// Which argument of a function is a key, from 1; 0: none.
int key_argument(std::string_view function) {
    struct Known {
        std::string_view name;
        int argument;
    };
    constexpr std::array known{Known{"pgp_sym_encrypt", 2},
                               Known{"pgp_sym_encrypt_bytea", 2},
                               Known{"pgp_sym_decrypt", 2},
                               Known{"pgp_sym_decrypt_bytea", 2},
                               Known{"create_secret", 1},
                               Known{"encrypt", 2},
                               Known{"decrypt", 2},
                               Known{"encrypt_iv", 2},
                               Known{"decrypt_iv", 2},
                               Known{"hmac", 2},
                               Known{"sign", 2}};
    for (const Known& each : known)
        if (same_word(each.name, function)) return each.argument;
    return 0;
}

// In code, what comes first after one of these is a statement, or the name of a variable.
bool begins_statements(std::string_view word) {
    constexpr std::array<std::string_view, 5> words{"declare", "begin", "then", "else", "loop"};
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view each) { return same_word(each, word); });
}

// What variables of a block are given: name := '...', name text DEFAULT '...'.
class Variables {
public:
    using Place = std::pair<std::size_t, std::size_t>;

    void word(std::string_view word) {
        if (begins_statements(word)) {
            starts_ = true;
        } else if (starts_) {
            subject_ = lower(word);
            starts_ = false;
        }
        assigns_ = same_word("default", word);
    }
    void symbol(char symbol) {
        if (symbol == ';') starts_ = true;
        assigns_ = symbol == '=' && colon_;
        colon_ = symbol == ':';
    }
    // Whether the variable is called a password, and given this.
    [[nodiscard]] bool string(Place place) {
        if (!assigns_) return false;
        assigns_ = false;
        values_[subject_] = place;
        return names_a_password(subject_);
    }
    [[nodiscard]] const Place* value(std::string_view name) const {
        const auto found = values_.find(lower(name));
        return found == values_.end() ? nullptr : &found->second;
    }

private:
    std::map<std::string, Place> values_;
    std::string subject_;
    bool starts_{true};
    bool colon_{};
    bool assigns_{};
};

class ArgumentReader {
public:
    ArgumentReader(std::string_view text, std::size_t offset) : text_{text}, offset_{offset} {}

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
        const auto inner = ArgumentReader{body, offset_ + token.begin + mark}.run(depth - 1);
        found_.insert(found_.end(), inner.begin(), inner.end());
    }

    void take(const Token& token, std::string_view word) {
        if (token.kind == TokenKind::symbol) return take_symbol(word.front());
        if (token.kind == TokenKind::string) return take_string(token, word);
        if (token.kind != TokenKind::word && token.kind != TokenKind::quoted_name) return;
        take_name(word);
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

    void take_name(std::string_view word) {
        variables_.word(word);
        const bool is_quoting =
            same_word("quote_literal", word) || same_word("quote_nullable", word);
        const bool is_argument = format_depth_ == depth_ && argument_ == 0;
        if ((is_argument || is_behind_) && !is_quoting) {
            if (const auto* value = variables_.value(word)) found_.push_back(*value);
            is_behind_ = false;
            if (is_argument) format_depth_ = -1;
        }
        key_argument_ = key_argument(word);
        is_format_ = same_word("format", word);
        begins_format_ = false;
    }

    // A string after so many commas, at that depth.
    void expect(int argument, int depth) {
        argument_ = argument;
        format_depth_ = depth;
    }

    void begin(At at) {
        at_ = at;
        name_.clear();
    }

    void begin_value() { at_ = is_secret_setting(name_) ? At::value : At::nowhere; }

    void take_symbol(char symbol) {
        variables_.symbol(symbol);
        if (symbol != '|' && symbol != '(') is_behind_ = false;
        if (at_ == At::name && symbol == '.') name_ += symbol;
        if (at_ == At::name && symbol == '=') begin_value();
        if (symbol == ';') at_ = At::nowhere;
        if (symbol == '(') ++depth_;
        if (symbol == '(' && key_argument_ > 0) expect(key_argument_ - 1, depth_);
        begins_format_ = symbol == '(' && is_format_;
        key_argument_ = 0;
        is_format_ = false;
        if (symbol == ')') --depth_;
        if (symbol == ',' && depth_ == format_depth_ && argument_ > 0) --argument_;
        if (depth_ < format_depth_ || symbol == ';') format_depth_ = -1;
    }

    void take_string(const Token& token, std::string_view quoted) {
        const Variables::Place place{offset_ + token.begin, offset_ + token.end};
        const bool is_value = at_ == At::value || at_ == At::config_value;
        const bool is_argument = format_depth_ == depth_ && argument_ == 0;
        const bool is_password = variables_.string(place) && may_be_password(unquoted(quoted));
        if ((is_value || is_argument || is_behind_ || is_password) && quoted.size() > 2)
            found_.push_back(place);
        if (is_argument) format_depth_ = -1;
        const bool names = at_ == At::config_name && is_secret_setting(unquoted(quoted));
        at_ = names ? At::config_value : At::nowhere;
        is_behind_ = ends_before_password(quoted);
        if (const int argument = begins_format_ ? password_argument(quoted) : 0; argument > 0)
            expect(argument, depth_);
        begins_format_ = false;
        key_argument_ = 0;
    }

    std::string_view text_;
    std::size_t offset_;
    std::vector<std::pair<std::size_t, std::size_t>> found_;
    At at_{};
    std::string name_;
    int depth_{};
    int argument_{};        // commas until the one that is the password
    int key_argument_{};    // of the function whose name stands right before
    bool is_format_{};      // that is format
    bool begins_format_{};  // its first argument comes
    int format_depth_{-1};  // of parentheses around a function's arguments; -1: in none
    bool is_behind_{};      // a string that ends with PASSWORD, and the operator after it
    Variables variables_;
};

}  // namespace

std::vector<std::pair<std::size_t, std::size_t>> find_secret_arguments(std::string_view text) {
    constexpr int depth_max = 4;
    return ArgumentReader{text, 0}.run(depth_max);
}

}  // namespace migrations
