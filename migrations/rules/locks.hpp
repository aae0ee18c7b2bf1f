// migrations/rules/locks.hpp: the table locks that a statement takes, as far as its text and the
// known schema tell.
//
// Source  PostgreSQL 15: AlterTableGetLockLevel() in tablecmds.c, DefineIndex(), "Explicit
// Locking";
//         held against locks measured on a server by the rehearsal's tests.
#pragma once

#include "migrations/rules/session.hpp"

#include <string>
#include <vector>

namespace migrations::rules {

// On tables that were there before the script alone; `statement` is its index.
[[nodiscard]] std::vector<TableLock> locks_of(const sql::Action& action, const Schema& schema,
                                              std::size_t statement);

// That keeps writers waiting.
[[nodiscard]] bool is_strong(const TableLock& lock);

// For one of its locks, which are these, or for one on what the script has not told of.
[[nodiscard]] bool waits_for_strong_lock(const sql::Action& action,
                                         const std::vector<TableLock>& locks, const Schema& schema);

// Of one change of a table, on that table.
[[nodiscard]] LockMode lock_of(const sql::TableChange& change);

// "orders", "the table of the index orders_at".
[[nodiscard]] std::string locked_text(const TableLock& lock);

}  // namespace migrations::rules
