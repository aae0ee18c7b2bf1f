// migrations/sql/definition.hpp: statements that define, and run nobody's code.
//
// Why    such a statement cannot end its transaction, change the session or reach into a table's
//        rows by itself: what guards against that can be left out around it.
// Shape  from the parse tree: a kind that only changes definitions, no temporary relation, and no
//        call of a function but well-known ones. Rather one too few than one too many.
#pragma once

#include <string_view>

struct PgQuery__Node;

namespace migrations::sql {

// `kind` as kind_of() tells it.
[[nodiscard]] bool only_defines(const PgQuery__Node& node, std::string_view kind);

}  // namespace migrations::sql
