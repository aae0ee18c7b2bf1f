// migrations/rules/new_column.hpp: a column that the script itself has added, and that holds
// nothing yet: what asks for a value in every row fails as soon as there is one.
#pragma once

#include "migrations/rules/rule.hpp"

#include <string>

namespace migrations::rules {

// The script has added the column without a value, and nothing in between may have filled it.
[[nodiscard]] bool is_null_in_every_row(const Situation& situation, const sql::AlterTable& alter,
                                        const std::string& column);

// What a row gets that was there before the column; nothing where that is NULL.
[[nodiscard]] const sql::Expression* value_of(const Situation& situation,
                                              const sql::Column& column);

// Its DEFAULT, its IDENTITY, ...; nothing where it has none.
[[nodiscard]] const sql::Constraint* part(const sql::Column& column, sql::ConstraintKind kind);

// The domain that it is of, where one is known.
[[nodiscard]] const KnownDomain* domain_of(const Situation& situation, const sql::TypeName& type);

}  // namespace migrations::rules
