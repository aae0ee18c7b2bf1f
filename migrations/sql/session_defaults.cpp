#include "migrations/sql/session_defaults.hpp"

#include "migrations/sql/code_words.hpp"
#include "migrations/sql/words.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

namespace migrations::sql {

namespace {

bool is_altered(std::string_view word) {
    return word == "database" || word == "role" || word == "user";
}

// Anything else would have to call one of these, and is not looked through.
bool may_set_defaults(const FoldedWords& words) {
    if (words.empty()) return false;
    if (words[0] == "do") return true;
    if (words[0] == "alter") return words.size() > 1 && is_altered(words[1]);
    const auto is_code = [](const std::string& word) {
        return word == "function" || word == "procedure";
    };
    return words[0] == "create" && std::any_of(words.begin(), words.end(), is_code);
}

// Whether SET or RESET follows the name, which may be put together: 'alter database ' ||
// current_database() || ' set ...', 'alter role r %s'.
bool goes_on_to_set(const FoldedWords& words, std::size_t at) {
    for (std::size_t next = at; next < words.size() && words[next] != ";"; ++next) {
        const std::string& word = words[next];
        const bool is_last = next + 1 == words.size();
        if (word == "set" || word == "reset") return true;
        if (word == string_goes_on) return next <= at + 1;
        if (word == format_placeholder &&
            (next == at + 1 || is_last || words[next + 1] == string_end))
            return true;
        // In a string whose quotes are doubled, one that ends is one that is empty.
        if (word == string_begin) return !is_last && words[next + 1] == string_goes_on;
        if (word == string_end) return false;
    }
    return false;
}

// A name that is put together may be anybody's.
bool is_sure_of_session(const FoldedWords& words, std::size_t altered) {
    constexpr std::array<std::string_view, 8> own{
        "all",        "current_user", "current_role", "session_user", format_placeholder,
        string_begin, string_end,     string_goes_on};
    return words[altered] == "database" ||
           (altered + 1 < words.size() &&
            std::find(own.begin(), own.end(), words[altered + 1]) != own.end());
}

bool is_user_mapping(const FoldedWords& words, std::size_t altered) {
    return altered + 2 < words.size() && words[altered] == "user" &&
           words[altered + 1] == "mapping" && words[altered + 2] == "for";
}

}  // namespace

bool sets_session_defaults(std::string_view statement, DefaultsOf whose) {
    // A file may hold thousands of others, which begin with another letter than DO, ALTER, CREATE.
    constexpr std::string_view beginnings = "-/ \t\r\n\f\vdDaAcC";
    if (statement.empty() || beginnings.find(statement.front()) == beginnings.npos) return false;
    if (!may_set_defaults(leading_words(statement, 4))) return false;
    const FoldedWords words = code_words(statement);
    for (std::size_t at = 1; at < words.size(); ++at)
        if (words[at - 1] == "alter" && is_altered(words[at]) && !is_user_mapping(words, at) &&
            (whose == DefaultsOf::anybody || is_sure_of_session(words, at)) &&
            goes_on_to_set(words, at + 1))
            return true;
    return false;
}

bool sets_session_defaults(const Script& script) {
    return std::any_of(script.statements.begin(), script.statements.end(),
                       [&](const Statement& statement) {
                           return sets_session_defaults(std::string_view{script.text}.substr(
                               statement.begin, statement.end - statement.begin));
                       });
}

}  // namespace migrations::sql
