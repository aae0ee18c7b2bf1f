#include "commands/emptied_tables.hpp"

#include "commands/described.hpp"

#include <algorithm>

namespace commands {

namespace {

bool empties(const MeasuredStatement& statement) {
    if (statement.kind == "truncate") return true;
    if (statement.kind != "refresh-materialized-view") return false;
    const migrations::sql::Action action = described(statement.text);
    const auto* refresh = std::get_if<migrations::sql::RefreshView>(&action);
    return refresh != nullptr && refresh->with_no_data;
}

}  // namespace

std::vector<RelationName> emptied_by(const MeasuredStatement& statement) {
    std::vector<RelationName> names;
    if (!empties(statement)) return names;
    const auto& rewritten = statement.rewritten;
    for (const RelationLock& lock : statement.locks) {
        const bool is_touched =
            statement.scans.contains(lock.relation) ||
            std::find(rewritten.begin(), rewritten.end(), lock.relation) != rewritten.end();
        if (is_touched && lock.mode == LockMode::access_exclusive) names.push_back(lock.relation);
    }
    return names;
}

}  // namespace commands
