#include "commands/described.hpp"

#include "migrations/sql/describe.hpp"
#include "migrations/sql/parse.hpp"
#include "migrations/sql/split.hpp"

namespace commands {

namespace sql = migrations::sql;

sql::Action described(const std::string& statement) {
    sql::Action action{sql::Other{}};
    const auto ranges = sql::split(statement).statements;
    if (ranges.size() != 1) return action;
    static_cast<void>(sql::with_tree(
        statement, ranges.front().depth_bound,
        [&](const PgQuery__Node& node) { action = sql::describe(node, statement); }));
    return action;
}

}  // namespace commands
