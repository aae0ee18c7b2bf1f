#include "adapters/postgres/shadow_limits.hpp"

#include "migrations/sql/lexer.hpp"
#include "migrations/sql/mentions.hpp"
#include "migrations/sql/words.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace adapters::postgres {

namespace {

// In lower case, with one blank for any space.
std::string plain(std::string_view text) {
    std::string result;
    for (const char each : text) {
        const auto character = static_cast<unsigned char>(each);
        if (std::isspace(character) == 0)
            result += static_cast<char>(std::tolower(character));
        else if (!result.empty() && result.back() != ' ')
            result += ' ';
    }
    return result;
}

template <std::size_t count>
bool is_one_of(const std::string& kind, const std::array<std::string_view, count>& kinds) {
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

bool is_of_whole_server(const migrations::Statement& statement, const std::string& text) {
    constexpr std::array<std::string_view, 5> roles{"alter-role", "alter-role-set", "drop-role",
                                                    "grant-role", "reassign-owned"};
    if (is_one_of(statement.kind, roles)) return true;
    constexpr std::array<std::string_view, 5> wide{"alter-database", "alter-database-set",
                                                   "alter-database-refresh-coll",
                                                   "alter-table-space-options", "drop-owned"};
    if (is_one_of(statement.kind, wide)) return true;
    constexpr std::array<std::string_view, 6> perhaps{
        "grant", "rename", "alter-owner", "comment", "sec-label", "alter-object-schema"};
    return is_one_of(statement.kind, perhaps) &&
           (text.find(" database ") != text.npos || text.find(" tablespace ") != text.npos ||
            text.find(" role ") != text.npos || text.find(" user ") != text.npos);
}

// Without what is in quotes.
std::string_view head_of(const std::string& text) {
    return std::string_view{text}.substr(0, text.find('\''));
}

bool reindexes_database(const migrations::Statement& statement, const std::string& text) {
    const std::string_view head = head_of(text);
    return statement.kind == "reindex" &&
           (head.find(" database ") != head.npos || head.find(" system ") != head.npos);
}

// Its move to another tablespace is tried, and so is its REINDEX: the server says of them first
// that they are no transaction's.
bool names_a_database(const migrations::Statement& statement, const std::string& text) {
    constexpr std::array<std::string_view, 8> kinds{"alter-database",
                                                    "alter-database-set",
                                                    "alter-database-refresh-coll",
                                                    "comment",
                                                    "grant",
                                                    "rename",
                                                    "alter-owner",
                                                    "sec-label"};
    const std::string_view head = head_of(text);
    if (statement.kind == "alter-role-set") return head.find(" in database ") != head.npos;
    return is_one_of(statement.kind, kinds) && head.find(" set tablespace ") == head.npos &&
           (head.find("alter database ") != head.npos || head.find(" on database ") != head.npos);
}

}  // namespace

std::optional<std::string> why_not_on_shadow(const migrations::Statement& statement,
                                             std::string_view text, bool server_is_ours) {
    constexpr std::array<std::string_view, 8> kinds{"copy",
                                                    "load",
                                                    "alter-role",
                                                    "create-subscription",
                                                    "alter-subscription",
                                                    "grant-role",
                                                    "checkpoint",
                                                    "import-foreign-schema"};
    const std::string words = plain(text);
    if (names_a_database(statement, words)) return std::string{another_name};
    if (server_is_ours && !is_one_of(statement.kind, kinds)) return std::nullopt;
    if (statement.kind == "copy" && !statement.copies_from_stdin) return touches_files;
    if (statement.kind == "load") return "it loads a library into the server";
    if (statement.kind == "import-foreign-schema") return asks_another_server;
    const bool subscribes =
        statement.kind == "create-subscription" || statement.kind == "alter-subscription";
    const bool is_unconnected =
        words.find("connect = false") != words.npos || words.find("connect=false") != words.npos;
    if (subscribes && !statement.needs_no_transaction && !is_unconnected)
        return "it connects to another server";
    if (!server_is_ours && is_of_whole_server(statement, words))
        return "it changes more of the server than one database, and the server is not ours";
    return std::nullopt;
}

std::optional<std::string> why_not_outside(const migrations::Statement& statement,
                                           std::string_view text) {
    constexpr std::array<std::string_view, 9> kinds{
        "create-database",     "drop-database",      "alter-database",
        "create-tablespace",   "drop-tablespace",    "alter-system",
        "create-subscription", "alter-subscription", "drop-subscription"};
    if (reindexes_database(statement, plain(text))) return std::string{another_name};
    if (!is_one_of(statement.kind, kinds)) return std::nullopt;
    return "it is about the whole server, not the database that is rehearsed on";
}

std::optional<std::string> role_made_by(std::string_view text) {
    const auto words = migrations::sql::leading_words(text, 3);
    if (words.size() < 2 || words[0] != "create") return std::nullopt;
    if (words[1] != "role" && words[1] != "user" && words[1] != "group") return std::nullopt;
    migrations::sql::Lexer lexer{text};
    int nth = 0;
    for (migrations::sql::Token token; lexer.next(token);)
        if (!migrations::sql::is_comment(token.kind) && ++nth == 3)
            return migrations::sql::folded(text.substr(token.begin, token.end - token.begin));
    return std::nullopt;
}

}  // namespace adapters::postgres
