#include "migrations/sql/describe.hpp"

#include "migrations/sql/classify.hpp"
#include "migrations/sql/tree_reading.hpp"

namespace migrations::sql {

Action describe(const PgQuery__Node& node, std::string_view text) {
    if (Action action = describe_table(node); !std::holds_alternative<Other>(action)) return action;
    if (Action action = describe_rows(node); !std::holds_alternative<Other>(action)) return action;
    if (Action action = describe_object(node); !std::holds_alternative<Other>(action))
        return action;
    if (Action action = describe_session(node); !std::holds_alternative<Other>(action))
        return action;
    if (Action action = describe_code(node, text); !std::holds_alternative<Other>(action))
        return action;
    return Other{kind_of(node)};
}

}  // namespace migrations::sql
