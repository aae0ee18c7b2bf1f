#include "migrations/sql/words.hpp"

#include "migrations/sql/lexer.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

namespace migrations::sql {

namespace {

// Source: PostgreSQL 15, chapters 9 and F.12: functions that are documented not to be transactional
// or that act outside the database.
constexpr std::array survivors = {
    "lo_export",
    "lo_import",
    "nextval",
    "pg_advisory_lock",
    "pg_advisory_lock_shared",
    "pg_cancel_backend",
    "pg_copy_logical_replication_slot",
    "pg_copy_physical_replication_slot",
    "pg_create_logical_replication_slot",
    "pg_create_physical_replication_slot",
    "pg_create_restore_point",
    "pg_drop_replication_slot",
    "pg_file_rename",
    "pg_file_unlink",
    "pg_file_write",
    "pg_logical_emit_message",
    "pg_reload_conf",
    "pg_replication_slot_advance",
    "pg_rotate_logfile",
    "pg_stat_reset",
    "pg_stat_statements_reset",
    "pg_switch_wal",
    "pg_terminate_backend",
    "pg_try_advisory_lock",
    "pg_try_advisory_lock_shared",
    "setval",
};

bool survives(const std::string& function) {
    return function.rfind("dblink", 0) == 0 ||
           std::find(survivors.begin(), survivors.end(), function) != survivors.end();
}

// A part of each name that is looked for: most statements have none of them.
bool may_survive(std::string_view text) {
    return has_any_part(text, {"tval", "pg_", "lo_", "dblink"});
}

void collect_calls(std::string_view text, std::set<std::string>& found,
                   std::vector<std::string_view>& bodies) {
    Lexer lexer{text};
    std::string word;
    for (Token token; lexer.next(token);) {
        const std::string_view content = text.substr(token.begin, token.end - token.begin);
        if (is_comment(token.kind)) continue;
        if (token.kind == TokenKind::symbol && content == "(" && survives(word)) found.insert(word);
        if (token.kind == TokenKind::dollar_string) {
            const std::size_t tag = content.find('$', 1) + 1;
            bodies.push_back(content.substr(tag, content.size() - 2 * tag));
        }
        word = token.kind == TokenKind::word ? lower(content) : std::string{};
    }
}

using Words = std::vector<std::string>;

bool begins(const Words& words, std::initializer_list<std::string_view> expected) {
    return words.size() >= expected.size() &&
           std::equal(expected.begin(), expected.end(), words.begin());
}

bool holds(const Words& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

Control control_of(const Words& words) {
    const bool chains = holds(words, "chain") && !holds(words, "no");
    if (begins(words, {"begin"}) || begins(words, {"start", "transaction"})) return Control::begin;
    if (begins(words, {"prepare", "transaction"}) || begins(words, {"commit", "prepared"}) ||
        begins(words, {"rollback", "prepared"}))
        return Control::prepare;
    if (begins(words, {"commit"}) || begins(words, {"end"}))
        return chains ? Control::chain : Control::commit;
    if (begins(words, {"savepoint"}) || begins(words, {"release"}) ||
        (begins(words, {"rollback"}) && holds(words, "to")))
        return Control::savepoint;
    if (begins(words, {"rollback"}) || begins(words, {"abort"}))
        return chains ? Control::chain : Control::rollback;
    return Control::none;
}

bool needs_no_transaction(const Words& words) {
    const bool concurrently = holds(words, "concurrently");
    const auto either = [&](std::string_view object) {
        return begins(words, {"create", object}) || begins(words, {"drop", object});
    };
    if (begins(words, {"create"}) || begins(words, {"drop"}))
        return (concurrently && holds(words, "index")) || either("database") ||
               either("tablespace") || either("subscription");
    if (begins(words, {"reindex"}))
        return concurrently || holds(words, "schema") || holds(words, "database") ||
               holds(words, "system");
    return begins(words, {"vacuum"}) || begins(words, {"alter", "system"}) ||
           begins(words, {"discard", "all"}) || (begins(words, {"cluster"}) && words.size() == 1);
}

// Word by word.
class NameReader {
public:
    explicit NameReader(std::string_view text) : text_{text}, lexer_{text} { advance(); }

    bool takes(std::string_view word) {
        if (token_.kind != TokenKind::word || !same_word(word, here())) return false;
        advance();
        return true;
    }

    std::optional<ObjectName> name() {
        ObjectName found;
        found.begin = token_.begin;
        auto first = part();
        if (!first) return std::nullopt;
        found.name = std::move(*first);
        if (here() != ".") return found;
        advance();
        auto second = part();
        if (!second) return std::nullopt;
        found.schema = std::move(found.name);
        found.name = std::move(*second);
        return found;
    }

private:
    [[nodiscard]] std::string_view here() const {
        return text_.substr(token_.begin, token_.end - token_.begin);
    }
    void advance() {
        do
            if (!lexer_.next(token_)) token_ = {TokenKind::symbol, text_.size(), text_.size()};
        while (is_comment(token_.kind));
    }
    std::optional<std::string> part() {
        std::optional<std::string> found;
        if (token_.kind == TokenKind::word) found = lower(here());
        if (token_.kind == TokenKind::quoted_name && here().front() == '"' && here().size() > 2) {
            found = here().substr(1, here().size() - 2);
            for (std::size_t at = found->find('"'); at != std::string::npos;
                 at = found->find('"', at + 1))
                found->erase(at, 1);  // two are one
        }
        if (found) advance();
        return found;
    }

    std::string_view text_;
    Lexer lexer_;
    Token token_{};
};

}  // namespace

std::string lower(std::string_view text) {
    std::string folded{text};
    for (char& character : folded) {  // without a branch: of a long text it is mostly guessed wrong
        const bool is_upper = character >= 'A' && character <= 'Z';
        character = static_cast<char>(character + (is_upper ? 32 : 0));
    }
    return folded;
}

std::vector<std::string> leading_words(std::string_view statement, std::size_t count_max) {
    std::vector<std::string> words;
    Lexer lexer{statement};
    for (Token token; words.size() < count_max && lexer.next(token);) {
        if (is_comment(token.kind)) continue;
        if (token.kind != TokenKind::word) break;
        words.push_back(lower(statement.substr(token.begin, token.end - token.begin)));
    }
    return words;
}

void classify_by_words(std::string_view text, Statement& statement) {
    const Words words = leading_words(text, 8);
    statement.kind = "unparsed";
    statement.control = control_of(words);
    statement.needs_no_transaction = needs_no_transaction(words);
    statement.discards_all = begins(words, {"discard", "all"});
    statement.session_setting =
        (begins(words, {"set"}) && !begins(words, {"set", "local"}) &&
         !begins(words, {"set", "transaction"}) && !begins(words, {"set", "constraints"})) ||
        begins(words, {"reset"});
}

Action action_by_words(std::string_view text) {
    NameReader reader{text};
    CreateTableAs made;
    made.object = ObjectKind::table;
    if (!reader.takes("create")) return Other{"unparsed"};
    while (reader.takes("global") || reader.takes("local")) continue;
    made.temporary = reader.takes("temporary") || reader.takes("temp");
    made.unlogged = reader.takes("unlogged");
    if (!reader.takes("table")) return Other{"unparsed"};
    made.if_not_exists = reader.takes("if") && reader.takes("not") && reader.takes("exists");
    auto name = reader.name();
    if (!name) return Other{"unparsed"};
    made.table = std::move(*name);
    made.with_no_data = !reader.takes("as");
    return made;
}

std::vector<std::string> find_survivors(std::string_view statement) {
    if (!may_survive(statement)) return {};
    const Words words = leading_words(statement, 1);
    constexpr std::array running = {"select", "with", "insert", "update", "delete",
                                    "merge",  "do",   "call",   "values", "copy"};
    if (words.empty() || std::find(running.begin(), running.end(), words[0]) == running.end())
        return {};
    std::set<std::string> found;
    std::vector<std::string_view> bodies;
    collect_calls(statement, found, bodies);
    if (words[0] == "do")
        for (const std::string_view body : std::vector{bodies}) collect_calls(body, found, bodies);
    return {found.begin(), found.end()};
}

}  // namespace migrations::sql
