// migrations/sql/touched.hpp: what a script makes, changes, fills or drops, by name: what something
// later may stand on.
//
// Shape   from the parse tree. Of a statement that can do anything (DO, SELECT of a function, one
//         that the grammar does not know) every name in it counts that is no keyword.
// Format  names as PostgreSQL folds them; schema empty where it is not said.
// Source  of what depends on what: PostgreSQL 15, "Dependency Tracking".
#pragma once

#include "migrations/migration.hpp"
#include "migrations/sql/mentions.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace migrations::sql {

// The kind of an operator: it is met by its characters, and everything else by a name.
inline constexpr auto operator_kind = "operator";

struct Touched {
    std::string kind;  // for people: "table", "column", "type"
    std::string schema;
    std::string name;
    std::string part;      // a column, a trigger: then only who names both is concerned
    std::uint32_t line{};  // in the file, from 1
    bool operator==(const Touched&) const = default;
};

[[nodiscard]] std::vector<Touched> touched_by(const Script& script);

// Where the mentions name it, as a byte of their text; nothing where they do not. An extension is
// always named: what belongs to it cannot be told from a script.
[[nodiscard]] std::optional<std::size_t> find(const Touched& touched, const Mentions& mentions);

// Whether PostgreSQL itself has operators of that name, so that who writes it may mean those.
[[nodiscard]] bool is_built_in_operator(std::string_view name);

// Where they name its part alone: meant, where nothing else has that name, and reached without a
// word of the table (by a row of a function or a variable, in a string that is executed). None of a
// key: who names that is met by its table.
[[nodiscard]] std::optional<std::size_t> find_part(const Touched& touched,
                                                   const Mentions& mentions);

// table "app.orders"; column "note" of "app.orders"
[[nodiscard]] std::string to_text(const Touched& touched);

}  // namespace migrations::sql
