#include "migrations/rules/server_features.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

// What is certain to fail by what is known of the schema; of what is not known, nothing.

namespace migrations::rules {

using sql::AlterTable;
using sql::Constraint;
using sql::ConstraintKind;
using sql::TableChange;
using sql::TableChangeKind;

namespace {

using Columns = std::vector<std::string>;

struct Added {
    Constraint constraint;
    bool is_alone{};  // nothing else that the statement does could make way for it
};

void add_of_column(const sql::Column& column, bool is_alone, std::vector<Added>& added) {
    for (Constraint constraint : column.constraints) {
        constraint.columns = {column.name};
        added.push_back({std::move(constraint), is_alone});
    }
}

std::vector<Added> added_by(const AlterTable& alter) {
    std::vector<Added> added;
    const bool is_alone = alter.changes.size() == 1;
    for (const TableChange& change : alter.changes) {
        if (change.kind == TableChangeKind::add_constraint)
            added.push_back({change.constraint, is_alone});
        if (change.kind == TableChangeKind::add_column && !change.if_exists)
            add_of_column(change.column, is_alone, added);
    }
    return added;
}

std::vector<Added> added_by(const sql::CreateTable& create) {
    std::vector<Added> added;
    for (const Constraint& constraint : create.constraints) added.push_back({constraint, false});
    for (const sql::Column& column : create.columns) add_of_column(column, false, added);
    return added;
}

bool is_key(const Constraint& constraint) {
    return constraint.kind == ConstraintKind::primary_key ||
           constraint.kind == ConstraintKind::unique;
}

const KnownConstraint* primary_key_of(const KnownTable& table) {
    for (const KnownConstraint& each : table.constraints)
        if (each.kind == ConstraintKind::primary_key) return &each;
    return nullptr;
}

void of_second_primary_key(const KnownTable& table, const Added& added, Features& features) {
    if (added.constraint.kind != ConstraintKind::primary_key || !added.is_alone) return;
    const KnownConstraint* known = primary_key_of(table);
    if (known == nullptr) return;
    features.push_back(
        {"a second primary key of " + quoted(table.name) + ", which has " + quoted(known->name),
         no_version,
         "UNIQUE, with NOT NULL columns; or DROP CONSTRAINT " + quoted(known->name) +
             " first, in the same ALTER TABLE"});
}

// "": an expression, which no key can have.
void of_key_of_partitioned(const ObjectName& table, const Columns& partition_columns,
                           const Columns& key, const char* what, Features& features) {
    for (const std::string& column : partition_columns) {
        if (!column.empty() && contains(key, column)) continue;
        const std::string lacking = column.empty()
                                        ? "an expression that it is partitioned by"
                                        : quoted(column) + ", by which the table is partitioned";
        features.push_back({std::string{what} + " of the partitioned table " + quoted(table) +
                                " without " + lacking,
                            no_version,
                            column.empty() ? "a key of each partition"
                                           : "add " + quoted(column) +
                                                 " to its columns; or a key of each "
                                                 "partition"});
        return;
    }
}

bool is_same_set(Columns one, Columns other) {
    std::sort(one.begin(), one.end());
    std::sort(other.begin(), other.end());
    return one == other;
}

bool has_unique(const KnownTable& table, const Columns& columns) {
    return std::any_of(table.indexes.begin(), table.indexes.end(), [&](const KnownIndex& index) {
        const bool is_unread = index.columns.empty();
        return index.unique && !index.partial && (is_unread || is_same_set(index.columns, columns));
    });
}

std::string bracketed(const Columns& columns) { return "(" + listed(columns) + ")"; }

void of_reference(const Schema& schema, const ObjectName& table, const Added& added,
                  Features& features) {
    const Constraint& key = added.constraint;
    if (key.kind != ConstraintKind::foreign_key) return;
    if (key_of(key.references) == key_of(table) && !added.is_alone) return;
    const KnownTable* referenced = schema.table(key.references);
    if (referenced == nullptr || !referenced->is_complete) return;
    const std::string name = quoted(key.references);
    if (key.referenced_columns.empty() && primary_key_of(*referenced) == nullptr)
        features.push_back({"a foreign key to " + name + ", which has no primary key", no_version,
                            "name the columns of one of its UNIQUE constraints"});
    if (!key.referenced_columns.empty() && !has_unique(*referenced, key.referenced_columns))
        features.push_back({"a foreign key to " + name + " " + bracketed(key.referenced_columns) +
                                ", which no UNIQUE constraint and no primary key has",
                            no_version,
                            "CREATE UNIQUE INDEX CONCURRENTLY ON " + name + " " +
                                bracketed(key.referenced_columns) + " first"});
}

void of_not_null(const Situation& situation, const AlterTable& alter, const TableChange& change,
                 Features& features) {
    if (change.kind != TableChangeKind::set_not_null || !alter.only) return;
    for (const KnownTable* partition : all_below(situation.schema, alter.table)) {
        // A CHECK that says so does not do.
        const KnownColumn* column = partition->column(change.name);
        if (column == nullptr || column->not_null) continue;
        features.push_back({"SET NOT NULL of ONLY " + quoted(alter.table) + ", whose partition " +
                                quoted(partition->name) + " allows NULL",
                            no_version, "SET NOT NULL of each partition first"});
        return;
    }
}

void of_alter(const Situation& situation, const AlterTable& alter, Features& features) {
    const Schema& schema = situation.schema;
    const KnownTable* table = schema.table(alter.table);
    for (const Added& added : added_by(alter)) {
        of_reference(schema, alter.table, added, features);
        if (table == nullptr) continue;
        of_second_primary_key(*table, added, features);
        if (table->partition_by != 0 && is_key(added.constraint) &&
            added.constraint.using_index.empty())
            of_key_of_partitioned(table->name, table->partition_columns, added.constraint.columns,
                                  "a key", features);
    }
    if (table == nullptr || table->partition_by == 0) return;
    for (const TableChange& change : alter.changes) of_not_null(situation, alter, change, features);
}

void of_create(const Schema& schema, const sql::CreateTable& create, Features& features) {
    if (create.if_not_exists && schema.table(create.table) != nullptr) return;
    for (const Added& added : added_by(create)) {
        of_reference(schema, create.table, added, features);
        if (create.partition_by != 0 && is_key(added.constraint))
            of_key_of_partitioned(create.table, create.partition_columns, added.constraint.columns,
                                  "a key", features);
    }
}

void of_index(const Situation& situation, const sql::CreateIndex& create, Features& features) {
    const KnownTable* table = situation.schema.table(create.table);
    if (!create.unique || table == nullptr || table->partition_by == 0 ||
        does_nothing(situation, create))
        return;
    Columns columns;
    for (const sql::IndexColumn& column : create.columns) columns.push_back(column.name);
    of_key_of_partitioned(table->name, table->partition_columns, columns, "a UNIQUE index",
                          features);
}

void of_values(const KnownTable& table, const sql::Rows& rows, const Columns& words,
               Features& features) {
    if (contains(words, "default") || contains(words, "overriding")) return;
    for (const std::string& name : rows.columns) {
        const KnownColumn* column = table.column(name);
        if (column == nullptr || !column->takes_no_value) continue;
        const bool is_override = column->identity && rows.verb == sql::RowsVerb::insert;
        features.push_back(
            {"a value for " + quoted(table.name) + "." + quoted(name) +
                 ", which is GENERATED ALWAYS",
             no_version,
             is_override ? "leave the column out, or OVERRIDING SYSTEM VALUE behind the columns"
                         : "leave the column out"});
        return;
    }
}

void of_rows(const Situation& situation, const sql::Rows& rows, Features& features) {
    const KnownTable* table = situation.schema.table(rows.table);
    if (table == nullptr || situation.schema.view(rows.table) != nullptr) return;
    if (rows.verb == sql::RowsVerb::insert || rows.verb == sql::RowsVerb::update)
        of_values(*table, rows, bare_words(situation.statement.text), features);
    if (rows.conflict_columns.empty() || !table->is_complete ||
        has_unique(*table, rows.conflict_columns))
        return;
    features.push_back({"ON CONFLICT " + bracketed(rows.conflict_columns) + " of " +
                            quoted(rows.table) + ", which has no unique index over just these",
                        no_version,
                        "CREATE UNIQUE INDEX CONCURRENTLY ON " + quoted(rows.table) + " " +
                            bracketed(rows.conflict_columns) + " first"});
}

std::string why_not_published(const Schema& schema, const ObjectName& name) {
    const KnownTable* table = schema.table(name);
    if (schema.view(name) != nullptr) return "a view";
    if (table == nullptr) return "";
    if (table->temporary) return "a temporary table";
    if (table->unlogged) return "an unlogged table";
    return table->is_foreign ? "a foreign table" : "";
}

void of_publication(const Schema& schema, const sql::ClusterObject& object, Features& features) {
    if (object.object != sql::ObjectKind::publication) return;
    for (const sql::PublishedTable& published : object.tables) {
        const std::string what = why_not_published(schema, published.table);
        if (!what.empty())
            features.push_back({"a publication of " + quoted(published.table) + ", " + what,
                                no_version, "publish logged tables of this database alone"});
    }
}

// The types that an extension is there for.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> extension_types{
    {{"citext", "citext"},
     {"hstore", "hstore"},
     {"ltree", "ltree"},
     {"cube", "cube"},
     {"vector", "vector"},
     {"postgis", "geometry"}}};

bool is_of_project(const Schema& schema, const sql::TypeName& type) {
    const ObjectName name{type.schema, type.name, 0};
    return schema.object(name) != nullptr || schema.domain(name) != nullptr ||
           schema.enumeration(name) != nullptr || schema.table(name) != nullptr;
}

void of_extension(const Schema& schema, const std::string& extension, Features& features) {
    for (const auto& [owner, type] : extension_types) {
        if (owner != extension) continue;
        for (const auto& [key, table] : schema.tables())
            for (const KnownColumn& column : table.columns) {
                if (column.type.name != type || is_of_project(schema, column.type)) continue;
                features.push_back({"DROP EXTENSION " + quoted(extension) +
                                        " without CASCADE, while " + quoted(table.name) + "." +
                                        quoted(column.name) + " is of its type",
                                    no_version, "give the column another type first"});
                return;
            }
    }
}

}  // namespace

// Code may look first, and may catch what fails.
void of_schema(const Situation& situation, Features& features) {
    if (situation.statement.is_nested) return;
    const Schema& schema = situation.schema;
    if (const auto* alter = situation.does<AlterTable>()) of_alter(situation, *alter, features);
    if (const auto* create = situation.does<sql::CreateTable>())
        of_create(schema, *create, features);
    if (const auto* create = situation.does<sql::CreateIndex>())
        of_index(situation, *create, features);
    if (const auto* rows = situation.does<sql::Rows>()) of_rows(situation, *rows, features);
    if (const auto* object = situation.does<sql::ClusterObject>())
        of_publication(schema, *object, features);
    const auto* drop = situation.does<sql::Drop>();
    if (drop == nullptr || drop->object != sql::ObjectKind::extension || drop->cascade) return;
    for (const sql::DroppedObject& object : drop->objects)
        of_extension(schema, object.name.name, features);
}

}  // namespace migrations::rules
