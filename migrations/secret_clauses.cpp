#include "migrations/secret_clauses.hpp"

#include "migrations/sql/lexer.hpp"
#include "migrations/sql/words.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace migrations {

using sql::lower;
using sql::same_word;
using sql::Token;
using sql::TokenKind;

namespace {

constexpr int depth_max = 4;

template <std::size_t size>
bool is_one_of(std::string_view word, const std::array<std::string_view, size>& words) {
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view each) { return same_word(each, word); });
}

// What stands right before the text that it names: PASSWORD 'x', OPTIONS (api_key 'x').
bool names_a_secret(std::string_view word) {
    constexpr std::array<std::string_view, 10> words{
        "password",   "sslpassword", "secret_access_key", "secret_key",    "api_key",
        "api_secret", "auth_token",  "access_token",      "client_secret", "private_key"};
    return is_one_of(word, words);
}

std::string_view without_quotes(std::string_view quoted, std::size_t& begin) {
    begin = 0;
    if (quoted.front() == '$') {
        const std::size_t mark = quoted.find('$', 1) + 1;
        if (quoted.size() < 2 * mark) return {};
        begin = mark;
        return quoted.substr(mark, quoted.size() - 2 * mark);
    }
    const std::size_t quote = quoted.find('\'');
    if (quote == std::string_view::npos || quoted.size() < quote + 2) return {};
    begin = quote + 1;
    return quoted.substr(begin, quoted.size() - begin - 1);
}

bool is_connection(const std::string& low) {
    constexpr std::array words{"host=", "dbname=", "user=", "port=", "hostaddr=", "service="};
    std::string dense = low;
    std::erase_if(dense, [](char each) { return each == ' ' || each == '\t'; });
    return std::any_of(words.begin(), words.end(),
                       [&](const char* word) { return dense.find(word) != std::string::npos; });
}

// What comes before it since the last quote is nothing, or begins with a setting as well.
bool is_among_settings(std::string_view low, std::size_t at) {
    constexpr std::size_t settings_max = 512;
    const std::size_t from = at - std::min(at, settings_max);
    const auto before = low.substr(from, at - from);
    const std::size_t quote = before.find_last_of("'\"$");
    const std::size_t begin =
        before.find_first_not_of(" \t\r\n", quote == std::string_view::npos ? 0 : quote + 1);
    if (begin == std::string_view::npos) return true;
    const std::size_t name_end = before.find_first_of(" \t=", begin);
    const std::size_t equals = before.find_first_not_of(" \t", name_end);
    return name_end != std::string_view::npos && equals != std::string_view::npos &&
           before[equals] == '=' && name_end > begin;
}

class ClauseReader {
public:
    ClauseReader(std::string_view text, std::size_t offset, bool is_nested)
        : text_{text}, offset_{offset}, is_nested_{is_nested} {}

    std::vector<SecretClause> run(int depth) {
        sql::Lexer lexer{text_};
        for (Token token; lexer.next(token);) take(token, depth);
        return std::move(found_);
    }

private:
    void take(const Token& token, int depth) {
        const auto text = text_.substr(token.begin, token.end - token.begin);
        if (sql::is_comment(token.kind)) return descend(text.substr(2), token.begin + 2, depth);
        const bool is_string =
            token.kind == TokenKind::string || token.kind == TokenKind::dollar_string;
        if (is_string) take_string(token, text, depth);
        is_named_ = token.kind == TokenKind::word && names_a_secret(text);
        if (token.kind == TokenKind::word) see(text);
        if (text == ";") verb_ = object_ = false;
    }

    void see(std::string_view word) {
        constexpr std::array<std::string_view, 2> verbs{"create", "alter"};
        constexpr std::array<std::string_view, 5> objects{"role", "user", "mapping", "server",
                                                          "subscription"};
        verb_ = verb_ || is_one_of(word, verbs);
        object_ = object_ || (verb_ && is_one_of(word, objects));
    }

    void take_string(const Token& token, std::string_view quoted, int depth) {
        std::size_t begin = 0;
        const auto value = without_quotes(quoted, begin);
        if (is_named_ && (!is_nested_ || object_))
            return add("a password", token.begin, token.end, token.begin + begin,
                       token.begin + begin + value.size());
        find_in_connection(token, quoted);
        if (token.kind == TokenKind::dollar_string) descend(value, token.begin + begin, depth);
    }

    void descend(std::string_view text, std::size_t begin, int depth) {
        if (depth == 0) return;
        const auto inner = ClauseReader{text, offset_ + begin, true}.run(depth - 1);
        found_.insert(found_.end(), inner.begin(), inner.end());
    }

    void find_in_connection(const Token& token, std::string_view quoted) {
        constexpr std::string_view mark = "password";
        const std::string low = lower(quoted);
        std::size_t at = low.find(mark);
        if (at == std::string::npos || low.find("://") != std::string::npos) return;
        const bool connects = is_connection(low);
        const bool makes_role = speaks_of_a_role(low);
        for (; at != std::string::npos; at = low.find(mark, at + mark.size())) {
            std::size_t begin = low.find_first_not_of(" \t", at + mark.size());
            const bool is_setting = begin != std::string::npos && low[begin] == '=';
            // A nested statement: EXECUTE 'ALTER ROLE x PASSWORD ''y'''.
            const bool is_clause = begin != std::string::npos && low.compare(begin, 2, "''") == 0;
            if (is_setting ? !connects || !is_among_settings(low, at) : !is_clause || !makes_role)
                continue;
            begin = low.find_first_not_of(is_setting ? " \t='" : "'", begin);
            if (begin == std::string::npos) continue;
            const std::size_t end = std::min(low.find_first_of("' \t\r\n;,)$", begin), low.size());
            if (end > begin)
                add("a password in a connection string", token.begin + begin, token.begin + end,
                    token.begin + begin, token.begin + end);
        }
    }

    void add(std::string_view kind, std::size_t begin, std::size_t end, std::size_t value_begin,
             std::size_t value_end) {
        found_.push_back(
            {kind, offset_ + begin, offset_ + end, offset_ + value_begin, offset_ + value_end});
    }

    std::string_view text_;
    std::size_t offset_;
    bool is_nested_;
    std::vector<SecretClause> found_;
    bool is_named_{};  // by the token before
    bool verb_{};      // since the last semicolon
    bool object_{};
};

bool has_word(std::string_view low, std::string_view word) {
    for (std::size_t at = low.find(word); at != std::string_view::npos;
         at = low.find(word, at + 1)) {
        const std::size_t end = at + word.size();
        const bool begins = at == 0 || !sql::is_name_part(low[at - 1]);
        if (begins && (end == low.size() || !sql::is_name_part(low[end]))) return true;
    }
    return false;
}

}  // namespace

bool speaks_of_a_role(std::string_view low) {
    return (has_word(low, "create") || has_word(low, "alter")) &&
           (has_word(low, "role") || has_word(low, "user") || has_word(low, "server"));
}

std::vector<SecretClause> find_secret_clauses(std::string_view text) {
    const std::string low = lower(text);
    constexpr std::array words{"password", "_key", "_secret", "_token"};
    if (std::none_of(words.begin(), words.end(),
                     [&](const char* word) { return low.find(word) != std::string::npos; }))
        return {};
    return ClauseReader{text, 0, false}.run(depth_max);
}

}  // namespace migrations
