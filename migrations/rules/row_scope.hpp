// migrations/rules/row_scope.hpp: how much of a table an UPDATE or a DELETE is about.
#pragma once

#include "migrations/rules/schema.hpp"
#include "migrations/sql/action.hpp"

namespace migrations::rules {

[[nodiscard]] bool takes_every_row(const sql::Rows& rows);

// Limited, or about one value of anything, or those between two: not the whole table.
[[nodiscard]] bool is_bounded(const sql::Rows& rows);
// The same, but for a value that any number of rows may share, as far as the table is known.
[[nodiscard]] bool is_bounded(const Schema& schema, const sql::Rows& rows);

// A part of the table that moves on with what is given: what a loop takes until nothing is left.
[[nodiscard]] bool is_batch(const sql::Rows& rows);

// Of a statement in code: what its WHERE compares columns with may be variables, which are values.
void take_variables(const Schema& schema, sql::Rows& rows);

// Limited, or about some values of a key: a few rows.
[[nodiscard]] bool is_narrow(const Schema& schema, const sql::Rows& rows);

}  // namespace migrations::rules
