#include "migrations/sql/lost_session.hpp"

#include "migrations/sql/body.hpp"
#include "migrations/sql/lexer.hpp"
#include "migrations/sql/session_defaults.hpp"

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

// Without its quotes, as a mention of it may have it.
std::string_view bare(std::string_view name) {
    const bool is_quoted = name.size() > 2 && name.front() == '"';
    return is_quoted ? name.substr(1, name.size() - 2) : name;
}

// Reads words from the left, as far as they are those that are expected.
class WordReader {
public:
    WordReader(const Words& words, std::size_t at) : words_{words}, at_{at} {}

    bool skip(std::initializer_list<std::string_view> any) {
        const bool is_there = at_ < words_.size() && is_one_of(words_[at_], any);
        at_ += is_there ? 1 : 0;
        return is_there;
    }
    // The last part of a name; empty at the end.
    std::string_view name() {
        while (at_ + 2 < words_.size() && words_[at_ + 1] == ".") at_ += 2;
        return at_ < words_.size() ? bare(words_[at_]) : std::string_view{};
    }
    [[nodiscard]] bool has_next(std::string_view word) const {
        return at_ < words_.size() && same_word(words_[at_], word);
    }

private:
    const Words& words_;
    std::size_t at_;
};

// CREATE [OR REPLACE] [LOCAL] TEMP TABLE [IF NOT EXISTS] name, CREATE TABLE pg_temp.name.
std::string_view created_temporary(const Words& words) {
    WordReader reader{words, 0};
    if (!reader.skip({"create"})) return {};
    if (reader.skip({"or"})) reader.skip({"replace"});
    reader.skip({"local", "global"});
    const bool is_temporary = reader.skip({"temp", "temporary"});
    reader.skip({"recursive"});
    if (!reader.skip({"table", "view", "sequence"})) return {};
    if (reader.skip({"if"})) {
        reader.skip({"not"});
        reader.skip({"exists"});
    }
    return is_temporary || reader.has_next("pg_temp") ? reader.name() : std::string_view{};
}

// SELECT ... INTO TEMP [TABLE] name
std::string_view selected_temporary(const Words& words) {
    for (std::size_t at = 0; at < words.size(); ++at) {
        WordReader reader{words, at};
        if (!reader.skip({"into"}) || !reader.skip({"temp", "temporary"})) continue;
        reader.skip({"table"});
        return reader.name();
    }
    return {};
}

bool is_dropped_on_commit(const Words& words) {
    for (std::size_t at = 0; at < words.size(); ++at) {
        WordReader reader{words, at};
        if (reader.skip({"on"}) && reader.skip({"commit"}) && reader.skip({"drop"})) return true;
    }
    return false;
}

// What outlives its transaction; empty where it makes nothing of the kind.
std::string_view temporary_of(const Words& words) {
    if (words.empty() || is_dropped_on_commit(words)) return {};
    const auto created = created_temporary(words);
    return created.empty() && is_one_of(words.front(), {"select", "with"})
               ? selected_temporary(words)
               : created;
}

// set_config(..., true): gone with its transaction.
bool is_local_call(const Words& words, std::size_t at) {
    int depth = 0;
    for (std::size_t next = at + 1; next < words.size(); ++next) {
        if (words[next] == "(") ++depth;
        if (words[next] == ")" && --depth == 0) return same_word(words[next - 1], "true");
    }
    return false;
}

bool sets_by_call(const Words& words, std::size_t at) {
    return same_word(words[at], "set_config") && !is_local_call(words, at);
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
        // What follows "||" is a piece of a statement, and begins none.
        const bool is_piece = at > 0 && words[at - 1] == "|";
        if (sets_by_call(words, at) || (!is_piece && string_changes_session(words[at])))
            return true;
        const bool is_local = at + 1 < words.size() && same_word(words[at + 1], "local");
        if (is_one_of(words[at], {"set", "reset"}) && begins_statement(words, at) && !is_local)
            return true;
        const bool is_created = at > 0 && is_one_of(words[at - 1], {"create", "local", "into"});
        if (is_created && is_one_of(words[at], {"temp", "temporary"})) return true;
    }
    return false;
}

bool has_such_body(std::string_view statement) {
    Lexer lexer{statement};
    BodyFinder bodies{statement};
    for (Token token; lexer.next(token);) {
        if (!bodies.see(token)) continue;
        const Range body = body_of(statement, token);
        if (changes_session(statement.substr(body.begin, body.end - body.begin))) return true;
    }
    return false;
}

bool runs_such_code(std::string_view statement, const Words& words) {
    for (std::size_t at = 0; at < words.size(); ++at)
        if (sets_by_call(words, at)) return true;
    return !words.empty() && same_word(words.front(), "do") && has_such_body(statement);
}

// CREATE [OR REPLACE] FUNCTION name, PROCEDURE name; empty where it is none.
std::string_view created_routine(const Words& words) {
    WordReader reader{words, 0};
    if (!reader.skip({"create"})) return {};
    if (reader.skip({"or"})) reader.skip({"replace"});
    return reader.skip({"function", "procedure"}) ? reader.name() : std::string_view{};
}

// What says something of a routine, or will call it one day, does not run it.
bool only_names_routines(const Words& words) {
    WordReader reader{words, 0};
    if (reader.skip({"comment", "grant", "revoke", "security"})) return true;
    if (!reader.skip({"create", "alter", "drop"})) return false;
    if (reader.skip({"or"})) reader.skip({"replace"});
    while (reader.skip({"constraint", "event", "temp", "temporary", "recursive"})) {
    }
    return reader.skip(
        {"function", "procedure", "routine", "aggregate", "trigger", "view", "policy", "rule"});
}

// Anywhere in it, since bodies and strings may be executed.
bool mentions(std::string_view statement, std::string_view name) {
    for (std::size_t at = 0; at + name.size() <= statement.size(); ++at) {
        const std::size_t end = at + name.size();
        if ((at == 0 || !is_name_part(statement[at - 1])) &&
            (end == statement.size() || !is_name_part(statement[end])) &&
            same_word(statement.substr(at, name.size()), name))
            return true;
    }
    return false;
}

class Session {
public:
    explicit Session(const Script& script) : script_{script} {}

    std::optional<LostSession> after(std::uint32_t done) {
        const auto count = static_cast<std::uint32_t>(script_.statements.size());
        for (std::uint32_t index = 0; index < std::min(done, count); ++index) see(index);
        for (const auto& [index, name] : made_)
            if (is_used_from(done, name))
                return LostSession{script_.statements[index].line,
                                   "the temporary relation " + std::string{name}};
        if (set_by_) return LostSession{script_.statements[*set_by_].line, "what its code has set"};
        if (old_defaults_)
            return LostSession{script_.statements[*old_defaults_].line,
                               "what sessions began with before the ALTER"};
        return std::nullopt;
    }

private:
    [[nodiscard]] std::string_view text_of(std::uint32_t index) const {
        const auto& statement = script_.statements[index];
        return std::string_view{script_.text}.substr(statement.begin,
                                                     statement.end - statement.begin);
    }

    // Before it is made again.
    [[nodiscard]] bool is_used_from(std::uint32_t first, std::string_view name) const {
        for (std::uint32_t later = first; later < script_.statements.size(); ++later) {
            const auto text = text_of(later);
            if (same_word(temporary_of(tokens_of(text)), name)) return false;
            if (mentions(text, name)) return true;
        }
        return false;
    }

    [[nodiscard]] bool calls_such(std::string_view text) const {
        return std::any_of(setting_routines_.begin(), setting_routines_.end(),
                           [&](std::string_view name) { return mentions(text, name); });
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
            std::erase_if(made_, [&](const auto& made) { return mentions(text, made.second); });
        if (const auto name = temporary_of(words); !name.empty()) made_.emplace_back(index, name);
        const auto routine = created_routine(words);
        if (!routine.empty() && (has_such_body(text) || calls_such(text)))
            setting_routines_.push_back(routine);
        if (only_names_routines(words)) return;
        if (!statement.session_setting && (runs_such_code(text, words) || calls_such(text)))
            set_by_ = index;
        if (sets_session_defaults(text, DefaultsOf::surely_of_session)) old_defaults_ = index;
    }

    const Script& script_;
    std::vector<std::pair<std::uint32_t, std::string_view>> made_;
    std::vector<std::string_view> setting_routines_;  // made here: they set what outlives them
    std::optional<std::uint32_t> set_by_;
    std::optional<std::uint32_t> old_defaults_;  // since when they are not those of a new session
};

}  // namespace

std::optional<LostSession> lost_session(const Script& script, std::uint32_t done) {
    return Session{script}.after(done);
}

}  // namespace migrations::sql
