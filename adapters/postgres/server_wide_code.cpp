#include "adapters/postgres/server_wide_code.hpp"

#include "adapters/postgres/shadow_limits.hpp"
#include "adapters/postgres/steps.hpp"
#include "migrations/sql/code_words.hpp"
#include "migrations/sql/mentions.hpp"
#include "migrations/sql/words.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace adapters::postgres {

namespace {

using migrations::sql::FoldedWords;

template <std::size_t count>
bool is_any(const std::string& word, const std::array<std::string_view, count>& words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_mark(const std::string& word) {
    return word == migrations::sql::string_begin || word == migrations::sql::string_end ||
           word == migrations::sql::string_goes_on;
}

bool is_role_word(const std::string& word) {
    return word == "role" || word == "user" || word == "group";
}

// A word that no string puts together, or a name in quotes.
bool is_whole_name(const std::string& word) {
    return !is_mark(word) && word != ";" && word != migrations::sql::format_placeholder;
}

// A command may be put together: what goes on is passed over, and not what ends.
class ServerWideReader {
public:
    explicit ServerWideReader(std::string_view code) : words_{migrations::sql::code_words(code)} {}

    ServerWideChanges read() {
        for (std::size_t at = 0; at < words_.size(); ++at)
            if (changes_role_list(at) || (is_command(at) && changes_others(at)) ||
                is_about_shared(at) || writes_shared_catalog(at))
                found_.of_others = true;
        return std::move(found_);
    }

    [[nodiscard]] bool writes_shared_catalog(std::size_t at) const {
        const bool deletes = words_[at] == "delete" && word(next(at)) == "from";
        const bool inserts = words_[at] == "insert" && word(next(at)) == "into";
        if (words_[at] != "update" && !deletes && !inserts) return false;
        std::size_t table = next(at);
        if (deletes || inserts) table = next(table);
        if (word(table) == "only") table = next(table);
        if (word(table) == "pg_catalog") table = next(table);
        constexpr std::array<std::string_view, 9> catalogs{
            "pg_authid",          "pg_auth_members",  "pg_database",
            "pg_db_role_setting", "pg_tablespace",    "pg_shdescription",
            "pg_shseclabel",      "pg_parameter_acl", "pg_subscription"};
        return is_any(word(table), catalogs);
    }

private:
    [[nodiscard]] std::size_t next(std::size_t at) const {
        do ++at;
        while (word(at) == migrations::sql::string_goes_on ||
               word(at) == migrations::sql::string_begin);
        return at;
    }

    [[nodiscard]] const std::string& word(std::size_t at) const {
        static const std::string none;
        return at < words_.size() ? words_[at] : none;
    }

    // And no part of an ALTER TABLE, whose columns may be called anything.
    [[nodiscard]] bool is_command(std::size_t at) const {
        while (at-- > 0 && words_[at] != ";" && words_[at] != migrations::sql::string_begin)
            if (words_[at] == "alter") return false;
        return true;
    }

    // ALTER, CREATE and DROP, or a placeholder in their place at the beginning of a command.
    bool changes_others(std::size_t at) {
        const bool is_any_verb = words_[at] == migrations::sql::format_placeholder && at > 0 &&
                                 words_[at - 1] == migrations::sql::string_begin;
        const std::string& verb = words_[at];
        if (!is_any_verb && verb != "alter" && verb != "create" && verb != "drop") return false;
        const std::size_t object = next(at);
        constexpr std::array<std::string_view, 3> shared{"database", "tablespace", "subscription"};
        if (is_any(word(object), shared)) return verb != "alter" || !is_own_database(object);
        if (verb == "alter" && word(object) == "system") return true;
        const bool owns = verb == "drop" && word(object) == "owned";
        if (owns || !is_role_word(word(object))) return owns;
        if (word(object) == "user" && word(next(object)) == "mapping") return false;
        return verb != "create" || !makes_role(object + 1);
    }

    // What follows a name tells whether it goes on.
    bool makes_role(std::size_t name) {
        if (!is_whole_name(word(name)) || word(name).empty()) return false;
        const std::string& after = word(name + 1);
        if (after == migrations::sql::string_goes_on ||
            after == migrations::sql::format_placeholder)
            return false;
        found_.roles.push_back(migrations::sql::folded(word(name)));
        return true;
    }

    // DATABASE %I, DATABASE ' || quote_ident(current_database()): it is the shadow's.
    [[nodiscard]] bool is_own_database(std::size_t object) const {
        const std::string& name = word(object + 1);
        const bool is_put_together =
            name == migrations::sql::string_goes_on || name == migrations::sql::format_placeholder;
        if (word(object) != "database" || !is_put_together) return false;
        for (std::size_t at = object; at < words_.size() && words_[at] != ";"; ++at)
            if (words_[at] == "current_database") return true;
        return false;
    }

    // GRANT and REVOKE without ON.
    [[nodiscard]] bool changes_role_list(std::size_t at) const {
        if (words_[at] == "reassign") return word(next(at)) == "owned";
        if (words_[at] != "grant" && words_[at] != "revoke") return false;
        if (word(at + 1) == migrations::sql::string_end || word(next(at)) == "option") return false;
        for (std::size_t after = at + 1; after < words_.size() && words_[after] != ";"; ++after) {
            if (words_[after] == "on") return false;
            if (words_[after] == "to" || words_[after] == "from") return true;
        }
        return false;
    }

    // GRANT ... ON, COMMENT ON, SECURITY LABEL ON.
    [[nodiscard]] bool is_about_shared(std::size_t at) const {
        if (words_[at] != "on") return false;
        const std::size_t object = next(at);
        constexpr std::array<std::string_view, 3> shared{"database", "tablespace", "parameter"};
        if (is_any(word(object), shared)) return !is_own_database(object);
        constexpr std::size_t label_reach = 5;  // LABEL FOR 'provider' ON
        for (std::size_t back = 1; back <= std::min(at, label_reach); ++back)
            if (words_[at - back] == "comment" || words_[at - back] == "label")
                return word(object) == "role" || word(object) == "subscription";
        return false;
    }

    FoldedWords words_;
    ServerWideChanges found_;
};

// Its name as the server folds it, without its schema; of what is no function or procedure none.
std::optional<std::string> function_made_by(std::string_view text) {
    constexpr std::array<std::string_view, 2> kinds{"function", "procedure"};
    const auto words = migrations::sql::leading_words(text, 4);
    if (words.empty() || words[0] != "create") return std::nullopt;
    const std::size_t kind = words.size() > 1 && words[1] == "or" ? 3 : 1;
    if (words.size() <= kind || !is_any(words[kind], kinds)) return std::nullopt;
    const auto mentions = migrations::sql::read_mentions(text.substr(0, text.find('(')));
    if (mentions.names.empty()) return std::nullopt;
    return mentions.names.back().parts.back();
}

// Where a function may be named and is not called.
bool only_names(std::string_view text) {
    constexpr std::array<std::string_view, 5> heads{"drop", "comment", "grant", "revoke",
                                                    "security"};
    constexpr std::array<std::string_view, 3> kinds{"function", "procedure", "routine"};
    const auto words = migrations::sql::leading_words(text, 2);
    if (words.empty()) return false;
    return is_any(words[0], heads) ||
           (words[0] == "alter" && words.size() > 1 && is_any(words[1], kinds));
}

// Strings of others are data, which may be prose.
bool runs_code(std::string_view text) {
    constexpr std::array<std::string_view, 4> heads{"do", "select", "call", "with"};
    const auto words = migrations::sql::leading_words(text, 1);
    return !words.empty() && is_any(words[0], heads);
}

// Its table stands at the beginning: the rows may be many.
bool changes_shared_rows(const std::string& text) {
    constexpr std::array<std::string_view, 3> heads{"insert", "update", "delete"};
    constexpr std::size_t head_size = 200;
    const auto words = migrations::sql::leading_words(text, 1);
    return !words.empty() && is_any(words[0], heads) &&
           ServerWideReader{text.substr(0, head_size)}.writes_shared_catalog(0);
}

}  // namespace

ServerWideChanges server_wide_changes(std::string_view code) {
    return ServerWideReader{code}.read();
}

bool ServerWideCode::calls_known(std::string_view text) const {
    if (functions_.empty()) return false;
    const auto mentions = migrations::sql::read_mentions(text);
    return std::any_of(mentions.names.begin(), mentions.names.end(), [&](const auto& mention) {
        return !mention.parts.empty() && functions_.contains(mention.parts.back());
    });
}

void ServerWideCode::learn(const migrations::Script& script) {
    if (!learnt_.insert({script.digest, script.text.size()}).second) return;
    for (std::uint32_t index = 0; index < script.statements.size(); ++index) {
        const std::string text = statement_text(script, index);
        const auto name = function_made_by(text);
        if (!name) continue;
        const ServerWideChanges changes = server_wide_changes(text);
        if (changes.of_others || !changes.roles.empty() || calls_known(text))
            functions_.insert(*name);
    }
}

std::optional<std::string> ServerWideCode::why_not(const migrations::Script& script,
                                                   std::uint32_t index) {
    constexpr const char* reason =
        "its code may change more of the server than one database, and the server is not ours";
    learn(script);
    const std::string text = statement_text(script, index);
    if (function_made_by(text)) return std::nullopt;
    if (calls_known(text) && !only_names(text)) return reason;
    if (const auto role = role_made_by(text)) on_role_(*role);
    if (changes_shared_rows(text)) return reason;
    if (!runs_code(text)) return std::nullopt;
    const ServerWideChanges changes = server_wide_changes(text);
    if (changes.of_others) return reason;
    for (const std::string& role : changes.roles) on_role_(role);
    return std::nullopt;
}

}  // namespace adapters::postgres
