#include "migrations/secret_clauses.hpp"

#include "migrations/any_word.hpp"
#include "migrations/secret_comments.hpp"
#include "migrations/secret_examples.hpp"
#include "migrations/secret_strings.hpp"
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

bool is_quote(char character) { return character == '\'' || character == '"'; }

// One that nothing closes ends with its line: what follows is the rest of the script.
std::string_view without_quotes(std::string_view quoted, bool is_closed, std::size_t& begin) {
    begin = 0;
    if (quoted.front() == '$') {
        const std::size_t mark = quoted.find('$', 1) + 1;
        const std::size_t marks = is_closed ? 2 * mark : mark;
        if (quoted.size() < marks) return {};
        begin = mark;
        return quoted.substr(mark, quoted.size() - marks);
    }
    const auto quote = std::find_if(quoted.begin(), quoted.end(), is_quote);
    begin = static_cast<std::size_t>(quote - quoted.begin()) + 1;
    if (begin + (is_closed ? 1 : 0) > quoted.size()) return {};
    return quoted.substr(begin, quoted.size() - begin - (is_closed ? 1 : 0));
}

// Short names, that mean a credential among the options of a server alone.
bool is_secret_option(std::string_view name) {
    constexpr std::array<std::string_view, 3> ends{"token", "secret", "pwd"};
    const std::string low = lower(name);
    return names_a_secret(low) || std::any_of(ends.begin(), ends.end(), [&](std::string_view end) {
               return low.ends_with(end);
           });
}

bool keeps_settings(std::string_view table) {
    constexpr std::array<std::string_view, 8> parts{"config",     "setting",   "wp_options",
                                                    "parameter",  "secret",    "credential",
                                                    "preference", "properties"};
    const std::string low = lower(table);
    return std::any_of(parts.begin(), parts.end(),
                       [&](std::string_view part) { return low.find(part) != std::string::npos; });
}

// What a comment says in place of a password.
bool is_prose(std::string_view value) {
    return value.find(' ') != std::string_view::npos || value.starts_with('<');
}

class ClauseReader {
public:
    enum class Within { script, body, comment };

    ClauseReader(std::string_view text, std::size_t offset, Within within)
        : text_{text}, offset_{offset}, within_{within} {}

    std::vector<SecretClause> run(int depth) {
        sql::Lexer lexer{text_};
        for (Token token; lexer.next(token);) take(token, depth);
        return std::move(found_);
    }

private:
    void take(const Token& token, int depth) {
        const auto text = text_.substr(token.begin, token.end - token.begin);
        if (sql::is_comment(token.kind)) return take_comment(text, token.begin, depth);
        switch (token.kind) {
            case TokenKind::string:
            case TokenKind::dollar_string:
                return take_string(token, text, depth);
            case TokenKind::unterminated:
                return take_unclosed(token, text);
            case TokenKind::quoted_name:
                return take_name(token, text);
            case TokenKind::word:
                take_bare(token, text);
                return take_word(text);
            case TokenKind::symbol:
                return take_symbol(text.front());
            case TokenKind::meta_command:
                return take_meta_command(token, text);
            case TokenKind::number:
                take_bare(token, text);
                return forget_name();
            case TokenKind::line_comment:
            case TokenKind::block_comment:
                return forget_name();
        }
    }

    void take_comment(std::string_view text, std::size_t begin, int depth) {
        take_connections(text, begin);
        descend(text.substr(2), begin + 2, Within::comment, depth);
    }

    void take_connections(std::string_view comment, std::size_t begin) {
        for (const SecretClause& each : find_in_comment(comment))
            add(each.kind, begin + each.begin, begin + each.end, begin + each.value_begin,
                begin + each.value_end);
    }

    void forget_name() {
        name_ = {};
        between_.clear();
        pair_ = Pair::nothing;
        after_object_ = false;
    }

    // Without any quotes: CREATE ROLE a PASSWORD x.
    void take_bare(const Token& token, std::string_view text) {
        const bool is_value = makes_ && within_ == Within::script && between_.empty() &&
                              same_word("password", name_) && !same_word("null", text);
        if (is_value) add("a password", token.begin, token.end, token.begin, token.end);
    }

    void take_word(std::string_view word) {
        const bool is_objects_name = after_object_;
        forget_name();
        constexpr std::array<std::string_view, 2> verbs{"create", "alter"};
        constexpr std::array<std::string_view, 5> objects{"role", "user", "mapping", "server",
                                                          "subscription"};
        const bool is_object = is_one_of(word, objects);
        after_object_ = is_object;
        object_ = object_ || (verb_ && is_object);
        makes_ = makes_ || (follows_verb_ && is_object);
        follows_verb_ = is_one_of(word, verbs);
        verb_ = verb_ || follows_verb_;
        if (same_word("options", word)) options_ = Options::announced;
        if (same_word("program", word)) use_.runs = true;
        if (same_word("connection", word) || lower(word).starts_with("dblink"))
            use_.connects = true;
        see_table(word);
        name_ = is_objects_name ? std::string_view{} : word;
    }

    // INSERT INTO "app"."settings"
    void see_table(std::string_view name) {
        if (table_ == Table::announced) keeps_settings_ = keeps_settings(name);
        table_ = table_ == Table::announced ? Table::named : Table::none;
        if (same_word("into", name)) table_ = Table::announced;
    }

    void take_name(const Token& token, std::string_view quoted) {
        // In the wrong quotes: CREATE ROLE a PASSWORD "x".
        if (makes_ && names_a_secret(name_)) return add_value(token, quoted, true);
        forget_name();
        see_table(quoted);
        name_ = quoted.substr(1, quoted.size() - 2);
    }

    void take_symbol(char symbol) {
        pair_ = symbol == ',' && pair_ == Pair::named ? Pair::expected : Pair::nothing;
        after_object_ = false;
        between_ += symbol;
        const bool leads_on = between_ == ":" || between_ == "=" || gives();
        if (!leads_on) name_ = {};
        if (!leads_on) between_.clear();
        table_ = symbol == '.' && table_ == Table::named ? Table::announced : Table::none;
        if (symbol == '(' && options_ == Options::announced) options_ = Options::within;
        if (symbol == ')') options_ = Options::none;
        if (symbol == ')') use_ = {};
        if (symbol != ';') return;
        verb_ = object_ = makes_ = follows_verb_ = keeps_settings_ = false;
        options_ = Options::none;
        table_ = Table::none;
        use_ = {};
    }

    [[nodiscard]] bool gives() const { return between_ == ":=" || between_ == "=>"; }

    // Whether what stands here is the secret that the words before it have named.
    [[nodiscard]] bool is_awaited(std::string_view value) const {
        if (pair_ == Pair::expected && keeps_settings_) return looks_chosen(value);
        if (between_.empty() && options_ == Options::within && is_secret_option(name_)) return true;
        if (!names_a_secret(name_)) return false;
        if (gives()) return looks_chosen(value);
        if (between_ == "=") return makes_;
        if (within_ == Within::comment && is_prose(value)) return false;
        const bool is_made = within_ == Within::comment ? makes_ : object_;
        return between_.empty() && (within_ == Within::script || is_made);
    }

    void take_string(const Token& token, std::string_view quoted, int depth) {
        std::size_t begin = 0;
        const auto value = without_quotes(quoted, true, begin);
        if (is_awaited(value)) return add_value(token, quoted, true);
        forget_name();
        if (names_a_secret(value) && value.size() < 64 && value.find(' ') == value.npos)
            pair_ = Pair::named;
        for (const SecretClause& each : find_in_string(quoted, use_))
            add(each.kind, token.begin + each.begin, token.begin + each.end,
                token.begin + each.value_begin, token.begin + each.value_end);
        if (token.kind == TokenKind::dollar_string)
            descend(value, token.begin + begin, within_ == Within::comment ? within_ : Within::body,
                    depth);
    }

    void take_unclosed(const Token& token, std::string_view text) {
        if (text.front() == '/') take_connections(text, token.begin);
        const bool is_value = text.front() != '/' && within_ != Within::comment &&
                              (object_ || (within_ == Within::script && text.front() != '$'));
        if (is_value && between_.empty() && names_a_secret(name_)) add_value(token, text, false);
        forget_name();
    }

    void add_value(const Token& token, std::string_view quoted, bool is_closed) {
        if (!is_closed) quoted = quoted.substr(0, quoted.find_first_of("\r\n"));
        std::size_t begin = 0;
        const auto value = without_quotes(quoted, is_closed, begin);
        add("a password", token.begin, token.begin + quoted.size(), token.begin + begin,
            token.begin + begin + value.size());
        forget_name();
    }

    // \set password 'x', \setenv PGPASSWORD x
    void take_meta_command(const Token& token, std::string_view text) {
        forget_name();
        constexpr std::string_view space = " \t";
        const std::size_t command = std::min(text.find_first_of(space), text.size());
        if (text.substr(0, command) != "\\set" && text.substr(0, command) != "\\setenv") return;
        const std::size_t name = std::min(text.find_first_not_of(space, command), text.size());
        const std::size_t name_end = std::min(text.find_first_of(space, name), text.size());
        const std::size_t begin = std::min(text.find_first_not_of(" \t'", name_end), text.size());
        const std::size_t end = std::min(text.find_first_of(" \t'", begin), text.size());
        const bool is_given = begin < end && text[begin] != '`' && text[begin] != ':';
        if (is_given && is_secret_option(text.substr(name, name_end - name)))
            add("a password", token.begin + begin, token.begin + end, token.begin + begin,
                token.begin + end);
    }

    void descend(std::string_view text, std::size_t begin, Within within, int depth) {
        if (depth == 0) return;
        const auto inner = ClauseReader{text, offset_ + begin, within}.run(depth - 1);
        found_.insert(found_.end(), inner.begin(), inner.end());
    }

    void add(std::string_view kind, std::size_t begin, std::size_t end, std::size_t value_begin,
             std::size_t value_end) {
        found_.push_back(
            {kind, offset_ + begin, offset_ + end, offset_ + value_begin, offset_ + value_end});
    }

    enum class Options { none, announced, within };
    enum class Table { none, announced, named };
    enum class Pair { nothing, named, expected };

    std::string_view text_;
    std::size_t offset_;
    Within within_;
    std::vector<SecretClause> found_;
    std::string_view name_;  // right before, but for what assigns to it
    std::string between_;
    Pair pair_{};        // 'smtp_password', '...'
    Options options_{};  // OPTIONS (
    Table table_{};      // INSERT INTO
    StringUse use_;
    bool keeps_settings_{};
    bool follows_verb_{};
    bool verb_{};  // since the last semicolon
    bool object_{};
    bool makes_{};  // CREATE ROLE, and the like
    bool after_object_{};
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
    if (!has_any_word(lower(text), {"passw", "pwd", "passphrase", "_key", "apikey", "secret",
                                    "token", "program"}))
        return {};
    return ClauseReader{text, 0, ClauseReader::Within::script}.run(depth_max);
}

}  // namespace migrations
