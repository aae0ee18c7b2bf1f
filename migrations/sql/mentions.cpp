#include "migrations/sql/mentions.hpp"

#include "migrations/sql/keywords.hpp"
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
    bool is_first = true;
    for (Token token; lexer.next(token); is_first = false) {
        const std::string_view word = text.substr(token.begin, token.end - token.begin);
        if (token.kind != TokenKind::word) continue;
        if (is_any_of(word, {"select", "insert", "update", "delete", "alter", "create", "drop",
                             "from", "grant", "truncate", "call", "join", "execute"}))
            return true;
        if (is_first && is_any_of(word, {"begin", "declare", "set", "comment", "lock", "refresh",
                                         "reindex", "cluster", "analyze", "copy", "merge"}))
            return true;
    }
    return false;
}

// What may stand behind a name as its type does, and is none; keywords that are not reserved.
bool is_of_clause(std::string_view word) {
    return is_any_of(word,
                     {"set",     "loop",   "at",    "type",   "drop",    "cascade",  "restrict",
                      "nulls",   "range",  "rows",  "groups", "escape",  "within",   "over",
                      "by",      "reset",  "add",   "alter",  "rename",  "owner",    "include",
                      "exclude", "filter", "after", "before", "instead", "deferred", "immediate"});
}

bool may_be_type(std::string_view word) {
    if (is_any_of(word,
                  {"bigint", "bit",   "boolean",  "char",     "character", "dec",    "decimal",
                   "float",  "int",   "integer",  "interval", "national",  "nchar",  "numeric",
                   "real",   "setof", "smallint", "time",     "timestamp", "varchar"}))
        return true;
    return !is_keyword(folded(word)) && !is_of_clause(word);
}

class Finder {
public:
    Finder(Mentions& found, std::string_view text, std::size_t offset, int nesting,
           bool is_value = false)
        : found_{found}, text_{text}, offset_{offset}, nesting_{nesting}, is_value_{is_value} {}

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
        if (kind == TokenKind::symbol && is_operator_character(text_[token.begin]))
            see_operator(token);
        const bool of_rows = is_any_of(last_, {"select", "returning", "distinct", ".", ","});
        if (of(token) == "*" && of_rows) found_.takes_whole_rows = true;
    }

    void see_name(const Token& token) {
        const std::string_view word = of(token);
        if (is_any_of(word, {"like", "inherits", "rowtype"})) found_.takes_whole_rows = true;
        if (same_word(word, "cascade") && !is_any_of(last_, {"delete", "update"}))
            found_.cascades.push_back(offset_ + token.begin);
        if (last_ == "." && before_last_is_name_ && !found_.names.empty()) {
            found_.names.back().parts.push_back(folded(word));
            return;
        }
        if (is_name_last_ && !is_keyword(found_.names.back().parts.back()) && may_be_type(word))
            found_.given.push_back(found_.names.back().parts.back());
        if (same_word(last_, "as")) found_.given.push_back(folded(word));
        found_.names.push_back({{folded(word)}, offset_ + token.begin, is_value_});
    }

    void see_operator(const Token& token) {
        const bool goes_on = !last_.empty() && is_operator_character(last_.back()) &&
                             last_.data() + last_.size() == text_.data() + token.begin;
        if (!goes_on) found_.operators.push_back({"", offset_ + token.begin});
        found_.operators.back().text += text_[token.begin];
    }

    void see_string(const Token& token) {
        if (nesting_ == nesting_max) return;
        std::size_t begin = token.begin;
        const std::string_view content = content_of(of(token), begin);
        const bool is_code = token.kind == TokenKind::dollar_string || is_executed_ ||
                             is_any_of(last_, {"as", "do"}) || looks_like_sql(content);
        if (content.empty() || (!is_code && !looks_like_names(content))) return;
        Finder{found_, content, offset_ + begin, nesting_ + 1, !is_code}.run();
    }

    void remember(const Token& token) {
        const bool is_dot = of(token) == ".";
        if (!is_dot) name_ = token.kind == TokenKind::word || token.kind == TokenKind::quoted_name;
        before_last_is_name_ = is_dot && name_;
        is_name_last_ = !is_dot && name_;
        if (name_ && same_word(of(token), "execute")) is_executed_ = true;
        // Of a trigger: EXECUTE FUNCTION.
        if (of(token) == ";" || is_any_of(of(token), {"function", "procedure"}))
            is_executed_ = false;
        last_ = of(token);
    }

    Mentions& found_;
    std::string_view text_;
    std::size_t offset_;
    int nesting_;
    bool is_value_;
    std::string_view last_;
    bool is_name_last_{};
    bool is_executed_{};          // EXECUTE stands before, in the same statement
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

bool is_operator_character(char character) {
    return std::string_view{"+-*/<>=~!@#%^&|`?"}.find(character) != std::string_view::npos;
}

Mentions read_mentions(std::string_view text) {
    Mentions found;
    Finder{found, text, 0, 0}.run();
    return found;
}

}  // namespace migrations::sql
