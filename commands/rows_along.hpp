// commands/rows_along.hpp: whose rows go with, or are changed by, those that a script deletes.
//
// Shape   foreign keys with ON DELETE CASCADE, SET NULL or SET DEFAULT, as scripts make them; those
//         dropped since count too, and a table by all names that it had. Not those made within DO
//         or EXECUTE. Deletions also within bodies and strings.
#pragma once

#include "migrations/migration.hpp"
#include "migrations/sql/action_parts.hpp"
#include "migrations/sql/touched.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace commands {

class RowsAlong {
public:
    void read(const migrations::Script& script);

    // The tables behind that one, and what is behind those whose rows go.
    [[nodiscard]] std::vector<migrations::sql::Touched> behind(
        const migrations::sql::ObjectName& table) const;

private:
    using ObjectName = migrations::sql::ObjectName;
    struct Reference {
        ObjectName from;
        ObjectName to;
        bool deletes{};  // else it sets
    };
    void call_too(const ObjectName& table, const ObjectName& other);
    void see(const ObjectName& table, const migrations::sql::Constraint& constraint);

    std::vector<Reference> references_;
};

// What DELETE FROM names, and where.
[[nodiscard]] std::vector<migrations::sql::ObjectName> deleted_from(std::string_view text);

// Where rows of that table are written, or may be: in a body, in a string that is executed.
[[nodiscard]] std::optional<std::size_t> find_written(const migrations::sql::Touched& rows,
                                                      const migrations::sql::Mentions& mentions);

}  // namespace commands
