#include "migrations/rules/alike.hpp"
#include "migrations/rules/locks.hpp"
#include "migrations/rules/new_column.hpp"
#include "migrations/rules/rule.hpp"
#include "migrations/rules/table_changes.hpp"

#include <algorithm>

namespace migrations::rules {

using sql::AlterTable;
using sql::ConstraintKind;
using sql::TableChange;
using sql::TableChangeKind;

namespace {

constexpr std::uint32_t unchecked_key_of_partitioned_since = 18;

// NOT VALID behind the constraint, and a statement of its own that checks the rows.
std::optional<Fix> checked_later(const Situation& situation, const AlterTable& alter,
                                 const TableChange& change) {
    if (!may_become_several(situation) || change.begin == 0) return std::nullopt;
    const Judged& statement = situation.statement;
    const std::size_t end = end_of_item(statement, change.begin);
    const std::string name = quoted(name_of(situation, alter, change.constraint));
    TextEdit check =
        appended(statement, ";\n" + alter_text(alter) + " VALIDATE CONSTRAINT " + name);
    const std::string title =
        "add it without looking at the rows, and check them under a weaker "
        "lock";
    Fix fix{title, {}};
    const std::size_t begin = statement.begin + change.begin;
    if (change.constraint.name.empty())
        fix.edits.push_back({begin, begin, "CONSTRAINT " + name + " "});
    if (check.begin == end)
        check.text.insert(0, " NOT VALID");
    else
        fix.edits.push_back({end, end, " NOT VALID"});
    fix.edits.push_back(std::move(check));
    return fix;
}

std::vector<std::string> checked_later_help(const Situation& situation, const AlterTable& alter,
                                            const sql::Constraint& constraint) {
    const std::string name = quoted(name_of(situation, alter, constraint));
    const std::string kind =
        constraint.kind == ConstraintKind::check ? " CHECK (...)" : " FOREIGN KEY ...";
    return {alter_text(alter) + " ADD CONSTRAINT " + name + kind + " NOT VALID",
            "then, in another transaction: " + alter_text(alter) + " VALIDATE CONSTRAINT " + name};
}

void say_foreign_key(const Situation& situation, const AlterTable& alter, const TableChange& change,
                     const sql::Constraint& constraint, Report& report) {
    // The rows of a table that nobody sees are read under a lock on the other.
    if (!is_seen(situation, alter.table) && !is_seen(situation, constraint.references)) return;
    const KnownTable* table = situation.schema.table(alter.table);
    if (table != nullptr &&
        every_partition_has(situation.schema, *table, known_constraint(constraint)))
        return;
    Finding& finding = report.say("fk-add-validating", situation.statement, constraint.begin,
                                  "adding a foreign key to " + quoted(alter.table) +
                                      " checks every row while writes to it and to " +
                                      quoted(constraint.references) + " wait");
    finding.table = alter.table;
    if (change.kind == TableChangeKind::add_column) {
        const auto later = checked_later_help(situation, alter, constraint);
        finding.help = {"add the column without REFERENCES first"};
        finding.help.push_back("then " + later.front());
        finding.help.insert(finding.help.end(), later.begin() + 1, later.end());
        return;
    }
    if (is_partitioned(situation, alter.table) &&
        !situation.server_has(unchecked_key_of_partitioned_since)) {
        finding.help = {
            "before PostgreSQL 18 a partitioned table cannot have it NOT VALID: add it "
            "to each partition so, validate each, then add it to " +
            quoted(alter.table)};
        return;
    }
    finding.help = checked_later_help(situation, alter, constraint);
    finding.fix = checked_later(situation, alter, change);
}

bool has_value(const sql::Column& column) {
    return std::any_of(
        column.constraints.begin(), column.constraints.end(), [](const sql::Constraint& each) {
            return (each.kind == ConstraintKind::default_value && !each.expression.is_null) ||
                   each.kind == ConstraintKind::generated || each.kind == ConstraintKind::identity;
        });
}

// Without a DEFAULT every row refers to nothing, and PostgreSQL does not look; with one it does, be
// it NULL.
bool is_given_default(const sql::Column& column) {
    return is_serial(column.type) || has_value(column) ||
           std::any_of(column.constraints.begin(), column.constraints.end(),
                       [](const auto& each) { return each.kind == ConstraintKind::default_value; });
}

// Of what a VALIDATE CONSTRAINT is about, where the same transaction has added it.
std::optional<ConstraintKind> added_here(const Situation& situation, const AlterTable& alter,
                                         const TableChange& change) {
    if (change.kind != TableChangeKind::validate_constraint) return std::nullopt;
    for (const TableChange& other : alter.changes)
        if (other.kind == TableChangeKind::add_constraint && other.constraint.not_valid &&
            name_of(situation, alter, other.constraint) == change.name)
            return other.constraint.kind;
    const KnownTable* known = situation.schema.table(alter.table);
    const KnownConstraint* constraint = known == nullptr ? nullptr : known->constraint(change.name);
    const bool is_of_transaction =
        constraint != nullptr && !constraint->validated && constraint->origin == Origin::script &&
        constraint->transaction != 0 && constraint->transaction == situation.session.transaction;
    return is_of_transaction ? std::optional{constraint->kind} : std::nullopt;
}

// NOT VALID spares nothing where the rows are checked before the transaction ends.
void say_validated_at_once(std::string_view rule, const Situation& situation,
                           const AlterTable& alter, const TableChange& change, Report& report) {
    Finding& finding = report.say(
        rule, situation.statement, change.begin,
        "every row of " + quoted(alter.table) + " is checked for " + quoted(change.name) +
            " under the lock that adding it took, as if it had been added without NOT "
            "VALID");
    finding.table = alter.table;
    finding.help = {"commit between ADD CONSTRAINT ... NOT VALID and VALIDATE CONSTRAINT"};
}

void fk_add_validating(const Situation& situation, const AlterTable& alter,
                       const TableChange& change, Report& report) {
    if (added_here(situation, alter, change) == ConstraintKind::foreign_key)
        say_validated_at_once("fk-add-validating", situation, alter, change, report);
    if (change.kind == TableChangeKind::add_constraint &&
        change.constraint.kind == ConstraintKind::foreign_key && !change.constraint.not_valid)
        say_foreign_key(situation, alter, change, change.constraint, report);
    if (change.kind != TableChangeKind::add_column || !is_given_default(change.column)) return;
    for (sql::Constraint constraint : change.column.constraints) {
        if (constraint.kind != ConstraintKind::foreign_key) continue;
        constraint.columns = {change.name};
        say_foreign_key(situation, alter, change, constraint, report);
    }
}

void say_check(const Situation& situation, const AlterTable& alter, const TableChange& change,
               const sql::Constraint& constraint, Report& report) {
    Finding& finding = report.say(
        "check-add-validating", situation.statement, constraint.begin,
        "adding a CHECK to " + quoted(alter.table) + " reads every row while nobody can use it");
    finding.table = alter.table;
    finding.help = checked_later_help(situation, alter, constraint);
    if (change.kind == TableChangeKind::add_column)
        finding.help.insert(
            finding.help.begin(),
            alter_text(alter) + " ADD COLUMN " + quoted(change.name) + " without the CHECK, then");
    else
        finding.fix = checked_later(situation, alter, change);
}

// The first row ends it, whichever way it is added.
bool asks_for_missing_value(const Situation& situation, const AlterTable& alter,
                            const sql::Constraint& constraint) {
    const auto& columns = constraint.expression.not_null_columns;
    return std::any_of(columns.begin(), columns.end(), [&](const std::string& column) {
        return is_null_in_every_row(situation, alter, column);
    });
}

void check_add_validating(const Situation& situation, const AlterTable& alter,
                          const TableChange& change, Report& report) {
    if (added_here(situation, alter, change) == ConstraintKind::check)
        say_validated_at_once("check-add-validating", situation, alter, change, report);
    if (change.kind == TableChangeKind::add_constraint &&
        change.constraint.kind == ConstraintKind::check && !change.constraint.not_valid &&
        !asks_for_missing_value(situation, alter, change.constraint))
        say_check(situation, alter, change, change.constraint, report);
    if (change.kind != TableChangeKind::add_column) return;
    for (const sql::Constraint& constraint : change.column.constraints)
        if (constraint.kind == ConstraintKind::check)
            say_check(situation, alter, change, constraint, report);
}

// One statement takes the strongest lock that any of its changes needs, and for all of them.
void validate_under_stronger(const Situation& situation, const AlterTable& alter,
                             const TableChange& change, Report& report) {
    const bool is_stronger = std::any_of(
        alter.changes.begin(), alter.changes.end(),
        [](const TableChange& each) { return lock_of(each) > LockMode::share_update_exclusive; });
    if (change.kind != TableChangeKind::validate_constraint || !is_stronger ||
        situation.schema.is_new(alter.table))
        return;
    Finding& finding =
        report.say("constraint-validate-same-tx", situation.statement, change.begin,
                   "VALIDATE CONSTRAINT " + quoted(change.name) + " reads every row of " +
                       quoted(alter.table) +
                       " under the stronger lock of another change in the same statement");
    finding.table = alter.table;
    finding.help = {"validate it in a statement of its own, in a transaction of its own"};
}

void constraint_validate_same_tx(const Situation& situation, const AlterTable& alter,
                                 const TableChange& change, Report& report) {
    if (!added_here(situation, alter, change))
        return validate_under_stronger(situation, alter, change, report);
    Finding& finding =
        report.say("constraint-validate-same-tx", situation.statement, change.begin,
                   "VALIDATE CONSTRAINT " + quoted(change.name) +
                       " runs in the transaction that added it: the strong lock on " +
                       quoted(alter.table) + " is held while every row is read");
    finding.table = alter.table;
    finding.help = {"commit after ADD CONSTRAINT ... NOT VALID; " + alter_text(alter) +
                    " VALIDATE CONSTRAINT " + quoted(change.name) + " in the next transaction"};
}

// Of a table alone, where others inherit: a CHECK that they would have to have is refused.
std::string alone(const Situation& situation, const AlterTable& alter) {
    return alter.only && !all_below(situation.schema, alter.table).empty() ? " NO INHERIT" : "";
}

std::optional<Fix> proven_first(const Situation& situation, const AlterTable& alter,
                                const TableChange& change, const std::string& proof) {
    if (!may_be_replaced(situation, alter) || !situation.server_has(12)) return std::nullopt;
    const std::string table = alter_text(alter);
    return Fix{"prove it by a CHECK that is validated under a weaker lock",
               {whole_replaced(situation.statement,
                               table + " ADD CONSTRAINT " + proof + " CHECK (" +
                                   quoted(change.name) + " IS NOT NULL)" + alone(situation, alter) +
                                   " NOT VALID;\n" + table + " VALIDATE CONSTRAINT " + proof +
                                   ";\n" + table + " ALTER COLUMN " + quoted(change.name) +
                                   " SET NOT NULL;\n" + table + " DROP CONSTRAINT " + proof)}};
}

std::string proof_name(const Situation& situation, const AlterTable& alter,
                       const std::string& column) {
    const KnownTable* table = situation.schema.table(alter.table);
    const std::string base = alter.table.name + "_" + column + "_not_null";
    std::string name = base;
    for (int number = 1; table != nullptr && table->has_part(name); ++number)
        name = base + std::to_string(number);
    return quoted(name);
}

void set_not_null_scan(const Situation& situation, const AlterTable& alter,
                       const TableChange& change, Report& report) {
    if (change.kind != TableChangeKind::set_not_null ||
        is_never_null(situation, alter.table, change.name, &alter) ||
        is_null_in_every_row(situation, alter, change.name))
        return;
    const std::string proof = proof_name(situation, alter, change.name);
    Finding& finding =
        report.say("set-not-null-scan", situation.statement, change.begin,
                   "SET NOT NULL on " + quoted(alter.table) + "." + quoted(change.name) +
                       " reads every row while nobody can use the table");
    finding.table = alter.table;
    finding.help = {
        alter_text(alter) + " ADD CONSTRAINT " + proof + " CHECK (" + quoted(change.name) +
            " IS NOT NULL)" + alone(situation, alter) + " NOT VALID",
        "in another transaction: " + alter_text(alter) + " VALIDATE CONSTRAINT " + proof};
    if (situation.server_has(12))
        finding.help.push_back(
            "then SET NOT NULL needs no scan, and the CHECK can be dropped in a "
            "statement after it");
    finding.fix = proven_first(situation, alter, change, proof);
}

bool is_added_without_value(const Situation& situation, const AlterTable& alter,
                            const std::string& column) {
    const auto adds = [&](const AlterTable& each) {
        return key_of(each.table) == key_of(alter.table) &&
               std::any_of(each.changes.begin(), each.changes.end(), [&](const TableChange& other) {
                   return other.kind == TableChangeKind::add_column && other.name == column;
               });
    };
    if (std::any_of(alter.changes.begin(), alter.changes.end(), [&](const TableChange& other) {
            return other.kind == TableChangeKind::set_default && other.name == column;
        }))
        return false;
    for (const TableChange& other : alter.changes)
        if (other.kind == TableChangeKind::add_column && other.name == column)
            return !has_value(other.column) && !is_serial(other.column.type);
    const KnownTable* known = situation.schema.table(alter.table);
    const KnownColumn* found = known == nullptr ? nullptr : known->column(column);
    if (found == nullptr || found->has_default || found->identity || found->generated) return false;
    return std::any_of(situation.before.begin(), situation.before.end(), [&](const Judged& each) {
        const auto* earlier = std::get_if<AlterTable>(&each.action);
        return earlier != nullptr && adds(*earlier);
    });
}

void constraint_add_breaks_writers(const Situation& situation, const AlterTable& alter,
                                   const TableChange& change, Report& report) {
    std::vector<std::string> columns;
    if (change.kind == TableChangeKind::set_not_null) columns = {change.name};
    if (change.kind == TableChangeKind::add_constraint &&
        change.constraint.kind == ConstraintKind::check)
        columns = change.constraint.expression.not_null_columns;
    for (const std::string& column : columns) {
        if (!is_added_without_value(situation, alter, column)) continue;
        Finding& finding =
            report.say("constraint-add-breaks-writers", situation.statement, change.begin,
                       "what runs now does not know " + quoted(alter.table) + "." + quoted(column) +
                           ", which this script has added: its inserts fail from here on");
        finding.table = alter.table;
        finding.help = {alter_text(alter) + " ALTER COLUMN " + quoted(column) +
                            " SET DEFAULT ... before the constraint",
                        "or add the constraint one release after the code that fills the column"};
    }
}

}  // namespace

std::vector<Rule> constraint_rules() {
    return {
        {"fk-add-validating", Bucket::hazard,
         "A new foreign key is checked against every row while writes to both tables wait.",
         "SHARE ROW EXCLUSIVE on both tables", each_change<fk_add_validating, true>},
        {"check-add-validating", Bucket::hazard,
         "A new CHECK is tested on every row while nobody can use the table.", "ACCESS EXCLUSIVE",
         each_change<check_add_validating>},
        {"constraint-validate-same-tx", Bucket::hazard,
         "Validating in the transaction that added the constraint keeps its strong lock for the "
         "whole scan.",
         "that of ADD CONSTRAINT", each_change<constraint_validate_same_tx>},
        {"set-not-null-scan", Bucket::hazard,
         "SET NOT NULL looks for a NULL in every row while nobody can use the table.",
         "ACCESS EXCLUSIVE", each_change<set_not_null_scan>},
        {"constraint-add-breaks-writers", Bucket::hazard,
         "Code that runs now cannot fill a column that this script has just added.", "",
         each_change<constraint_add_breaks_writers>},
    };
}

}  // namespace migrations::rules
