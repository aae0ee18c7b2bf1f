#include "migrations/rules/locks.hpp"

#include <algorithm>

namespace migrations::rules {

using sql::ObjectKind;

namespace {

bool is_others_sequence(ObjectKind object, const ObjectName& name, const Schema& schema) {
    return object == ObjectKind::sequence && !schema.is_made_here(name);
}

// Locks that the text tells, whatever table they are on.
bool locks_unheard_of(const sql::Action& action, const Schema& schema) {
    if (const auto* drop = std::get_if<sql::Drop>(&action)) {
        if (drop->object == ObjectKind::sequence)
            return std::any_of(drop->objects.begin(), drop->objects.end(),
                               [&](const auto& each) { return !schema.is_made_here(each.name); });
        return drop->object == ObjectKind::index && !drop->concurrently && !drop->objects.empty() &&
               schema.table_of_index(drop->objects.front().name) == nullptr;
    }
    if (const auto* other = std::get_if<sql::Other>(&action))
        return (other->kind == "alter-sequence" && !schema.is_made_here(other->name)) ||
               other->kind == "alter-policy";
    if (const auto* rename = std::get_if<sql::Rename>(&action))
        return is_others_sequence(rename->object, rename->name, schema);
    if (const auto* set = std::get_if<sql::SetSchema>(&action))
        return is_others_sequence(set->object, set->name, schema);
    if (const auto* reindex = std::get_if<sql::Reindex>(&action)) return !reindex->concurrently;
    if (const auto* vacuum = std::get_if<sql::Vacuum>(&action))
        return vacuum->full && vacuum->tables.empty();
    if (const auto* clustering = std::get_if<sql::Cluster>(&action))
        return clustering->table.name.empty();
    return false;
}

}  // namespace

bool waits_for_strong_lock(const sql::Action& action, const std::vector<TableLock>& locks,
                           const Schema& schema) {
    return std::any_of(locks.begin(), locks.end(), is_strong) || locks_unheard_of(action, schema);
}

}  // namespace migrations::rules
