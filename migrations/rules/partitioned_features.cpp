#include "migrations/rules/server_features.hpp"

namespace migrations::rules {

using sql::ConstraintKind;
using sql::TableChange;
using sql::TableChangeKind;

namespace {

void of_detach(const Situation& situation, const sql::AlterTable& alter, Features& features) {
    for (const TableChange& change : alter.changes)
        if (change.kind == TableChangeKind::detach_partition && change.concurrently &&
            default_partition(situation.schema, alter.table) != nullptr)
            features.push_back(
                {"DETACH PARTITION CONCURRENTLY where there is a default partition", no_version,
                 "detach it without CONCURRENTLY, with a lock_timeout; or detach the default "
                 "partition first"});
}

// Its part of an index goes with the whole one alone.
void of_part(const KnownTable& table, const sql::Drop& drop, const ObjectName& name,
             Features& features) {
    const KnownIndex* index = table.index(name.name);
    if (index == nullptr || index->parent_name.empty()) return;
    for (const sql::DroppedObject& object : drop.objects)
        if (object.name.name == index->parent_name) return;
    features.push_back(
        {"DROP INDEX of a partition's part of " + quoted(index->parent_name), no_version,
         "DROP INDEX " + quoted(ObjectName{table.parent.schema, index->parent_name}) +
             ", with which its parts go"});
}

void of_keys(const Situation& situation, const std::vector<sql::Constraint>& constraints,
             bool is_of_partitioned, Features& features) {
    for (const sql::Constraint& each : constraints) {
        const bool is_key =
            each.kind == ConstraintKind::primary_key || each.kind == ConstraintKind::unique;
        if (is_of_partitioned && is_key) features.push_back({"a key of a partitioned table", 11});
        if (is_of_partitioned && each.kind == ConstraintKind::foreign_key)
            features.push_back({"a foreign key of a partitioned table", 11});
        if (each.kind == ConstraintKind::foreign_key && is_partitioned(situation, each.references))
            features.push_back({"a foreign key to a partitioned table", 12});
    }
}

void of_storage(const sql::AlterTable& alter, Features& features) {
    for (const TableChange& change : alter.changes)
        if (change.kind == TableChangeKind::set_access_method)
            features.push_back({"SET ACCESS METHOD of a partitioned table", 17});
}

void of_keys(const Situation& situation, Features& features) {
    if (const auto* create = situation.does<sql::CreateTable>()) {
        const bool is_of_partitioned = create->partition_by != 0;
        of_keys(situation, create->constraints, is_of_partitioned, features);
        for (const sql::Column& column : create->columns)
            of_keys(situation, column.constraints, is_of_partitioned, features);
    }
    const auto* alter = situation.does<sql::AlterTable>();
    if (alter == nullptr) return;
    const bool is_of_partitioned = is_partitioned(situation, alter->table);
    for (const TableChange& change : alter->changes) {
        of_keys(situation, change.column.constraints, is_of_partitioned, features);
        if (change.kind == TableChangeKind::add_constraint)
            of_keys(situation, {change.constraint}, is_of_partitioned, features);
    }
}

}  // namespace

void of_partitioned(const Situation& situation, const std::vector<std::string>& words,
                    Features& features) {
    const std::string on_each =
        "do it on each partition; an index of the parent is made ON ONLY it, and takes theirs by "
        "ALTER INDEX ... ATTACH PARTITION";
    const std::string constraint_on_each =
        "do it on each partition; the parent's is made by ALTER TABLE ONLY it ADD CONSTRAINT, "
        "without USING INDEX, and takes theirs by ALTER INDEX ... ATTACH PARTITION";
    of_keys(situation, features);
    if (const auto* trigger = situation.does<sql::CreateTrigger>();
        trigger != nullptr && trigger->for_each_row && is_partitioned(situation, trigger->table))
        features.push_back(contains(words, "before")
                               ? Feature{"a BEFORE trigger for each row of a partitioned table", 13}
                               : Feature{"a trigger for each row of a partitioned table", 11});
    if (const auto* cluster = situation.does<sql::Cluster>();
        cluster != nullptr && is_partitioned(situation, cluster->table))
        features.push_back({"CLUSTER of a partitioned table", 15});
    if (const auto* create = situation.does<sql::CreateIndex>();
        create != nullptr && is_partitioned(situation, create->table)) {
        if (create->concurrently)
            features.push_back(
                {"CREATE INDEX CONCURRENTLY on a partitioned table", no_version, on_each});
        else
            features.push_back({"indexes of partitioned tables", 11});
    }
    const auto* drop = situation.does<sql::Drop>();
    if (drop != nullptr && drop->object == sql::ObjectKind::index)
        for (const sql::DroppedObject& object : drop->objects) {
            const KnownTable* table = situation.schema.table_of_index(object.name);
            if (table == nullptr) continue;
            if (drop->concurrently && is_partitioned(situation, table->name))
                features.push_back(
                    {"DROP INDEX CONCURRENTLY of a partitioned one", no_version, on_each});
            of_part(*table, *drop, object.name, features);
        }
    const auto* alter = situation.does<sql::AlterTable>();
    if (alter == nullptr || !is_partitioned(situation, alter->table)) return;
    of_detach(situation, *alter, features);
    of_storage(*alter, features);
    for (const TableChange& change : alter->changes) {
        if (change.kind != TableChangeKind::add_constraint) continue;
        const sql::Constraint& constraint = change.constraint;
        if (constraint.kind == ConstraintKind::foreign_key && constraint.not_valid)
            features.push_back({"a foreign key of a partitioned table that is NOT VALID", 18});
        if (!constraint.using_index.empty())
            features.push_back({"a constraint USING INDEX of a partitioned table", no_version,
                                constraint_on_each});
    }
}

}  // namespace migrations::rules
