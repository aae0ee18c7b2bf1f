#include "migrations/rules/edit.hpp"
#include "migrations/rules/rule.hpp"

#include <algorithm>

namespace migrations::rules {

using sql::Constraint;
using sql::ConstraintKind;
using sql::TableChangeKind;

namespace {

struct AddedConstraint {
    ObjectName table;
    Constraint constraint;
};

void add(std::vector<AddedConstraint>& added, const ObjectName& table, const sql::Column& column) {
    for (Constraint constraint : column.constraints) {
        if (constraint.columns.empty()) constraint.columns = {column.name};
        added.push_back({table, std::move(constraint)});
    }
}

std::vector<AddedConstraint> constraints_of(const sql::Action& action) {
    std::vector<AddedConstraint> added;
    if (const auto* create = std::get_if<sql::CreateTable>(&action)) {
        for (const sql::Column& column : create->columns) add(added, create->table, column);
        for (const Constraint& each : create->constraints) added.push_back({create->table, each});
    }
    const auto* alter = std::get_if<sql::AlterTable>(&action);
    if (alter == nullptr) return added;
    for (const sql::TableChange& change : alter->changes) {
        if (change.kind == TableChangeKind::add_column) add(added, alter->table, change.column);
        if (change.kind == TableChangeKind::add_constraint)
            added.push_back({alter->table, change.constraint});
    }
    return added;
}

std::vector<AddedConstraint> references_of(const sql::Action& action) {
    auto added = constraints_of(action);
    std::erase_if(added, [](const AddedConstraint& each) {
        return each.constraint.kind != ConstraintKind::foreign_key;
    });
    return added;
}

std::string listed(const std::vector<std::string>& columns) {
    std::string text;
    for (const std::string& column : columns) text += (text.empty() ? "" : ", ") + quoted(column);
    return text;
}

// Its first columns are these, in any order.
bool covers(const KnownIndex& index, const std::vector<std::string>& columns) {
    return !index.partial && index.columns.size() >= columns.size() &&
           std::is_permutation(columns.begin(), columns.end(), index.columns.begin());
}

std::vector<std::string> indexed_by(const KnownTable& table, const ObjectName& name,
                                    const std::vector<std::string>& columns) {
    const std::string index = quoted(name.name + "_" + columns.front() + "_idx");
    const std::string on = quoted(name) + " (" + listed(columns) + ")";
    if (table.partition_by == 0 && table.partitions.empty())
        return {"CREATE INDEX CONCURRENTLY " + index + " ON " + on};
    return {"CREATE INDEX " + index + " ON ONLY " + on +
                "; then CREATE INDEX CONCURRENTLY on each partition",
            "then ALTER INDEX ... ATTACH PARTITION each of them"};
}

void fk_missing_index(const FileSituation& file, Report& report) {
    for (const Judged& statement : file.statements)
        for (const auto& [table, constraint] : references_of(statement.action)) {
            const KnownTable* known = file.schema.table(table);
            if (known == nullptr || constraint.columns.empty()) continue;
            const auto& columns = constraint.columns;
            if (std::any_of(known->indexes.begin(), known->indexes.end(),
                            [&](const KnownIndex& index) { return covers(index, columns); }))
                continue;
            Finding& finding = report.say("fk-missing-index", statement, constraint.begin,
                                          "no index on " + quoted(table) + " (" + listed(columns) +
                                              "): each DELETE and key change in " +
                                              quoted(constraint.references) + " reads all of it");
            finding.help = indexed_by(*known, table, columns);
            finding.table = table;
        }
}

void fk_forbidden(const Situation& situation, Report& report) {
    for (const auto& [table, constraint] : references_of(situation.statement.action))
        report
            .say("fk-forbidden", situation.statement, constraint.begin,
                 quoted(table) + " gets a foreign key to " + quoted(constraint.references))
            .help = {"the rule is on because the team wants none: let the program check it"};
}

void fk_on_delete_explicit(const Situation& situation, Report& report) {
    for (const auto& [table, constraint] : references_of(situation.statement.action)) {
        if (constraint.on_delete != 'a' && constraint.on_delete != 0) continue;
        if (place_of(situation.statement, {"on", "delete"})) continue;
        report
            .say("fk-on-delete-explicit", situation.statement, constraint.begin,
                 "the foreign key of " + quoted(table) +
                     " does not say what becomes of its rows when one of " +
                     quoted(constraint.references) + " is deleted")
            .help = {"ON DELETE NO ACTION, RESTRICT, CASCADE or SET NULL"};
    }
}

bool has_expression(const std::vector<std::string>& columns) {
    return std::find(columns.begin(), columns.end(), "") != columns.end();
}

void redundant_index(const Situation& situation, Report& report) {
    const auto* create = situation.does<sql::CreateIndex>();
    if (create == nullptr || create->where.is_there || !create->including.empty()) return;
    if (!create->method.empty() && create->method != "btree") return;
    const KnownTable* known = situation.schema.table(create->table);
    if (known == nullptr) return;
    std::vector<std::string> columns;
    for (const sql::IndexColumn& column : create->columns) columns.push_back(column.name);
    if (has_expression(columns)) return;
    for (const KnownIndex& other : known->indexes) {
        const bool is_exclusion = !other.constraint.empty() && !other.unique;
        if (other.partial || is_exclusion || other.name == create->name ||
            other.columns.size() < columns.size())
            continue;
        if (!std::equal(columns.begin(), columns.end(), other.columns.begin())) continue;
        if (create->unique && (!other.unique || other.columns.size() != columns.size())) continue;
        report
            .say("redundant-index", situation.statement,
                 "the index " + quoted(other.name) + " of " + quoted(create->table) +
                     " begins with " + listed(columns) + " already: this one costs writes and " +
                     "brings nothing")
            .help = {"leave it out"};
        return;
    }
}

constexpr std::size_t widest_index = 3;

void wide_index(const Situation& situation, Report& report) {
    const auto* create = situation.does<sql::CreateIndex>();
    if (create == nullptr || create->columns.size() <= widest_index) return;
    report
        .say("wide-index", situation.statement,
             "an index of " + quoted(create->table) + " over " +
                 std::to_string(create->columns.size()) +
                 " columns is large, and serves only what asks for its first ones")
        .help = {"keep the columns that narrow the search, INCLUDE (...) what is only read"};
}

bool has_primary_key(const KnownTable& table) {
    return std::any_of(table.constraints.begin(), table.constraints.end(),
                       [](const auto& each) { return each.kind == ConstraintKind::primary_key; });
}

// The tables of the file that have no primary key when it ends.
template <class See>
void for_each_without_key(const FileSituation& file, See see) {
    for (const Judged& statement : file.statements) {
        const auto* create = std::get_if<sql::CreateTable>(&statement.action);
        if (create == nullptr || create->temporary || create->bound.is_there ||
            create->is_foreign)  // which can have no key
            continue;
        if (!create->inherits.empty() || create->like_takes_indexes ||
            !create->of_type.name.empty())
            continue;
        const KnownTable* known = file.schema.table(create->table);
        if (known != nullptr && !has_primary_key(*known)) see(statement, *create, *known);
    }
}

void no_primary_key(const FileSituation& file, Report& report) {
    for_each_without_key(
        file, [&](const Judged& statement, const sql::CreateTable& create, const KnownTable&) {
            report
                .say("no-primary-key", statement,
                     quoted(create.table) +
                         " has no primary key: its rows cannot be told apart, nor replicated when "
                         "they change")
                .help = {"id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY"};
        });
}

void unique_not_null_instead_of_pk(const FileSituation& file, Report& report) {
    for_each_without_key(file, [&](const Judged& statement, const sql::CreateTable& create,
                                   const KnownTable& known) {
        for (const KnownConstraint& constraint : known.constraints) {
            if (constraint.kind != ConstraintKind::unique) continue;
            const bool is_key = std::all_of(constraint.columns.begin(), constraint.columns.end(),
                                            [&](const auto& name) {
                                                const KnownColumn* column = known.column(name);
                                                return column != nullptr && column->not_null;
                                            });
            if (!is_key) continue;
            report
                .say("unique-not-null-instead-of-pk", statement,
                     listed(constraint.columns) + " of " + quoted(create.table) +
                         " is unique and never null: a primary key in all but name")
                .help = {"PRIMARY KEY (" + listed(constraint.columns) + ")"};
            return;
        }
    });
}

}  // namespace

std::vector<Rule> reference_advice_rules() {
    constexpr auto advice = Bucket::advisory;
    return {
        {"fk-missing-index", advice,
         "Without an index on the referencing columns each delete of a parent reads the child.", "",
         nullptr, fk_missing_index},
        {"fk-forbidden", advice, "Some teams check references in their programs alone.", "",
         fk_forbidden, nullptr, true},
        {"fk-on-delete-explicit", advice,
         "What a delete of the parent does should be a decision, not a default.", "",
         fk_on_delete_explicit, nullptr, true},
        {"redundant-index", advice, "An index that another one covers only costs.", "",
         redundant_index},
        {"wide-index", advice, "The more columns an index has, the less often it helps.", "",
         wide_index},
        {"no-primary-key", advice, "A table without a primary key has no identity for its rows.",
         "", nullptr, no_primary_key},
        {"unique-not-null-instead-of-pk", advice,
         "What identifies the rows should be declared as what does.", "", nullptr,
         unique_not_null_instead_of_pk},
    };
}

}  // namespace migrations::rules
