#include "migrations/sql/session_defaults.hpp"

#include "migrations/sql/lexer.hpp"
#include "migrations/sql/words.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace migrations::sql {

namespace {

using Words = std::vector<std::string>;

bool is_altered(std::string_view word) {
    return word == "database" || word == "role" || word == "user";
}

// Anything else would have to call one of these, and is not looked through.
bool may_set_defaults(const Words& words) {
    if (words.empty()) return false;
    if (words[0] == "do") return true;
    if (words[0] == "alter") return words.size() > 1 && is_altered(words[1]);
    const auto is_code = [](const std::string& word) {
        return word == "function" || word == "procedure";
    };
    return words[0] == "create" && std::any_of(words.begin(), words.end(), is_code);
}

// Whether SET or RESET comes before its end. Where the string ends in which it stands before
// anything is named, it goes on elsewhere: 'alter database ' || current_database() || ' set ...'.
bool goes_on_to_set(const Words& words, std::size_t at) {
    for (std::size_t next = at; next < words.size() && words[next] != ";"; ++next) {
        if (words[next] == "'") return next == at;
        if (words[next] == "set" || words[next] == "reset") return true;
    }
    return false;
}

// Not '$': that of a body's quotes would hide the first word in it.
bool is_word_part(char character) { return character != '$' && is_name_part(character); }

// All of it, with what stands in strings and bodies; comments too, which does no harm.
Words words_within(const std::string& text) {
    Words words;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && is_word_part(text[end])) ++end;
        if (end == at && (text[at] == ';' || text[at] == '\'')) end = at + 1;
        if (end > at) words.push_back(text.substr(at, end - at));
        at = std::max(end, at + 1);
    }
    return words;
}

}  // namespace

bool sets_session_defaults(std::string_view statement) {
    if (!may_set_defaults(leading_words(statement, 4))) return false;
    const Words words = words_within(lower(statement));
    for (std::size_t at = 0; at + 1 < words.size(); ++at)
        if (words[at] == "alter" && is_altered(words[at + 1]) && goes_on_to_set(words, at + 2))
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
