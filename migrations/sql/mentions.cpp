#include "migrations/sql/mentions.hpp"

#include "migrations/sql/keywords.hpp"
#include "migrations/sql/lexer.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

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

// Words with which prose begins too: what stands behind them tells.
bool goes_on_as_sql(std::string_view word, std::string_view text, std::size_t at) {
    Lexer lexer{text, at};
    std::array<std::string_view, 2> next{};
    Token token;
    for (std::string_view& each : next)
        if (lexer.next(token)) each = text.substr(token.begin, token.end - token.begin);
    if (same_word(word, "comment")) return same_word(next[0], "on");
    if (same_word(word, "lock")) return same_word(next[0], "table");
    if (same_word(word, "merge")) return same_word(next[0], "into");
    if (same_word(word, "refresh")) return same_word(next[0], "materialized");
    if (!same_word(word, "set")) return false;
    return is_any_of(next[0], {"constraints", "local", "session", "role"}) ||
           is_any_of(next[1], {"=", "to"});
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
        if (is_first && (is_any_of(word, {"begin", "declare", "reindex", "cluster", "analyze"}) ||
                         goes_on_as_sql(word, text, token.end)))
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
                  {"bigint", "bit",   "boolean",  "char",     "character", "dec",       "decimal",
                   "float",  "int",   "integer",  "interval", "national",  "nchar",     "numeric",
                   "real",   "setof", "smallint", "time",     "json",      "timestamp", "varchar"}))
        return true;
    return !is_keyword(folded(word)) && !is_of_clause(word);
}

// Of PL/pgSQL, and no keyword of SQL.
bool is_of_procedures(std::string_view word) {
    return is_any_of(
        word, {"perform", "raise",    "notice",  "warning", "exception", "elsif",       "elseif",
               "while",   "loop",     "foreach", "slice",   "assert",    "diagnostics", "exit",
               "open",    "constant", "alias",   "query",   "reverse",   "info",        "debug"});
}

bool is_plain_keyword(std::string_view word) {
    const std::string name = folded(word);
    return word.front() != '"' && (is_keyword(name) || is_unreserved_keyword(name));
}

// Of PostgreSQL itself: their rows are none of a table's.
bool is_built_in_source(const Mention& function) {
    const std::string& name = function.parts.back();
    static constexpr std::array<std::string_view, 6> beginnings{"generate_", "json",   "regexp_",
                                                                "string_to", "unnest", "pg_"};
    return function.parts.front() == "pg_catalog" ||
           std::any_of(beginnings.begin(), beginnings.end(),
                       [&](std::string_view each) { return name.starts_with(each); });
}

enum class Within { statements, value, body, executed };

class Finder {
public:
    Finder(Mentions& found, std::string_view text, std::size_t offset, int nesting, Within within,
           bool is_between_quotes = false)
        : found_{found},
          text_{text},
          offset_{offset},
          nesting_{nesting},
          is_value_{within == Within::value},
          within_{within},
          is_between_quotes_{is_between_quotes},
          begin_{found.names.size()},
          statement_{begin_} {}

    void run() {
        Lexer lexer{text_};
        for (Token token; lexer.next(token);) {
            if (is_comment(token.kind)) continue;
            see(token);
            remember(token);
        }
        end_statement();
        if (within_ == Within::body || within_ == Within::executed) end_body();
    }

private:
    // Between parentheses: extract(year FROM x) is none of a query.
    struct Level {
        bool is_query{};
        bool is_in_from{};
    };

    [[nodiscard]] std::string_view of(const Token& token) const {
        return text_.substr(token.begin, token.end - token.begin);
    }

    void see(const Token& token) {
        const TokenKind kind = token.kind;
        if (kind == TokenKind::word || kind == TokenKind::quoted_name) return see_name(token);
        if (kind == TokenKind::string || kind == TokenKind::dollar_string) return see_string(token);
        if (kind != TokenKind::symbol) return;
        if (is_operator_character(text_[token.begin])) see_operator(token);
        see_punctuation(text_[token.begin]);
        const bool of_rows = is_any_of(last_, {"select", "returning", "distinct", ".", ","});
        if (of(token) == "*" && of_rows) found_.takes_whole_rows = true;
    }

    void see_punctuation(char symbol) {
        Level& level = levels_.back();
        if (symbol == ',') awaits_source_ = level.is_in_from;
        if (symbol == ';') end_statement();
        if (symbol == ')' && levels_.size() > 1) levels_.pop_back();
        if (symbol != '(') return;
        if (is_any_of(last_, {"as", "materialized"}) && !as_name_.empty())
            found_.given.push_back(as_name_);
        const bool calls = is_name_last_ && source_ + 1 == found_.names.size();
        if (calls && !is_built_in_source(found_.names.back())) has_function_rows_ = true;
        awaits_source_ = makes_ = false;
        levels_.push_back({});
    }

    void see_name(const Token& token) {
        const std::string_view word = of(token);
        if (is_any_of(word, {"like", "inherits", "rowtype"})) found_.takes_whole_rows = true;
        if (same_word(word, "cascade") && !is_any_of(last_, {"delete", "update"}))
            found_.cascades.push_back(offset_ + token.begin);
        if (last_ == "." && before_last_is_name_ && !found_.names.empty()) {
            Mention& mention = found_.names.back();
            mention.parts.push_back(folded(word));
            mention.is_keyword = false;
            if (made_ + 1 == found_.names.size()) found_.given.push_back(folded(word));
            return;
        }
        const bool is_keyword = is_plain_keyword(word);
        see_given(word, is_keyword);
        see_clause(word, is_keyword);
        Mention mention{{folded(word)}, offset_ + token.begin, is_value_};
        mention.is_within = within_ != Within::statements && !is_value_;
        mention.is_keyword = is_keyword;
        // "(x).y", and what a table that is not spelled may have.
        mention.is_row_unseen = last_ == "." || within_ == Within::executed;
        found_.names.push_back(std::move(mention));
    }

    void see_given(std::string_view word, bool is_keyword) {
        const std::string before = is_name_last_ ? found_.names.back().parts.back() : "";
        const bool is_type = word.front() == '"' || may_be_type(word);
        if (is_name_last_ && !migrations::sql::is_keyword(before) && is_type)
            found_.given.push_back(before);
        const bool is_behind_word = same_word(last_, "as") || (renames_ && same_word(last_, "to"));
        if (is_behind_word || (!is_keyword && (makes_ || ends_expression_)))
            found_.given.push_back(folded(word));
        if (makes_ && !is_keyword) made_ = found_.names.size();
        if (!is_keyword) makes_ = false;
        if (same_word(word, "create")) makes_ = true;
        if (same_word(word, "rename")) renames_ = true;
        if (same_word(word, "as")) as_name_ = before;
        if (same_word(word, "record") && is_name_last_) rows_.insert(before);
    }

    // What follows FROM and JOIN.
    void see_clause(std::string_view word, bool is_keyword) {
        Level& level = levels_.back();
        if (same_word(word, "select")) level.is_query = true;
        const bool is_query = level.is_query || levels_.size() == 1;
        const bool is_from = same_word(word, "from") && is_query && !same_word(last_, "distinct");
        if (is_from || is_any_of(word, {"join", "lateral"})) {
            awaits_source_ = level.is_in_from = true;
        } else if (is_any_of(word, {"where", "group", "order", "having", "limit", "union", "except",
                                    "intersect", "on", "using", "set", "returning", "window",
                                    "select", "loop", "then"})) {
            awaits_source_ = level.is_in_from = false;
        } else if (awaits_source_) {
            awaits_source_ = false;
            if (!is_keyword) source_ = found_.names.size();
        }
    }

    void end_statement() {
        for (std::size_t index = statement_; has_function_rows_ && index < found_.names.size();
             ++index)
            found_.names[index].is_row_unseen = true;
        statement_ = found_.names.size();
        levels_ = {{}};
        has_function_rows_ = awaits_source_ = makes_ = renames_ = false;
    }

    // Variables that hold a row: those of triggers, and records.
    void end_body() {
        for (std::size_t index = begin_; index < found_.names.size(); ++index) {
            Mention& mention = found_.names[index];
            const std::string& row = mention.parts.front();
            if (mention.parts.size() == 2 && (row == "new" || row == "old" || rows_.contains(row)))
                mention.is_row_unseen = true;
        }
    }

    void see_operator(const Token& token) {
        const bool goes_on = !last_.empty() && is_operator_character(last_.back()) &&
                             last_.data() + last_.size() == text_.data() + token.begin;
        if (!goes_on) found_.operators.push_back({"", offset_ + token.begin});
        found_.operators.back().text += text_[token.begin];
    }

    void see_string(const Token& token) {
        // A quote that is doubled within quotes: a string begins or ends.
        if (is_between_quotes_ && of(token) == "''") is_value_ = !is_value_;
        // COMMENT ... IS 'prose'
        if (nesting_ == nesting_max || same_word(last_, "is")) return;
        std::size_t begin = token.begin;
        const std::string_view content = content_of(of(token), begin);
        Within within = Within::value;
        if (token.kind == TokenKind::dollar_string || is_any_of(last_, {"as", "do"}))
            within = Within::body;
        if (is_executed_) within = Within::executed;
        const bool is_value = within == Within::value;
        if (content.empty() || (is_value && !looks_like_sql(content) && !looks_like_names(content)))
            return;
        Finder{found_,       content, offset_ + begin,
               nesting_ + 1, within,  token.kind == TokenKind::string && !is_value}
            .run();
    }

    void remember(const Token& token) {
        const bool is_dot = of(token) == ".";
        if (!is_dot) name_ = token.kind == TokenKind::word || token.kind == TokenKind::quoted_name;
        before_last_is_name_ = is_dot && name_;
        is_name_last_ = !is_dot && name_;
        ends_expression_ = may_end_expression(token);
        if (name_ && same_word(of(token), "execute")) is_executed_ = true;
        // Of a trigger: EXECUTE FUNCTION.
        if (of(token) == ";" || is_any_of(of(token), {"function", "procedure"}))
            is_executed_ = false;
        last_ = of(token);
    }

    [[nodiscard]] bool may_end_expression(const Token& token) const {
        if (is_name_last_)
            return same_word(of(token), "end") ||
                   (!found_.names.back().is_keyword && !is_of_procedures(of(token)));
        return token.kind == TokenKind::number || token.kind == TokenKind::string ||
               of(token) == ")" || of(token) == "]";
    }

    static constexpr std::size_t none = static_cast<std::size_t>(-2);

    Mentions& found_;
    std::string_view text_;
    std::size_t offset_;
    int nesting_;
    bool is_value_;
    Within within_;
    bool is_between_quotes_;
    std::size_t begin_;      // of found_.names, as all below that are numbers
    std::size_t statement_;  // where its names begin
    std::size_t source_{none};
    std::size_t made_{none};
    std::vector<Level> levels_{{}};
    std::set<std::string> rows_;  // variables
    std::string as_name_;         // before the newest AS
    std::string_view last_;
    bool awaits_source_{};
    bool has_function_rows_{};
    bool makes_{};            // CREATE stands before, and the name does not yet
    bool renames_{};          // RENAME stands before, in the same statement
    bool ends_expression_{};  // an alias may follow
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
    Finder{found, text, 0, 0, Within::statements}.run();
    return found;
}

}  // namespace migrations::sql
