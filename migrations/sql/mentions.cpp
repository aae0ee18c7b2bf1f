#include "migrations/sql/mentions.hpp"

#include "migrations/sql/lexer.hpp"

#include <algorithm>
#include <array>

namespace migrations::sql {

namespace {

constexpr int nesting_max = 4;

bool is_any_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view each) { return same_word(word, each); });
}

// What stands between the quotes, and where it begins.
std::string_view content_of(std::string_view token, std::size_t& begin) {
    if (token.front() == '$') {
        const std::size_t tag = token.find('$', 1) + 1;
        begin += tag;
        return token.size() < 2 * tag ? std::string_view{}
                                      : token.substr(tag, token.size() - 2 * tag);
    }
    const std::size_t quote = token.find('\'');
    if (quote == std::string_view::npos || token.size() < quote + 2) return {};
    begin += quote + 1;
    return token.substr(quote + 1, token.size() - quote - 2);
}

// A name, or several with commas between, and nothing else.
bool looks_like_names(std::string_view text) {
    Lexer lexer{text};
    bool name_before = false;
    for (Token token; lexer.next(token);) {
        const bool name = token.kind == TokenKind::word || token.kind == TokenKind::quoted_name;
        const char symbol = text[token.begin];
        const bool joint = token.kind == TokenKind::symbol && (symbol == '.' || symbol == ',');
        if ((!name && !joint) || (name && name_before)) return false;
        name_before = name;
    }
    return name_before;
}

bool looks_like_sql(std::string_view text) {
    Lexer lexer{text};
    for (Token token; lexer.next(token);)
        if (token.kind == TokenKind::word &&
            is_any_of(text.substr(token.begin, token.end - token.begin),
                      {"select", "insert", "update", "delete", "alter", "create", "drop", "from",
                       "grant", "truncate", "call", "join", "execute"}))
            return true;
    return false;
}

class Finder {
public:
    Finder(Mentions& found, std::string_view text, std::size_t offset, int nesting)
        : found_{found}, text_{text}, offset_{offset}, nesting_{nesting} {}

    void run() {
        Lexer lexer{text_};
        for (Token token; lexer.next(token);) {
            if (is_comment(token.kind)) continue;
            see(token);
            remember(token);
        }
    }

private:
    [[nodiscard]] std::string_view of(const Token& token) const {
        return text_.substr(token.begin, token.end - token.begin);
    }

    void see(const Token& token) {
        const TokenKind kind = token.kind;
        if (kind == TokenKind::word || kind == TokenKind::quoted_name) return see_name(token);
        if (kind == TokenKind::string || kind == TokenKind::dollar_string) return see_string(token);
        const bool of_rows = is_any_of(last_, {"select", "returning", "distinct", ".", ","});
        if (of(token) == "*" && of_rows) found_.takes_whole_rows = true;
    }

    void see_name(const Token& token) {
        const std::string_view word = of(token);
        if (is_any_of(word, {"like", "inherits", "rowtype"})) found_.takes_whole_rows = true;
        if (same_word(word, "cascade") && !is_any_of(last_, {"delete", "update"}))
            found_.cascades.push_back(offset_ + token.begin);
        if (last_ == "." && before_last_is_name_ && !found_.names.empty())
            found_.names.back().parts.push_back(folded(word));
        else
            found_.names.push_back({{folded(word)}, offset_ + token.begin});
    }

    void see_string(const Token& token) {
        if (nesting_ == nesting_max) return;
        std::size_t begin = token.begin;
        const std::string_view content = content_of(of(token), begin);
        const bool code = token.kind == TokenKind::dollar_string;
        if (content.empty() || (!code && !looks_like_names(content) && !looks_like_sql(content)))
            return;
        Finder{found_, content, offset_ + begin, nesting_ + 1}.run();
    }

    void remember(const Token& token) {
        const bool is_dot = of(token) == ".";
        if (!is_dot) name_ = token.kind == TokenKind::word || token.kind == TokenKind::quoted_name;
        before_last_is_name_ = is_dot && name_;
        last_ = of(token);
    }

    Mentions& found_;
    std::string_view text_;
    std::size_t offset_;
    int nesting_;
    std::string_view last_;
    bool name_{};                 // the newest token that is no dot is a name
    bool before_last_is_name_{};  // the newest is a dot, and a name stands before it
};

}  // namespace

std::string folded(std::string_view token) {
    std::string name;
    if (!token.empty() && token.front() == '"') {
        for (std::size_t index = 1; index + 1 < token.size(); ++index) {
            name += token[index];
            if (token[index] == '"') ++index;
        }
        return name;
    }
    for (const char character : token)
        name +=
            character >= 'A' && character <= 'Z' ? static_cast<char>(character + 32) : character;
    return name;
}

Mentions read_mentions(std::string_view text) {
    Mentions found;
    Finder{found, text, 0, 0}.run();
    return found;
}

}  // namespace migrations::sql
