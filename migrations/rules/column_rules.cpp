#include "migrations/rules/new_column.hpp"
#include "migrations/rules/rule.hpp"
#include "migrations/rules/table_changes.hpp"
#include "migrations/rules/volatility.hpp"

#include <algorithm>
#include <array>

namespace migrations::rules {

using sql::AlterTable;
using sql::Constraint;
using sql::ConstraintKind;
using sql::TableChange;
using sql::TableChangeKind;

namespace {

constexpr std::uint32_t default_without_rewrite_since = 11;

std::string column_text(const AlterTable& alter, const TableChange& change) {
    return quoted(alter.table) + "." + quoted(change.name);
}

Finding& say_rewrite(std::string_view rule, const Situation& situation, const AlterTable& alter,
                     const TableChange& change, const std::string& because, Report& report) {
    Finding& finding =
        report.say(rule, situation.statement, change.begin,
                   "adding " + column_text(alter, change) + because +
                       " rewrites every row and index while nobody can use the table");
    finding.table = alter.table;
    return finding;
}

// Of an attribute: a table OF a type has no column of its own.
std::optional<std::vector<std::string>> freed_first(const AlterTable& alter) {
    if (alter.object != sql::ObjectKind::type) return std::nullopt;
    return {{"ALTER TABLE " + quoted(alter.table) +
                 " NOT OF, then the column as of any other table, filled in batches",
             "ALTER TYPE ... ADD ATTRIBUTE, then ALTER TABLE " + quoted(alter.table) +
                 " OF the type again"}};
}

std::vector<std::string> filled_later(const AlterTable& alter, const TableChange& change,
                                      const std::string& type) {
    if (auto freed = freed_first(alter)) return *std::move(freed);
    return {alter_text(alter) + " ADD COLUMN " + quoted(change.name) + " " + type,
            alter_text(alter) + " ALTER COLUMN " + quoted(change.name) + " SET DEFAULT ...",
            "fill the rows that are there in batches, outside this transaction"};
}

void add_column_volatile_default(const Situation& situation, const AlterTable& alter,
                                 const TableChange& change, Report& report) {
    if (change.kind != TableChangeKind::add_column) return;
    const sql::Expression* value = value_of(situation, change.column);
    if (value == nullptr) return;
    const auto function = volatile_function(*value, situation.schema);
    if (!function) return;
    const bool is_sure = volatility_of(*function, situation.schema).has_value();
    Finding& finding =
        say_rewrite("add-column-volatile-default", situation, alter, change,
                    " with a value that " + *function +
                        (is_sure ? "() makes anew for each row"
                                 : "() makes, VOLATILE unless it is declared otherwise,"),
                    report);
    finding.help = filled_later(alter, change, to_text(change.column.type));
}

void add_column_default_rewrite_pre11(const Situation& situation, const AlterTable& alter,
                                      const TableChange& change, Report& report) {
    if (change.kind != TableChangeKind::add_column ||
        situation.server_has(default_without_rewrite_since) ||
        value_of(situation, change.column) == nullptr)
        return;
    say_rewrite("add-column-default-rewrite-pre11", situation, alter, change,
                " with a default, before PostgreSQL 11,", report)
        .help = filled_later(alter, change, to_text(change.column.type));
}

void add_column_constant_default(const Situation& situation, const AlterTable& alter,
                                 const TableChange& change, Report& report) {
    if (change.kind != TableChangeKind::add_column ||
        !situation.server_has(default_without_rewrite_since))
        return;
    const sql::Expression* value = value_of(situation, change.column);
    if (value == nullptr || volatile_function(*value, situation.schema)) return;
    Finding& finding = report.say(
        "add-column-constant-default", situation.statement, change.begin,
        "adding " + column_text(alter, change) +
            " with one value for every row keeps the rows as they are; the lock is short");
    finding.table = alter.table;
    finding.help = {"SET lock_timeout, so that it does not queue behind a long transaction"};
}

void add_column_serial(const Situation& situation, const AlterTable& alter,
                       const TableChange& change, Report& report) {
    if (change.kind != TableChangeKind::add_column || !is_serial(change.column.type)) return;
    const std::string& serial = change.column.type.name;
    const char* type = serial.starts_with("big") || serial == "serial8"     ? "bigint"
                       : serial.starts_with("small") || serial == "serial2" ? "smallint"
                                                                            : "integer";
    Finding& finding =
        say_rewrite("add-column-serial", situation, alter, change, " as " + serial, report);
    finding.help = filled_later(alter, change, type);
    const std::string sequence = alter.table.name + "_" + change.name + "_seq";
    finding.help.insert(finding.help.begin(),
                        "CREATE SEQUENCE " + quoted(ObjectName{alter.table.schema, sequence, 0}) +
                            ", whose nextval() is the default");
}

void add_column_identity(const Situation& situation, const AlterTable& alter,
                         const TableChange& change, Report& report) {
    if (change.kind != TableChangeKind::add_column ||
        part(change.column, ConstraintKind::identity) == nullptr)
        return;
    say_rewrite("add-column-identity", situation, alter, change, " as an identity", report).help = {
        alter_text(alter) + " ADD COLUMN " + quoted(change.name) + " " +
            to_text(change.column.type),
        "fill it in batches, make it NOT NULL by way of a validated CHECK",
        "then " + alter_text(alter) + " ALTER COLUMN " + quoted(change.name) +
            " ADD GENERATED BY DEFAULT AS IDENTITY, which touches no row"};
}

void add_column_generated_stored(const Situation& situation, const AlterTable& alter,
                                 const TableChange& change, Report& report) {
    if (change.kind != TableChangeKind::add_column ||
        part(change.column, ConstraintKind::generated) == nullptr)
        return;
    say_rewrite("add-column-generated-stored", situation, alter, change,
                " as a stored generated column", report)
        .help = {alter_text(alter) + " ADD COLUMN " + quoted(change.name) + " " +
                     to_text(change.column.type) + ", filled by a trigger and in batches",
                 "or compute it in a view"};
}

void add_column_domain_rewrite(const Situation& situation, const AlterTable& alter,
                               const TableChange& change, Report& report) {
    if (change.kind != TableChangeKind::add_column) return;
    const KnownDomain* domain = domain_of(situation, change.column.type);
    if (domain == nullptr || !situation.schema.has_constraints(*domain)) return;
    Finding& finding =
        say_rewrite("add-column-domain-rewrite", situation, alter, change,
                    " of the domain " + quoted(domain->name) + ", which has constraints,", report);
    auto freed = freed_first(alter);
    finding.help = freed ? *std::move(freed)
                         : std::vector<std::string>{
                               alter_text(alter) + " ADD COLUMN " + quoted(change.name) + " " +
                                   to_text(domain->type),
                               alter_text(alter) +
                                   " ADD CONSTRAINT ... CHECK (...) NOT VALID with what the "
                                   "domain asks for, then VALIDATE it"};
}

// Of what is there already, or comes with it: columns that must have a value in every row.
std::vector<std::string> asked_of_every_row(const Situation& situation, const AlterTable& alter,
                                            const TableChange& change) {
    const bool is_null = change.kind == TableChangeKind::set_not_null;
    if (is_null && !is_never_null(situation, alter.table, change.name, &alter))
        return {change.name};
    const Constraint& added = change.constraint;
    if (change.kind == TableChangeKind::add_constraint) {
        if (added.kind == ConstraintKind::primary_key) return added.columns;
        if (added.kind == ConstraintKind::check && !added.not_valid)
            return added.expression.not_null_columns;
    }
    const KnownTable* table = situation.schema.table(alter.table);
    if (change.kind != TableChangeKind::validate_constraint || table == nullptr) return {};
    const KnownConstraint* known = table->constraint(change.name);
    return known == nullptr ? std::vector<std::string>{} : known->not_null_columns;
}

void say_still_null(const Situation& situation, const AlterTable& alter, const TableChange& change,
                    Report& report) {
    for (const std::string& column : asked_of_every_row(situation, alter, change)) {
        if (!is_null_in_every_row(situation, alter, column)) continue;
        Finding& finding =
            report.say("add-column-not-null-no-default", situation.statement, change.begin,
                       quoted(alter.table) + "." + quoted(column) +
                           ", which this script has added, is NULL in every row: this fails when "
                           "the table has one");
        finding.table = alter.table;
        finding.help = {"add " + quoted(column) + " with a DEFAULT (a constant)",
                        "or fill it in batches before this"};
        return;
    }
}

void add_column_not_null_no_default(const Situation& situation, const AlterTable& alter,
                                    const TableChange& change, Report& report) {
    say_still_null(situation, alter, change, report);
    if (change.kind != TableChangeKind::add_column ||
        (part(change.column, ConstraintKind::not_null) == nullptr &&
         part(change.column, ConstraintKind::primary_key) == nullptr) ||
        part(change.column, ConstraintKind::generated) != nullptr ||
        part(change.column, ConstraintKind::identity) != nullptr || is_serial(change.column.type) ||
        value_of(situation, change.column) != nullptr)
        return;
    Finding& finding =
        report.say("add-column-not-null-no-default", situation.statement, change.begin,
                   column_text(alter, change) +
                       " is NOT NULL and has no default: this fails when the table has a row, and "
                       "what runs now cannot insert any more");
    finding.table = alter.table;
    finding.help = {alter_text(alter) + " ADD COLUMN " + quoted(change.name) + " " +
                        to_text(change.column.type) + " NOT NULL DEFAULT ... (a constant)",
                    "or add it nullable, fill it in batches, then SET NOT NULL by way of a "
                    "validated CHECK"};
}

// Who asks, not when: CURRENT_USER is the same for a whole session.
bool differs_by_time(const std::string& function, const Schema& schema) {
    constexpr std::array<std::string_view, 8> of_time{
        "now",       "current_timestamp", "current_date",        "current_time",
        "localtime", "localtimestamp",    "statement_timestamp", "transaction_timestamp"};
    return std::find(of_time.begin(), of_time.end(), function) != of_time.end() ||
           volatility_of(function, schema) == 'v';
}

void set_default_volatile(const Situation& situation, const AlterTable& alter,
                          const TableChange& change, Report& report) {
    if (change.kind != TableChangeKind::set_default) return;
    for (const std::string& function : change.expression.functions) {
        if (!differs_by_time(function, situation.schema)) continue;
        Finding& finding = report.say(
            "set-default-volatile", situation.statement, change.expression.begin,
            "rows that are in " + quoted(alter.table) + " keep their value; new ones get what " +
                function + " gives when they are inserted");
        finding.table = alter.table;
        finding.help = {"fill the rows that are there in batches where that is meant"};
        return;
    }
}

void say_check(const Situation& situation, const Constraint& constraint, Report& report) {
    if (constraint.kind != ConstraintKind::check) return;
    for (const std::string& function : constraint.expression.functions) {
        if (!differs_by_time(function, situation.schema)) continue;
        report
            .say("volatile-check", situation.statement, constraint.begin,
                 "a CHECK with " + function +
                     " holds when a row is written and may not hold later: a dump of such rows "
                     "cannot be restored")
            .help = {
            "compare columns with each other or with constants; what depends on the time "
            "belongs in a trigger or in the program"};
        return;
    }
}

void volatile_check(const Situation& situation, Report& report) {
    if (const auto* create = situation.does<sql::CreateTable>()) {
        for (const Constraint& each : create->constraints) say_check(situation, each, report);
        for (const sql::Column& column : create->columns)
            for (const Constraint& each : column.constraints) say_check(situation, each, report);
    }
    if (const auto* create = situation.does<sql::CreateDomain>())
        for (const Constraint& each : create->constraints) say_check(situation, each, report);
    if (const auto* alter = situation.does<sql::AlterDomain>())
        say_check(situation, alter->constraint, report);
    if (const auto* alter = situation.does<AlterTable>())
        for (const TableChange& change : alter->changes) {
            if (change.kind == TableChangeKind::add_constraint)
                say_check(situation, change.constraint, report);
            for (const Constraint& each : change.column.constraints)
                say_check(situation, each, report);
        }
}

// ALTER TYPE ... ADD ATTRIBUTE ... CASCADE adds a column to each table OF the type.
template <CheckChange check>
void each_new_column(const Situation& situation, Report& report) {
    each_change<check>(situation, report);
    const auto* alter = situation.does<AlterTable>();
    if (alter == nullptr || alter->object != sql::ObjectKind::type) return;
    for (const KnownTable* table : tables_of(situation.schema, alter->table)) {
        if (!is_seen(situation, table->name)) continue;
        AlterTable reached = *alter;
        reached.table = table->name;
        for (const TableChange& change : alter->changes)
            if (change.cascade) check(situation, reached, change, report);
    }
}

constexpr std::string_view rewriting = "ACCESS EXCLUSIVE, for a rewrite of the table";

}  // namespace

std::vector<Rule> column_rules() {
    return {
        {"add-column-volatile-default", Bucket::hazard,
         "A default that differs from row to row has the whole table rewritten.", rewriting,
         each_new_column<add_column_volatile_default>},
        {"add-column-default-rewrite-pre11", Bucket::hazard,
         "Before PostgreSQL 11 a new column with any default has the whole table rewritten.",
         rewriting, each_new_column<add_column_default_rewrite_pre11>},
        {"add-column-constant-default", Bucket::advisory,
         "A new column with one value for all rows is quick since PostgreSQL 11.",
         "ACCESS EXCLUSIVE, shortly", each_change<add_column_constant_default>},
        {"add-column-serial", Bucket::hazard,
         "A new serial column numbers every row: the whole table is rewritten.", rewriting,
         each_change<add_column_serial>},
        {"add-column-identity", Bucket::hazard,
         "A new identity column numbers every row: the whole table is rewritten.", rewriting,
         each_change<add_column_identity>},
        {"add-column-generated-stored", Bucket::hazard,
         "A new stored generated column is computed for every row: the whole table is rewritten.",
         rewriting, each_change<add_column_generated_stored>},
        {"add-column-domain-rewrite", Bucket::hazard,
         "A new column of a domain with constraints has the whole table rewritten, default or "
         "none.",
         rewriting, each_new_column<add_column_domain_rewrite>},
        {"add-column-not-null-no-default", Bucket::hazard,
         "A new NOT NULL column without a value fails as soon as there is one row.", "",
         each_change<add_column_not_null_no_default, true>},
        {"set-default-volatile", Bucket::advisory,
         "A new default is for new rows; those that are there keep what they have.", "",
         each_change<set_default_volatile>},
        {"volatile-check", Bucket::advisory,
         "A CHECK is trusted to stay true; with such a function it need not.", "", volatile_check},
    };
}

}  // namespace migrations::rules
