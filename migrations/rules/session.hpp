// migrations/rules/session.hpp: the state of a session before a statement: its transaction, its
// settings, the locks it holds.
//
// Shape   a fold of actions. Locks on what the script itself has made are not counted: nobody waits
//         for them.
// Source  PostgreSQL 15, "Explicit Locking": table-level lock modes and who conflicts with whom.
#pragma once

#include "migrations/rules/schema.hpp"
#include "migrations/sql/action.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace migrations::rules {

// By PostgreSQL's own numbers.
enum class LockMode {
    access_share = 1,
    row_share,
    row_exclusive,
    share_update_exclusive,
    share,
    share_row_exclusive,
    exclusive,
    access_exclusive,
};

struct TableLock {
    ObjectName table;
    LockMode mode{};
    std::size_t statement{};  // that took it: its index in the script
    // Else `table` names what stands for tables that nobody has described: an index, a schema, a
    // type, an extension; a role, unnamed.
    sql::ObjectKind object{sql::ObjectKind::table};
};

struct Setting {
    std::string value;  // of a list, "a, b"
    bool is_local{};
    std::size_t statement{};
};

// By name, as a session has them when it begins: what RESET goes back to.
using InitialSettings = std::map<std::string, std::string>;

struct SavedSettings {
    std::string savepoint;
    std::map<std::string, Setting> settings;
    std::size_t lock_count{};
};

struct Session {
    // The runner's own transaction, or one that the script has begun.
    bool in_transaction{};
    bool begun_by_script{};
    bool code_cannot_commit{};  // code runs in a transaction that it has not begun
    std::size_t begun_at{};     // the statement that began it
    std::size_t transaction{};  // its number, from 1; 0: in none
    std::size_t transactions_begun{};
    // "lock_timeout": what the script has set, or whoever runs it before.
    std::map<std::string, Setting> settings;
    std::map<std::string, Setting> initial_settings;
    std::map<std::string, Setting> settings_before;  // as they were when the transaction began
    std::vector<TableLock> locks;  // held: taken in this transaction, those below SHARE once
    std::vector<SavedSettings> savepoints;

    [[nodiscard]] const Setting* setting(const std::string& name) const;
    [[nodiscard]] std::optional<TableLock> lock_on(const ObjectName& table) const;  // the strongest

    void take_initial(const InitialSettings& settings);
    void begin(std::size_t statement, bool by_script);
    // `locks`: what the statement takes.
    void apply(const sql::Action& action, std::size_t statement, std::vector<TableLock> taken);

private:
    [[nodiscard]] bool is_held_already(const TableLock& lock) const;
    void move_locks(const ObjectName& from, const ObjectName& to);
    void set(const sql::Set& set, std::size_t statement);
    void reset(const std::string& name);
    void control(const sql::Transaction& transaction, std::size_t statement);
    void end(bool committed);
};

// "ACCESS EXCLUSIVE".
[[nodiscard]] std::string to_text(LockMode mode);

}  // namespace migrations::rules
