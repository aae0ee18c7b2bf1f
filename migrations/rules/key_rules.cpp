#include "migrations/rules/alike.hpp"
#include "migrations/rules/rule.hpp"
#include "migrations/rules/table_changes.hpp"

#include <algorithm>

namespace migrations::rules {

using sql::AlterTable;
using sql::Constraint;
using sql::ConstraintKind;
using sql::TableChange;
using sql::TableChangeKind;

namespace {

std::string index_text(const AlterTable& alter, const Constraint& constraint,
                       const std::string& name) {
    return "CREATE UNIQUE INDEX CONCURRENTLY " + quoted(name) + " ON " + quoted(alter.table) +
           " (" + listed(constraint.columns) + ")" +
           (constraint.nulls_not_distinct ? " NULLS NOT DISTINCT" : "");
}

std::string kind_text(const Constraint& constraint) {
    return constraint.kind == ConstraintKind::primary_key ? " PRIMARY KEY" : " UNIQUE";
}

std::string constraint_text(const AlterTable& alter, const Constraint& constraint,
                            const std::string& name) {
    return "ALTER TABLE " + quoted(alter.table) + " ADD CONSTRAINT " + quoted(name) +
           kind_text(constraint) + " USING INDEX " + quoted(name) +
           (constraint.deferrable ? " DEFERRABLE" : "");
}

// USING INDEX is refused there, and an index of a constraint takes in those of constraints alone.
std::vector<std::string> on_each_partition(const AlterTable& alter, const Constraint& constraint,
                                           const std::string& name) {
    const std::string kind = kind_text(constraint);
    return {
        "on each partition: CREATE UNIQUE INDEX CONCURRENTLY, outside a transaction, then "
        "ALTER TABLE ... ADD CONSTRAINT ..." +
            kind + " USING INDEX it",
        "then ALTER TABLE ONLY " + quoted(alter.table) + " ADD CONSTRAINT " + quoted(name) + kind +
            (constraint.nulls_not_distinct ? " NULLS NOT DISTINCT" : "") + " (" +
            listed(constraint.columns) + "), which builds nothing",
        "and ALTER INDEX " + quoted(ObjectName{alter.table.schema, name, 0}) +
            " ATTACH PARTITION each of theirs"};
}

std::vector<std::string> built_first_help(const Situation& situation, const AlterTable& alter,
                                          const Constraint& constraint) {
    const std::string name = name_of(situation, alter, constraint);
    if (is_partitioned(situation, alter.table)) return on_each_partition(alter, constraint, name);
    return {index_text(alter, constraint, name) + ", outside a transaction",
            "then " + constraint_text(alter, constraint, name)};
}

// Only of what the statement says whole: INCLUDE, WITH and INITIALLY are not in it.
bool is_said_whole(const Situation& situation) {
    const auto words = bare_words(situation.statement.text);
    return std::none_of(words.begin(), words.end(), [](const std::string& word) {
        return word == "include" || word == "with" || word == "initially" || word == "tablespace" ||
               word == "overlaps";
    });
}

std::optional<Fix> built_first(const Situation& situation, const AlterTable& alter,
                               const Constraint& constraint) {
    if (!may_be_replaced(situation, alter) || alter.if_exists || alter.only ||
        is_partitioned(situation, alter.table) || !is_said_whole(situation))
        return std::nullopt;
    const std::string name = name_of(situation, alter, constraint);
    return Fix{"build the index without blocking writes, then make the constraint of it",
               {whole_replaced(situation.statement, index_text(alter, constraint, name) + ";\n" +
                                                        constraint_text(alter, constraint, name))}};
}

// The constraints that a change adds, those of its column with the column's name.
std::vector<Constraint> added(const TableChange& change) {
    if (change.kind == TableChangeKind::add_constraint) return {change.constraint};
    if (change.kind != TableChangeKind::add_column) return {};
    std::vector<Constraint> constraints = change.column.constraints;
    for (Constraint& each : constraints) each.columns = {change.name};
    return constraints;
}

// ONLY a partitioned table has none to build; or every partition has an equal one, whose index
// becomes a part of the new one.
bool builds_nothing(const Situation& situation, const AlterTable& alter,
                    const Constraint& constraint) {
    if (alter.only && is_partitioned(situation, alter.table)) return true;
    const KnownTable* table = situation.schema.table(alter.table);
    if (table == nullptr) return false;
    const KnownConstraint known = known_constraint(constraint);
    KnownIndex index = known_index(known);
    if (constraint.nulls_not_distinct) index.shape = "nulls not distinct;";
    return every_partition_has(situation.schema, *table, index, &known);
}

void unique_constraint_blocking(const Situation& situation, const AlterTable& alter,
                                const TableChange& change, Report& report) {
    for (const Constraint& constraint : added(change)) {
        if (constraint.kind != ConstraintKind::unique || !constraint.using_index.empty() ||
            builds_nothing(situation, alter, constraint))
            continue;
        Finding& finding =
            report.say("unique-constraint-blocking", situation.statement, constraint.begin,
                       "adding UNIQUE to " + quoted(alter.table) +
                           " builds its index while nobody can use the table");
        finding.table = alter.table;
        finding.help = built_first_help(situation, alter, constraint);
        if (change.kind == TableChangeKind::add_constraint)
            finding.fix = built_first(situation, alter, constraint);
        else
            finding.help.insert(finding.help.begin(), "add the column without UNIQUE, then");
    }
}

std::vector<std::string> nullable_of(const Situation& situation, const AlterTable& alter,
                                     std::vector<std::string> columns) {
    std::erase_if(columns, [&](const std::string& column) {
        return is_never_null(situation, alter.table, column, &alter);
    });
    return columns;
}

void primary_key_blocking(const Situation& situation, const AlterTable& alter,
                          const TableChange& change, Report& report) {
    for (const Constraint& constraint : added(change)) {
        if (constraint.kind != ConstraintKind::primary_key || !constraint.using_index.empty() ||
            builds_nothing(situation, alter, constraint))
            continue;
        Finding& finding =
            report.say("primary-key-blocking", situation.statement, constraint.begin,
                       "adding a primary key to " + quoted(alter.table) +
                           " builds its index, and looks for NULLs, while nobody can use the "
                           "table");
        finding.table = alter.table;
        finding.help = built_first_help(situation, alter, constraint);
        const auto nullable = nullable_of(situation, alter, constraint.columns);
        if (change.kind == TableChangeKind::add_column)
            finding.help.insert(finding.help.begin(),
                                "add the column nullable and fill it in batches, then");
        else if (nullable.empty())
            finding.fix = built_first(situation, alter, constraint);
        else
            finding.help.insert(finding.help.begin(), "first make " + listed(nullable) +
                                                          " NOT NULL by way of a validated CHECK");
    }
}

void primary_key_using_index_nullable(const Situation& situation, const AlterTable& alter,
                                      const TableChange& change, Report& report) {
    if (change.kind != TableChangeKind::add_constraint ||
        change.constraint.kind != ConstraintKind::primary_key ||
        change.constraint.using_index.empty())
        return;
    const KnownTable* table = situation.schema.table(alter.table);
    const KnownIndex* index =
        table == nullptr ? nullptr : table->index(change.constraint.using_index);
    const std::vector<std::string> columns =
        index == nullptr ? std::vector<std::string>{} : index->columns;
    if (!columns.empty() && nullable_of(situation, alter, columns).empty()) return;
    const std::string named = columns.empty() ? "the index's columns" : listed(columns);
    Finding& finding =
        report.say("primary-key-using-index-nullable", situation.statement, change.begin,
                   "unless " + named + " are NOT NULL already, every row of " +
                       quoted(alter.table) + " is read for NULLs while nobody can use it");
    finding.table = alter.table;
    finding.help = {"ALTER TABLE " + quoted(alter.table) +
                        " ADD CONSTRAINT ... CHECK (... IS NOT NULL) NOT VALID for " + named,
                    "VALIDATE CONSTRAINT it in another transaction, then SET NOT NULL, then add "
                    "the primary key"};
}

void exclusion_constraint(const Situation& situation, const AlterTable& alter,
                          const TableChange& change, Report& report) {
    for (const Constraint& constraint : added(change)) {
        if (constraint.kind != ConstraintKind::exclusion) continue;
        Finding& finding = report.say("exclusion-constraint", situation.statement, constraint.begin,
                                      "adding EXCLUDE to " + quoted(alter.table) +
                                          " builds its index while nobody can use the table");
        finding.table = alter.table;
        finding.help = {"PostgreSQL has no way to add it to a table with rows without that lock",
                        "make a new table that has it, copy the rows in batches, and swap the "
                        "names; or take a maintenance window"};
    }
}

}  // namespace

std::vector<Rule> key_rules() {
    return {
        {"unique-constraint-blocking", Bucket::hazard,
         "The index of a new UNIQUE constraint is built while nobody can use the table.",
         "ACCESS EXCLUSIVE", each_change<unique_constraint_blocking>},
        {"primary-key-blocking", Bucket::hazard,
         "The index of a new primary key is built while nobody can use the table.",
         "ACCESS EXCLUSIVE", each_change<primary_key_blocking>},
        {"primary-key-using-index-nullable", Bucket::hazard,
         "A primary key made of an index over nullable columns has every row read for NULLs.",
         "ACCESS EXCLUSIVE", each_change<primary_key_using_index_nullable>},
        {"exclusion-constraint", Bucket::hazard,
         "The index of a new exclusion constraint is built while nobody can use the table.",
         "ACCESS EXCLUSIVE", each_change<exclusion_constraint>},
    };
}

}  // namespace migrations::rules
