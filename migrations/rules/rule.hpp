// migrations/rules/rule.hpp: what a rule is, what it sees, and how it speaks.
//
// Shape   a rule is an id of the catalogue with a check: of each statement, as the schema and the
//         session stand before it; or of the whole file, once. Rules are pure and know nothing of
//         each other.
// Units   a finding's begin and end are bytes of the judged text.
// Add     a file's worth of rules: its function here, its line in all_rules.cpp.
#pragma once

#include "migrations/rules/schema.hpp"
#include "migrations/rules/session.hpp"
#include "migrations/sql/action.hpp"
#include "migrations/sql/split.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migrations::rules {

// Hazards lock, rewrite, fail, lose data or break what runs beside; hygiene is about how a script
// is written; advice is an opinion.
enum class Bucket { hazard, hygiene, advisory };

struct TextEdit {
    std::size_t begin{};
    std::size_t end{};
    std::string text;
    bool operator==(const TextEdit&) const = default;
};

// The safe form, as edits of the judged text.
struct Fix {
    std::string title;
    std::vector<TextEdit> edits;
    bool operator==(const Fix&) const = default;
};

struct Finding {
    std::string_view rule;
    std::string message;
    std::vector<std::string> help;
    std::optional<Fix> fix;
    std::size_t begin{};
    std::size_t end{};
    std::optional<ObjectName> table;    // whose size makes it worse or better
    std::optional<double> row_count{};  // of the table, or of what takes longer under its lock
    std::vector<ObjectName> along{};    // tables that are read whole under the same lock
    bool is_perhaps{};                  // what is known does not tell: a warning at most
};

struct Judged {
    sql::Action action;
    std::string_view text;         // without its semicolon
    std::size_t begin{};           // of the judged text
    std::size_t transaction{};     // that it ran in; 0: in none
    std::vector<TableLock> locks;  // that it takes on what was there before the script
    bool waits{};                  // for a strong lock, on these or on what nobody has described
    bool is_nested{};              // in a DO block, or in a function that the script calls
    bool goes_on{};                // in a loop of such code that commits nothing between its rounds
    bool is_perhaps{};             // such code may not run it, or undo it
    bool stands_in_text{true};     // at `begin`; code that is put together stands nowhere
    std::size_t size_in_text{};    // of it, or of what runs it: from `begin` on
    // The INSERTs right after it that are judged as it is, and are no statements of their own here:
    // only their constants differ.
    std::vector<sql::Range> repeats{};
};

// What holds for the whole file.
struct Circumstances {
    std::uint32_t server_version{150000};
    bool runner_adapts{};                // it opens none for a script that cannot run in one
    bool runner_opens_transaction{};     // the statements run within a transaction of the runner's
    bool history_is_known{};             // the schema has every table there is
    InitialSettings initial_settings{};  // that the runner's session has before the script
};

struct Situation {
    const Judged& statement;
    const std::vector<Judged>& before;  // the file's statements up to this one
    const Schema& schema;
    const Session& session;
    const Circumstances& circumstances;
    // Of an ALTER TABLE, what the rules about changes look at: noted once, since most of them ask.
    std::vector<const sql::TableChange*> changes_seen{};    // of a table that others see
    std::vector<const sql::TableChange*> changes_in_use{};  // of one that may have rows

    // Nothing where the statement does something else.
    template <class Action>
    [[nodiscard]] const Action* does() const {
        return std::get_if<Action>(&statement.action);
    }
    [[nodiscard]] bool server_has(std::uint32_t major) const {
        return circumstances.server_version >= major * 10000;
    }
};

struct FileSituation {
    std::string_view text;
    const std::vector<Judged>& statements;
    const Schema& schema;    // after the last statement
    const Session& session;  // likewise
    const Circumstances& circumstances;
};

class Report {
public:
    explicit Report(std::vector<Finding>& findings) : findings_{findings} {}

    // At the whole statement.
    Finding& say(std::string_view rule, const Judged& statement, std::string message);
    // From a byte of the statement on, as the parse tree gives it; 0: the whole.
    Finding& say(std::string_view rule, const Judged& statement, std::size_t at,
                 std::string message);

private:
    std::vector<Finding>& findings_;
};

using OnStatement = void (*)(const Situation&, Report&);
using OnFile = void (*)(const FileSituation&, Report&);

struct Rule {
    std::string_view id;
    Bucket bucket{};
    std::string_view why;   // one sentence: what happens
    std::string_view lock;  // taken by what it finds; empty where that is not the matter
    OnStatement on_statement{};
    OnFile on_file{};
    bool off_by_default{};  // an opinion for those who ask for it
};

// The version of the set: goes up when a rule begins or ceases to find something.
inline constexpr std::uint32_t rule_set_version = 10;

[[nodiscard]] const std::vector<Rule>& all_rules();
[[nodiscard]] const Rule* find_rule(std::string_view id);
// Not one that is said where a script is read, whatever anybody thinks of it.
[[nodiscard]] bool is_weighed(const Rule& rule);

[[nodiscard]] std::vector<Rule> index_rules();
[[nodiscard]] std::vector<Rule> constraint_rules();
[[nodiscard]] std::vector<Rule> key_rules();
[[nodiscard]] std::vector<Rule> column_rules();
[[nodiscard]] std::vector<Rule> type_rules();
[[nodiscard]] std::vector<Rule> partition_rules();
[[nodiscard]] std::vector<Rule> storage_rules();
[[nodiscard]] std::vector<Rule> trigger_rules();
[[nodiscard]] std::vector<Rule> domain_rules();
[[nodiscard]] std::vector<Rule> table_part_rules();
[[nodiscard]] std::vector<Rule> dependency_rules();
[[nodiscard]] std::vector<Rule> rename_rules();
[[nodiscard]] std::vector<Rule> server_version_rules();
[[nodiscard]] std::vector<Rule> maintenance_rules();
[[nodiscard]] std::vector<Rule> drop_rules();
[[nodiscard]] std::vector<Rule> enum_rules();
[[nodiscard]] std::vector<Rule> rows_rules();
[[nodiscard]] std::vector<Rule> transaction_rules();
[[nodiscard]] std::vector<Rule> held_lock_rules();
[[nodiscard]] std::vector<Rule> timeout_rules();
[[nodiscard]] std::vector<Rule> repeat_rules();
[[nodiscard]] std::vector<Rule> column_advice_rules();
[[nodiscard]] std::vector<Rule> reference_advice_rules();
[[nodiscard]] std::vector<Rule> table_advice_rules();
[[nodiscard]] std::vector<Rule> security_rules();
[[nodiscard]] std::vector<Rule> code_rules();

// "orders", or "app.orders", quoted as SQL needs it.
[[nodiscard]] std::string quoted(const ObjectName& name);
[[nodiscard]] std::string quoted(const std::string& name);
// 'it''s'
[[nodiscard]] std::string literal(const std::string& value);

}  // namespace migrations::rules
