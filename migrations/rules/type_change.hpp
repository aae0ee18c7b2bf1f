// migrations/rules/type_change.hpp: what ALTER COLUMN TYPE costs, by the types alone.
//
// Source  PostgreSQL 15: ATColumnChangeRequiresRewrite(), the casts of pg_cast, and the support
//         functions that drop a length coercion which only widens; measured type by type.
// Arrays  are rewritten where any element is converted, even to a wider type.
#pragma once

#include "migrations/sql/action.hpp"

namespace migrations::rules {

enum class TypeChangeCost {
    none,           // the catalog alone changes
    index_rebuild,  // the rows stay, indexes over the column are built anew
    rewrite,
};

struct TypeChange {
    sql::TypeName from;  // domains without constraints: what is below them
    sql::TypeName to;
    bool is_utc{};  // the session's TimeZone is known to be UTC, and the server is 12 or newer
};

[[nodiscard]] TypeChangeCost cost_of(const TypeChange& change);

// A value may not fit the new type, or lose something.
[[nodiscard]] bool may_lose(const sql::TypeName& from, const sql::TypeName& to);
// The same, where the old type is not known.
[[nodiscard]] bool is_usually_narrower(const sql::TypeName& to);

}  // namespace migrations::rules
