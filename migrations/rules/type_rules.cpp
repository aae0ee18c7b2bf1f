#include "migrations/rules/new_column.hpp"
#include "migrations/rules/rule.hpp"
#include "migrations/rules/table_changes.hpp"
#include "migrations/rules/type_change.hpp"
#include "migrations/rules/weight.hpp"

#include <algorithm>

namespace migrations::rules {

using sql::AlterTable;
using sql::TableChange;
using sql::TableChangeKind;

namespace {

constexpr std::uint32_t utc_spares_rewrite_since = 12;

// What a column's values are stored as: what is below its domain.
sql::TypeName stored_type(const Situation& situation, const sql::TypeName& type) {
    const KnownDomain* domain = situation.schema.domain({type.schema, type.name, 0});
    return domain == nullptr || type.array_dimensions > 0 ? type : domain->type;
}

// A column of a domain has no length of its own, whatever the domain has.
sql::TypeName type_of(const Situation& situation, const KnownColumn& column) {
    sql::TypeName type = stored_type(situation, column.type);
    if (!(type == column.type)) type.modifiers.clear();
    return type;
}

bool is_constrained(const Situation& situation, const sql::TypeName& type) {
    const KnownDomain* domain = situation.schema.domain({type.schema, type.name, 0});
    return domain != nullptr && situation.schema.has_constraints(*domain) &&
           type.array_dimensions == 0;
}

bool is_utc(const Situation& situation) {
    const Setting* setting = situation.session.setting("timezone");
    if (setting == nullptr || !situation.server_has(utc_spares_rewrite_since)) return false;
    std::string zone = setting->value;
    std::transform(zone.begin(), zone.end(), zone.begin(), [](char each) {
        return each >= 'A' && each <= 'Z' ? static_cast<char>(each | 0x20) : each;
    });
    return zone == "utc" || zone == "etc/utc" || zone == "gmt" || zone == "0";
}

// USING c, USING c::newtype: what is done without a USING.
bool converts_as_usual(const TableChange& change) {
    const sql::Expression& with = change.expression;
    if (!with.is_there) return true;
    return with.is_column && with.columns == std::vector<std::string>{change.name} &&
           std::all_of(with.casts.begin(), with.casts.end(),
                       [&](const sql::TypeName& cast) { return cast == change.column.type; });
}

TypeChangeCost cost_for(const Situation& situation, const TableChange& change,
                        const KnownColumn& column) {
    if (!converts_as_usual(change)) return TypeChangeCost::rewrite;
    const sql::TypeName& to = change.column.type;
    if (column.type == to) return TypeChangeCost::none;
    if (is_constrained(situation, to)) return TypeChangeCost::rewrite;
    return cost_of(
        TypeChange{type_of(situation, column), stored_type(situation, to), is_utc(situation)});
}

// What is in INCLUDE alone has no order, and its index stays.
bool has_index_over(const KnownTable& table, const std::string& column) {
    return !table.is_complete ||
           std::any_of(table.indexes.begin(), table.indexes.end(),
                       [&](const KnownIndex& index) { return contains(index.columns, column); });
}

// An index with an expression or a WHERE is built anew whatever the types are, be they the same,
// and wherever in it the column is.
bool has_expression_over(const KnownTable& table, const std::string& column) {
    return std::any_of(table.indexes.begin(), table.indexes.end(), [&](const KnownIndex& index) {
        return (index.partial || contains(index.columns, "")) &&
               (contains(index.columns, column) || contains(index.mentions, column));
    });
}

// A GIN index keeps an array's elements, which the server takes for another type than the column's:
// it is built anew even where the type stays as it is. One with a class of its own is not.
bool keeps_elements(const KnownTable& table, const KnownIndex& index) {
    if (!index.shape.starts_with("using gin;")) return false;
    for (std::size_t at = 0; at < index.columns.size(); ++at) {
        const KnownColumn* column = table.column(index.columns[at]);
        if (column == nullptr || column->type.array_dimensions == 0) continue;
        const std::string its_class = ";" + std::to_string(at) + " class ";
        if (index.shape.find(its_class) == std::string::npos ||
            index.shape.find(its_class + "array_ops;") != std::string::npos)
            return true;
    }
    return false;
}

bool has_index_of_elements_over(const KnownTable& table, const std::string& column) {
    return std::any_of(table.indexes.begin(), table.indexes.end(), [&](const KnownIndex& index) {
        return keeps_elements(table, index) &&
               (contains(index.columns, column) || contains(index.mentions, column));
    });
}

// The server keeps an index's file where a plain table's column gets a type that is stored alike.
// Each partition's part of a partitioned table's index is built anew, wherever in it the column is.
bool has_partitioned_index_over(const KnownTable& table, const std::string& column) {
    return table.partition_by != 0 &&
           std::any_of(table.indexes.begin(), table.indexes.end(), [&](const KnownIndex& index) {
               return contains(index.columns, column) || contains(index.mentions, column);
           });
}

// Tested again whatever the types are, unless it was never said to hold.
bool has_check_over(const KnownTable& table, const std::string& column) {
    return std::any_of(table.constraints.begin(), table.constraints.end(),
                       [&](const KnownConstraint& constraint) {
                           return constraint.kind == sql::ConstraintKind::check &&
                                  constraint.validated && contains(constraint.mentions, column);
                       });
}

// What it costs, as the end of a sentence; nothing where it is free.
std::optional<std::string> cost_text(const Situation& situation, const AlterTable& alter,
                                     const TableChange& change) {
    const std::string rewrites = "rewrites every row and index";
    const KnownTable* table = situation.schema.table(alter.table);
    const KnownColumn* column = table == nullptr ? nullptr : table->column(change.name);
    if (column == nullptr) return rewrites + ", unless its old type reads the same bytes,";
    const TypeChangeCost cost = cost_for(situation, change, *column);
    if (cost == TypeChangeCost::rewrite) return rewrites;
    if ((cost == TypeChangeCost::index_rebuild && has_index_over(*table, change.name)) ||
        has_index_of_elements_over(*table, change.name))
        return "builds the column's indexes anew";
    if (has_partitioned_index_over(*table, change.name))
        return "builds the column's indexes anew in every partition";
    if (has_expression_over(*table, change.name))
        return "builds the indexes with it that have a WHERE or an expression anew";
    if (has_check_over(*table, change.name)) return "tests the CHECKs over it on every row";
    return std::nullopt;
}

// What it costs in a partition, or in a table that inherits, with what that has by itself.
std::optional<std::string> cost_below(const Situation& situation, const AlterTable& alter,
                                      const TableChange& change) {
    if (alter.only) return std::nullopt;
    for (const KnownTable* each : all_below(situation.schema, alter.table)) {
        if (each->column(change.name) == nullptr) continue;
        AlterTable below = alter;
        below.table = each->name;
        if (const auto cost = cost_text(situation, below, change))
            return *cost + " in " + quoted(each->name);
    }
    return std::nullopt;
}

std::vector<std::string> expand_and_contract(const AlterTable& alter, const TableChange& change) {
    const std::string table = "ALTER TABLE " + quoted(alter.table);
    const std::string fresh = quoted(change.name + "_new");
    return {table + " ADD COLUMN " + fresh + " " + to_text(change.column.type),
            "keep it filled by a trigger, and fill the rows that are there in batches",
            "let the program use " + fresh + ", then drop " + quoted(change.name)};
}

// A view's column takes no other type: the server refuses that at once. A temporary view may have a
// table's name.
bool sets_type(const Situation& situation, const AlterTable& alter, const TableChange& change) {
    const KnownTable* table = situation.schema.table(alter.table);
    const bool is_view = situation.schema.view(alter.table) != nullptr &&
                         (table == nullptr || table->is_materialized_view);
    return change.kind == TableChangeKind::set_type && !is_view;
}

void column_type_rewrite(const Situation& situation, const AlterTable& alter,
                         const TableChange& change, Report& report) {
    if (!sets_type(situation, alter, change)) return;
    auto cost = cost_text(situation, alter, change);
    if (!cost) cost = cost_below(situation, alter, change);
    if (!cost) return;
    Finding& finding = report.say("column-type-rewrite", situation.statement, change.begin,
                                  "changing " + quoted(alter.table) + "." + quoted(change.name) +
                                      " to " + to_text(change.column.type) + " " + *cost +
                                      " while nobody can use the table");
    finding.table = alter.table;
    finding.along = checked_again(situation.schema, alter.table, change.name);
    finding.help = expand_and_contract(alter, change);
}

// CASCADE reaches the tables OF the type. Where the type is not known, or not every table, there is
// one: else nobody writes it.
bool reaches_tables(const Situation& situation, const sql::ObjectName& type) {
    if (!situation.circumstances.history_is_known || situation.schema.object(type) == nullptr)
        return true;
    const auto tables = tables_of(situation.schema, type);
    return std::any_of(tables.begin(), tables.end(),
                       [&](const KnownTable* table) { return is_seen(situation, table->name); });
}

void attribute_type_rewrite(const Situation& situation, const AlterTable& alter, Report& report) {
    if (!reaches_tables(situation, alter.table)) return;
    for (const TableChange& change : alter.changes) {
        if (change.kind != TableChangeKind::set_type || !change.cascade) continue;
        Finding& finding = report.say(
            "column-type-rewrite", situation.statement, change.begin,
            "changing the attribute " + quoted(change.name) + " of " + quoted(alter.table) +
                " to " + to_text(change.column.type) +
                " rewrites every row and index of the tables OF that type while nobody can use "
                "them, unless its old type reads the same bytes");
        finding.help = {
            "ALTER TABLE ... NOT OF for each such table, then a new column in its place"};
    }
}

void type_rewrite(const Situation& situation, Report& report) {
    each_change<column_type_rewrite>(situation, report);
    const auto* alter = situation.does<AlterTable>();
    if (alter != nullptr && alter->object == sql::ObjectKind::type)
        attribute_type_rewrite(situation, *alter, report);
}

void column_type_narrowing(const Situation& situation, const AlterTable& alter,
                           const TableChange& change, Report& report) {
    if (!sets_type(situation, alter, change)) return;
    const KnownTable* table = situation.schema.table(alter.table);
    const KnownColumn* column = table == nullptr ? nullptr : table->column(change.name);
    const sql::TypeName to = stored_type(situation, change.column.type);
    const bool narrows = column == nullptr ? is_usually_narrower(to)
                                           : may_lose(stored_type(situation, column->type), to);
    if (!narrows) return;
    Finding& finding = report.say("column-type-narrowing", situation.statement, change.begin,
                                  "a value of " + quoted(alter.table) + "." + quoted(change.name) +
                                      " may not fit " + to_text(change.column.type) +
                                      ": the statement then fails, or the value is cut");
    finding.table = alter.table;
    finding.help = {"look first: SELECT count(*) FROM " + quoted(alter.table) + " WHERE " +
                        quoted(change.name) + " is out of the new type's range",
                    "or add a column of the new type and move the program over to it"};
}

bool is_same_collation(const std::string& one, const std::string& other) {
    const auto is_default = [](const std::string& name) {
        return name.empty() || name == "default";
    };
    return one == other || (is_default(one) && is_default(other));
}

// What a column says itself, or its domain.
template <class Column>
std::string collation_of(const Situation& situation, const Column& column) {
    if (!column.collation.empty()) return column.collation;
    const KnownDomain* domain = domain_of(situation, column.type);
    return domain == nullptr ? std::string{} : domain->collation;
}

bool has_collation(const Situation& situation, const sql::TypeName& column_type) {
    const sql::TypeName type = stored_type(situation, column_type);
    return type.array_dimensions == 0 && (type.name == "text" || type.name == "varchar" ||
                                          type.name == "bpchar" || type.name == "citext");
}

// Nobody has asked for it.
void say_collation_lost(const Situation& situation, const AlterTable& alter,
                        const TableChange& change, const std::string& collation,
                        const std::string& effect, Report& report) {
    Finding& finding =
        report.say("collation-change", situation.statement, change.begin,
                   "without COLLATE, " + quoted(alter.table) + "." + quoted(change.name) +
                       " loses its collation " + quoted(collation) + ": that " + effect);
    finding.table = alter.table;
    finding.help = {"to keep it: ALTER COLUMN " + quoted(change.name) + " TYPE " +
                    to_text(change.column.type) + " COLLATE " + quoted(collation)};
}

void collation_change(const Situation& situation, const AlterTable& alter,
                      const TableChange& change, Report& report) {
    if (!sets_type(situation, alter, change)) return;
    const KnownTable* table = situation.schema.table(alter.table);
    const KnownColumn* column = table == nullptr ? nullptr : table->column(change.name);
    const std::string collation = collation_of(situation, change.column);
    const std::string before = column == nullptr ? "" : collation_of(situation, *column);
    if (column == nullptr ? collation.empty() : is_same_collation(before, collation)) return;
    const bool is_indexed = column == nullptr || has_index_over(*table, change.name);
    std::string effect =
        is_indexed ? "builds its indexes anew while nobody can use the table, and " : "";
    effect += "changes what sorts first and what is equal";
    if (collation.empty()) {
        if (has_collation(situation, change.column.type))
            say_collation_lost(situation, alter, change, before, effect, report);
        return;
    }
    if (!is_indexed) return;
    Finding& finding = report.say(
        "collation-change", situation.statement, change.begin,
        "another collation for " + quoted(alter.table) + "." + quoted(change.name) + " " + effect);
    finding.table = alter.table;
    finding.along = checked_again(situation.schema, alter.table, change.name);
    finding.help = expand_and_contract(alter, change);
    if (!change.column.collation.empty()) finding.help.front() += " COLLATE " + quoted(collation);
}

}  // namespace

std::vector<Rule> type_rules() {
    return {
        {"column-type-rewrite", Bucket::hazard,
         "A column's new type has rows converted, or indexes built anew, while nobody can use the "
         "table.",
         "ACCESS EXCLUSIVE", type_rewrite},
        {"column-type-narrowing", Bucket::hazard,
         "A narrower type fails on what does not fit, or cuts it.", "ACCESS EXCLUSIVE",
         each_change<column_type_narrowing, true>},
        {"collation-change", Bucket::hazard,
         "Another collation has the column's indexes built anew, and changes order and equality.",
         "ACCESS EXCLUSIVE", each_change<collation_change>},
    };
}

}  // namespace migrations::rules
