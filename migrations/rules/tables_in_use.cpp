#include "migrations/rules/nested_sql.hpp"
#include "migrations/rules/table_changes.hpp"

#include <algorithm>
#include <set>

// Whether somebody uses a table, or what is below it.

namespace migrations::rules {

namespace {

// A view that may be written has one relation alone in its FROM; what else it reads is not written.
void add_written(const Schema& schema, const ObjectName& name, std::set<std::string>& seen,
                 std::vector<ObjectName>& written) {
    const KnownView* view = schema.table(name) == nullptr ? schema.view(name) : nullptr;
    if (view == nullptr || view->materialized || view->origin != Origin::script ||
        view->reads.size() != 1 || !seen.insert(key_of(name)).second)
        return written.push_back(name);
    add_written(schema, view->reads.front(), seen, written);
}

void add_below(const Schema& schema, const KnownTable& table, std::set<std::string>& seen,
               std::vector<const KnownTable*>& found) {
    for (const std::string& key : table.below()) {
        const auto heir = schema.tables().find(key);
        if (heir == schema.tables().end() || !seen.insert(key).second) continue;
        found.push_back(&heir->second);
        add_below(schema, heir->second, seen, found);
    }
}

}  // namespace

bool is_in_use(const Situation& situation, const ObjectName& table) {
    return !situation.schema.is_new(table) && !situation.schema.is_temporary(table);
}

bool is_seen(const Situation& situation, const ObjectName& table) {
    if (!is_in_use(situation, table)) return false;
    const KnownTable* known = situation.schema.table(table);
    return known == nullptr || known->origin != Origin::script || known->holds_older ||
           known->transaction == 0 || known->transaction != situation.session.transaction;
}

bool spares_heirs(const Schema& schema, const ObjectName& table) {
    const KnownTable* known = schema.table(table);
    return known != nullptr && known->holds_older && !known->is_filled && known->partition_by == 0;
}

bool spares_older(const Situation& situation, const sql::AlterTable& alter,
                  const sql::TableChange& change) {
    using sql::ConstraintKind;
    const KnownTable* known = situation.schema.table(alter.table);
    if (known == nullptr || !known->holds_older || known->is_filled) return false;
    if (alter.only) return true;
    if (!spares_heirs(situation.schema, alter.table)) return false;
    const ConstraintKind added = change.constraint.kind;
    const bool is_own = added == ConstraintKind::unique || added == ConstraintKind::exclusion ||
                        added == ConstraintKind::foreign_key;
    return change.kind == sql::TableChangeKind::add_constraint ? is_own : !goes_below(change.kind);
}

std::vector<ObjectName> written_by(const Schema& schema, const ObjectName& name) {
    std::vector<ObjectName> written;
    std::set<std::string> seen;
    add_written(schema, name, seen, written);
    return written;
}

bool is_there_already(const Schema& schema, const sql::CreateTable& create) {
    const KnownTable* known = create.if_not_exists ? schema.table(create.table) : nullptr;
    return known != nullptr && known->origin == Origin::history && known->is_complete &&
           create.table.name.find(unknown_name) == std::string::npos;
}

bool is_foreign(const Situation& situation, const ObjectName& table) {
    const KnownTable* known = situation.schema.table(table);
    return known != nullptr && known->is_foreign;
}

bool is_partitioned(const Situation& situation, const ObjectName& table) {
    const KnownTable* known = situation.schema.table(table);
    return known != nullptr && (known->partition_by != 0 || !known->partitions.empty());
}

bool is_catalog(const ObjectName& name) {
    return name.schema == "pg_catalog" || (name.schema.empty() && name.name.starts_with("pg_"));
}

const KnownTable* default_partition(const Schema& schema, const ObjectName& parent) {
    const KnownTable* known = schema.table(parent);
    if (known == nullptr) return nullptr;
    for (const std::string& key : known->partitions) {
        const auto found = schema.tables().find(key);
        if (found != schema.tables().end() && found->second.bound.is_default) return &found->second;
    }
    return nullptr;
}

bool domain_may_be_used(const Schema& schema, const Circumstances& circumstances,
                        const ObjectName& domain) {
    const KnownDomain* known = schema.domain(domain);
    const bool is_made = known != nullptr && known->origin == Origin::script;
    if (!is_made && (!circumstances.history_is_known || known == nullptr)) return true;
    const auto& tables = schema.tables();
    return std::any_of(tables.begin(), tables.end(), [&](const auto& entry) {
        const KnownTable& table = entry.second;
        return !schema.is_made_here(table.name) &&
               (is_made ? schema.has_column_of(table, domain)
                        : schema.may_have_column_of(table, domain));
    });
}

std::vector<const KnownTable*> all_below(const Schema& schema, const ObjectName& table) {
    std::vector<const KnownTable*> found;
    const KnownTable* known = schema.table(table);
    if (known == nullptr) return found;
    std::set<std::string> seen{key_of(table)};
    add_below(schema, *known, seen, found);
    return found;
}

std::vector<const KnownTable*> tables_of(const Schema& schema, const ObjectName& type) {
    std::vector<const KnownTable*> found;
    for (const auto& [key, table] : schema.tables())
        if (!table.of_type.name.empty() && key_of(table.of_type) == key_of(type))
            found.push_back(&table);
    return found;
}

}  // namespace migrations::rules
