#include "migrations/sql/lost_session.hpp"

#include "migrations/sql/body.hpp"
#include "migrations/sql/lexer.hpp"

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

namespace migrations::sql {

namespace {

using Words = std::vector<std::string_view>;

// Its tokens but for comments.
Words tokens_of(std::string_view text) {
    Words words;
    Lexer lexer{text};
    for (Token token; lexer.next(token);)
        if (!is_comment(token.kind))
            words.push_back(text.substr(token.begin, token.end - token.begin));
    return words;
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view each) { return same_word(word, each); });
}

// CREATE [LOCAL] TEMP TABLE [IF NOT EXISTS] [pg_temp.]name: the name as it is written; empty where
// it makes nothing of the kind.
std::string_view temporary_of(const Words& words) {
    std::size_t at = 0;
    const auto skip = [&](std::initializer_list<std::string_view> any) {
        const bool is_there = at < words.size() && is_one_of(words[at], any);
        at += is_there ? 1 : 0;
        return is_there;
    };
    if (!skip({"create"})) return {};
    skip({"or"}) && skip({"replace"});
    skip({"local", "global"});
    if (!skip({"temp", "temporary"})) return {};
    skip({"recursive"});
    if (!skip({"table", "view", "sequence"})) return {};
    skip({"if"}) && skip({"not"}) && skip({"exists"});
    if (at + 2 < words.size() && words[at + 1] == ".") at += 2;
    return at < words.size() ? words[at] : std::string_view{};
}

// A word of code: where one may begin, SET and RESET are statements and no part of an UPDATE.
bool begins_statement(const Words& words, std::size_t at) {
    return at == 0 || words[at - 1] == ";" || words[at - 1].front() == '\'' ||
           is_one_of(words[at - 1], {"begin", "then", "else", "loop"});
}

bool changes_session(std::string_view code);

// In a string, which EXECUTE may run.
bool string_changes_session(std::string_view string) {
    if (string.size() < 2 || string.front() != '\'') return false;
    return changes_session(string.substr(1, string.size() - 2));
}

bool changes_session(std::string_view code) {
    const Words words = tokens_of(code);
    for (std::size_t at = 0; at < words.size(); ++at) {
        if (same_word(words[at], "set_config") || string_changes_session(words[at])) return true;
        const bool is_local = at + 1 < words.size() && same_word(words[at + 1], "local");
        if (is_one_of(words[at], {"set", "reset"}) && begins_statement(words, at) && !is_local)
            return true;
        const bool is_created = at > 0 && is_one_of(words[at - 1], {"create", "local", "into"});
        if (is_created && is_one_of(words[at], {"temp", "temporary"})) return true;
    }
    return false;
}

bool runs_such_code(std::string_view statement) {
    Lexer lexer{statement};
    BodyFinder bodies{statement};
    bool is_do = false;
    bool is_first = true;
    for (Token token; lexer.next(token);) {
        const bool is_body = bodies.see(token);
        if (is_comment(token.kind)) continue;
        const auto text = statement.substr(token.begin, token.end - token.begin);
        if (std::exchange(is_first, false)) is_do = same_word(text, "do");
        if (same_word(text, "set_config")) return true;
        if (!is_do || !is_body) continue;
        const Range body = body_of(statement, token);
        if (changes_session(statement.substr(body.begin, body.end - body.begin))) return true;
    }
    return false;
}

bool names(std::string_view statement, std::string_view name) {
    const Words words = tokens_of(statement);
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return same_word(word, name); });
}

class Session {
public:
    explicit Session(const Script& script) : script_{script} {}

    std::optional<LostSession> after(std::uint32_t done) {
        const auto count = static_cast<std::uint32_t>(script_.statements.size());
        for (std::uint32_t index = 0; index < std::min(done, count); ++index) see(index);
        for (const auto& [index, name] : made_)
            for (std::uint32_t later = done; later < count; ++later)
                if (names(text_of(later), name))
                    return LostSession{script_.statements[index].line,
                                       "the temporary \"" + std::string{name} + "\""};
        if (set_by_) return LostSession{script_.statements[*set_by_].line, "what its code has set"};
        return std::nullopt;
    }

private:
    [[nodiscard]] std::string_view text_of(std::uint32_t index) const {
        const auto& statement = script_.statements[index];
        return std::string_view{script_.text}.substr(statement.begin,
                                                     statement.end - statement.begin);
    }

    void see(std::uint32_t index) {
        const Statement& statement = script_.statements[index];
        if (statement.discards_all) {
            made_.clear();
            set_by_.reset();
        }
        const auto text = text_of(index);
        const Words words = tokens_of(text);
        if (!words.empty() && same_word(words.front(), "drop"))
            std::erase_if(made_, [&](const auto& made) { return names(text, made.second); });
        if (const auto name = temporary_of(words); !name.empty()) made_.emplace_back(index, name);
        if (!statement.session_setting && runs_such_code(text)) set_by_ = index;
    }

    const Script& script_;
    std::vector<std::pair<std::uint32_t, std::string_view>> made_;
    std::optional<std::uint32_t> set_by_;
};

}  // namespace

std::optional<LostSession> lost_session(const Script& script, std::uint32_t done) {
    return Session{script}.after(done);
}

}  // namespace migrations::sql
