#include "migrations/rules/nested_sql.hpp"

#include "migrations/rules/nested_branches.hpp"
#include "migrations/sql/lexer.hpp"
#include "migrations/sql/words.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

namespace migrations::rules {

using sql::same_word;
using sql::Token;
using sql::TokenKind;

namespace {

constexpr std::array commands{
    "alter", "analyze",  "call",   "cluster", "comment", "copy",    "create",  "delete",   "drop",
    "grant", "insert",   "lock",   "merge",   "perform", "refresh", "reindex", "revoke",   "select",
    "set",   "truncate", "update", "vacuum",  "with",    "execute", "commit",  "rollback",
};

// After one of these PL/pgSQL begins another statement.
constexpr std::array openers{"begin", "then", "else", "loop", "query"};

bool is_one_of(const auto& words, std::string_view word) {
    return std::any_of(words.begin(), words.end(),
                       [&](const char* each) { return same_word(each, word); });
}

// Of E'...': \n and its like part words, and \' is a quote.
char escaped(char letter) {
    return std::string_view{"bfnrt"}.find(letter) == std::string_view::npos ? letter : ' ';
}

// 'a''b' or $x$a$x$: what it stands for.
std::optional<std::string> string_value(std::string_view token) {
    const bool escapes = !token.empty() && (token.front() == 'E' || token.front() == 'e');
    if (escapes) token.remove_prefix(1);
    if (token.size() >= 2 && token.front() == '\'') {
        std::string value;
        token = token.substr(1, token.size() - 2);
        for (std::size_t at = 0; at < token.size(); ++at) {
            if (escapes && token[at] == '\\' && at + 1 < token.size()) {
                value += escaped(token[++at]);
                continue;
            }
            value += token[at];
            if (token[at] == '\'') ++at;
        }
        return value;
    }
    if (token.size() < 4 || token.front() != '$') return std::nullopt;
    const std::size_t tag = token.find('$', 1) + 1;
    if (tag == 0 || token.size() < 2 * tag) return std::nullopt;
    return std::string{token.substr(tag, token.size() - 2 * tag)};
}

// %I and %s become a name, %L a literal, %% a sign.
std::string filled(const std::string& format) {
    std::string text;
    for (std::size_t at = 0; at < format.size(); ++at) {
        if (format[at] != '%' || at + 1 == format.size()) {
            text += format[at];
            continue;
        }
        ++at;
        while (at + 1 < format.size() &&
               (format[at] == '$' || format[at] == '-' || (format[at] >= '0' && format[at] <= '9')))
            ++at;
        if (format[at] == '%') text += '%';
        if (format[at] == 'I' || format[at] == 's') text += unknown_name;
        if (format[at] == 'L') text += "'" + std::string{unknown_name} + "'";
    }
    return text;
}

class Reader {
public:
    explicit Reader(std::string_view body) : body_{body} {}

    NestedSql run() {
        sql::Lexer lexer{body_};
        for (Token token; lexer.next(token);)
            if (!sql::is_comment(token.kind)) tokens_.push_back(token);
        bool begins = true;
        for (std::size_t at = 0; at < tokens_.size(); ++at) {
            remember_assignment(at);
            note_call(at);
            if (begins && is_one_of(commands, text(at))) {
                note_commit(at);
                at = take(at);
                if (at < tokens_.size()) follow(at);
                begins = true;
                continue;
            }
            follow(at);
            begins = text(at) == ";" || is_one_of(openers, text(at)) || is_loop_over_query(at);
        }
        while (!loops_.empty()) leave_loop();
        return std::move(found_);
    }

private:
    struct Loop {
        std::size_t first_statement{};
        bool goes_over_rows{};  // that a query, a cursor or an array gives; or tries again
        bool commits{};
    };

    void note_commit(std::size_t at) {
        if (is_one_of(std::array{"commit", "rollback", "call"}, text(at)))
            for (Loop& loop : loops_) loop.commits = true;
    }

    // A handler of errors in a loop: it tries again what has failed, and is done when it has not.
    [[nodiscard]] bool is_handler(std::size_t at) const {
        return same_word("exception", text(at)) && at + 1 < tokens_.size() &&
               same_word("when", text(at + 1));
    }

    void follow(std::size_t at) {
        follow_loops(at);
        const auto undone = branches_.see(at, found_.statements.size());
        if (!undone) return;
        for (std::size_t index = *undone; index < found_.statements.size(); ++index)
            found_.statements[index].is_perhaps = true;
        for (NestedCall& call : found_.calls)
            if (call.before >= *undone) call.is_perhaps = true;
    }

    [[nodiscard]] bool is_name(std::size_t at) const {
        return tokens_[at].kind == TokenKind::word || tokens_[at].kind == TokenKind::quoted_name;
    }

    // A keyword before a parenthesis is taken for one: nobody has made a function of that name.
    void note_call(std::size_t at) {
        if (at + 1 >= tokens_.size() || text(at + 1) != "(" || !is_name(at)) return;
        std::string name = folded(at);
        if (at >= 2 && text(at - 1) == "." && is_name(at - 2)) name = folded(at - 2) + "." + name;
        found_.calls.push_back({std::move(name), found_.statements.size(), branches_.is_perhaps()});
    }

    [[nodiscard]] std::string folded(std::size_t at) const {
        if (tokens_[at].kind != TokenKind::quoted_name) return sql::lower(text(at));
        return std::string{text(at).substr(1, text(at).size() - 2)};
    }

    void follow_loops(std::size_t at) {
        if (text(at) == ";") head_.reset();
        if (!head_ && is_one_of(std::array{"for", "foreach", "while"}, text(at))) head_ = at;
        if (!loops_.empty() && (is_handler(at) || same_word("fetch", text(at))))
            loops_.back().goes_over_rows = true;
        if (!same_word("loop", text(at))) return;
        if (at > 0 && same_word("end", text(at - 1))) return leave_loop();
        loops_.push_back({found_.statements.size(), goes_over_rows(at), false});
        head_.reset();
    }

    // FOR and FOREACH do, except FOR i IN 1..10.
    [[nodiscard]] bool goes_over_rows(std::size_t loop) const {
        if (!head_ || same_word("while", text(*head_))) return false;
        const std::size_t begin = tokens_[*head_].begin;
        return body_.substr(begin, tokens_[loop].begin - begin).find("..") ==
               std::string_view::npos;
    }

    void leave_loop() {
        if (loops_.empty()) return;
        const Loop loop = loops_.back();
        loops_.pop_back();
        if (loop.goes_over_rows && !loop.commits) return;
        for (auto at = loop.first_statement; at < found_.statements.size(); ++at)
            found_.statements[at].goes_on = !loop.commits;
    }

    [[nodiscard]] std::string_view text(std::size_t index) const {
        return body_.substr(tokens_[index].begin, tokens_[index].end - tokens_[index].begin);
    }

    // FOR row IN query LOOP: at the IN.
    [[nodiscard]] bool is_loop_over_query(std::size_t at) const {
        return at >= 2 && same_word("in", text(at)) && same_word("for", text(at - 2));
    }

    [[nodiscard]] bool begins_statement(std::size_t at) const {
        return at == 0 || text(at - 1) == ";" || same_word("declare", text(at - 1)) ||
               is_one_of(openers, text(at - 1));
    }

    // Of "name := ", "name type = ", "name constant type DEFAULT "; the end where there is none.
    [[nodiscard]] std::size_t behind_sign(std::size_t at) const {
        constexpr std::size_t longest_declaration = 12;
        const std::size_t end = std::min(at + longest_declaration, tokens_.size());
        for (std::size_t index = at + 1; index < end; ++index) {
            if (text(index) == ";" || tokens_[index].kind == TokenKind::string) break;
            if (text(index) == "=" || same_word("default", text(index))) return index + 1;
        }
        return tokens_.size();
    }

    void remember_assignment(std::size_t at) {
        if (tokens_[at].kind != TokenKind::word || !begins_statement(at)) return;
        const std::size_t from = behind_sign(at);
        if (from + 1 >= tokens_.size()) return;
        const std::size_t end = end_of(from);
        const auto known = constants_.find(std::string{text(at)});
        if (known != constants_.end() && text(from) == text(at) && text(from + 1) == "|") {
            known->second += text_between(from + 1, end).value_or(std::string{unknown_name});
            return;
        }
        const auto value = is_text(from, end) ? text_between(from, end) : std::nullopt;
        if (value)
            constants_[std::string{text(at)}] = *value;
        else
            constants_.erase(std::string{text(at)});
    }

    // The token of the semicolon that ends it, or the end; LOOP where a loop goes over it.
    [[nodiscard]] std::size_t end_of(std::size_t at) const {
        int depth = 0;
        const bool is_loop = at > 0 && is_loop_over_query(at - 1);
        for (; at < tokens_.size(); ++at) {
            if (is_loop && depth <= 0 && same_word("loop", text(at))) return at;
            if (text(at) == "(") ++depth;
            if (text(at) == ")") --depth;
            if (text(at) == ";" && depth <= 0) return at;
        }
        return tokens_.size();
    }

    std::size_t take(std::size_t at) {
        const std::size_t end = end_of(at);
        const std::size_t count = found_.statements.size();
        if (same_word("execute", text(at)))
            add_dynamic(at, end);
        else if (end > at)
            add_static(at, end);
        if (found_.statements.size() == count) return end;
        found_.statements.back().is_perhaps = branches_.is_perhaps();
        found_.statements.back().parts = branches_.parts();
        return end;
    }

    void add_static(std::size_t at, std::size_t end) {
        const std::size_t begin = tokens_[at].begin;
        std::string statement{body_.substr(begin, tokens_[end - 1].end - begin)};
        // Of the same length, so that positions hold.
        if (same_word("perform", text(at))) statement.replace(0, 7, "SELECT ");
        found_.statements.push_back(
            {drop_into(at, end, std::move(statement)), begin, tokens_[end - 1].end, false});
    }

    // SELECT ... INTO variable makes no table here: the clause is blanked out.
    [[nodiscard]] std::string drop_into(std::size_t at, std::size_t end,
                                        std::string statement) const {
        if (!same_word("select", text(at)) && !same_word("with", text(at))) return statement;
        const std::size_t begin = tokens_[at].begin;
        for (std::size_t index = at; index < end; ++index) {
            if (!same_word("into", text(index))) continue;
            if (index > at && same_word("insert", text(index - 1))) continue;
            std::size_t last = index + 1;
            if (last < end && same_word("strict", text(last))) ++last;
            while (last + 2 < end && (text(last + 1) == "," || text(last + 1) == ".")) last += 2;
            last = std::min(last, end - 1);
            for (std::size_t byte = tokens_[index].begin; byte < tokens_[last].end; ++byte)
                statement[byte - begin] = ' ';
            break;
        }
        return statement;
    }

    // The last token of a call: what quote_ident('a') is given is no text of the statement.
    [[nodiscard]] std::size_t behind_call(std::size_t at, std::size_t end) const {
        if (at + 1 >= end || text(at + 1) != "(") return at;
        int depth = 0;
        for (std::size_t index = at + 1; index < end; ++index) {
            if (text(index) == "(") ++depth;
            if (text(index) == ")" && --depth == 0) return index;
        }
        return at;
    }

    // A string, or what begins with one; or a call that puts one together.
    [[nodiscard]] bool is_text(std::size_t at, std::size_t end) const {
        while (at < end && text(at) == "(") ++at;
        if (at >= end) return false;
        const bool is_call = at + 1 < end && text(at + 1) == "(";
        return tokens_[at].kind != TokenKind::word ||
               (is_call && is_one_of(std::array{"format", "concat", "concat_ws"}, text(at)));
    }

    // Of its strings, with names for what stands between them; nothing where it has none.
    [[nodiscard]] std::optional<std::string> text_between(std::size_t at, std::size_t end) const {
        std::string built;
        bool is_format = false;
        bool is_known = false;
        for (std::size_t index = at; index < end; ++index) {
            if (same_word("using", text(index)) || same_word("into", text(index))) break;
            if (same_word("format", text(index))) is_format = true;
            const auto kind = tokens_[index].kind;
            if (kind == TokenKind::string || kind == TokenKind::dollar_string) {
                const auto value = string_value(text(index));
                if (!value) continue;
                built += is_format ? filled(*value) : *value;
                is_known = true;
                if (is_format) break;
            } else if (kind == TokenKind::word || kind == TokenKind::quoted_name) {
                if (is_format || !is_known) continue;
                built += unknown_name;
                index = behind_call(index, end);
            }
        }
        return is_known ? std::optional{std::move(built)} : std::nullopt;
    }

    void add_dynamic(std::size_t at, std::size_t end) {
        const std::size_t begin = tokens_[at].begin;
        const std::size_t last = tokens_[end - 1].end;
        std::size_t first = at + 1;
        while (first < end && text(first) == "(") ++first;
        std::optional<std::string> built;
        if (first < end && !is_text(first, end)) {
            const auto constant = constants_.find(std::string{text(first)});
            const bool is_alone = first + 1 >= end || text(first + 1) != "|";
            if (constant != constants_.end() && is_alone) built = constant->second;
        } else {
            built = text_between(first, end);
        }
        if (built)
            found_.statements.push_back({*std::move(built), begin, last, true});
        else
            ++found_.unknown_count;
    }

    std::string_view body_;
    std::vector<Token> tokens_;
    std::optional<std::size_t> head_;  // the FOR, FOREACH or WHILE whose LOOP comes next
    std::vector<Loop> loops_;          // that are open
    Branches branches_{body_, tokens_};
    std::map<std::string, std::string> constants_;  // variables whose text is known
    NestedSql found_;
};

}  // namespace

std::string without_unknown(std::string text, std::string_view instead) {
    const auto is_of_name = [&](std::size_t at) {
        const char each = text[at];
        return each == '_' || each == '"' || each == '.' || (each >= 'a' && each <= 'z') ||
               (each >= 'A' && each <= 'Z') || (each >= '0' && each <= '9') ||
               (static_cast<unsigned char>(each) & 0x80) != 0;
    };
    for (std::size_t found = text.find(unknown_name); found != std::string::npos;
         found = text.find(unknown_name, found)) {
        std::size_t begin = found;
        std::size_t end = found + unknown_name.size();
        while (begin > 0 && is_of_name(begin - 1)) --begin;
        while (end < text.size() && is_of_name(end)) ++end;
        text.replace(begin, end - begin, instead);
        found = begin + instead.size();
    }
    return text;
}

NestedSql nested_sql(std::string_view body) { return Reader{body}.run(); }

}  // namespace migrations::rules
