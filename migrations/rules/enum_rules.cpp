#include "migrations/rules/rule.hpp"

#include <algorithm>

namespace migrations::rules {

namespace {

using Words = std::vector<std::string>;

void add(Words& words, const sql::Expression& expression) {
    words.insert(words.end(), expression.literals.begin(), expression.literals.end());
}

void add(Words& words, const sql::Column& column) {
    for (const sql::Constraint& constraint : column.constraints) add(words, constraint.expression);
}

// Strings that PostgreSQL reads as values while it runs the statement.
Words literals_of(const sql::Action& action) {
    Words words;
    if (const auto* rows = std::get_if<sql::Rows>(&action)) add(words, rows->all);
    if (const auto* view = std::get_if<sql::CreateView>(&action)) return view->all.literals;
    if (const auto* create = std::get_if<sql::CreateTableAs>(&action)) return create->all.literals;
    if (const auto* policy = std::get_if<sql::CreatePolicy>(&action)) return policy->literals;
    if (const auto* index = std::get_if<sql::CreateIndex>(&action)) {
        add(words, index->where);
        for (const sql::IndexColumn& column : index->columns) add(words, column.expression);
    }
    if (const auto* create = std::get_if<sql::CreateTable>(&action)) {
        for (const sql::Column& column : create->columns) add(words, column);
        for (const sql::Constraint& each : create->constraints) add(words, each.expression);
    }
    if (const auto* alter = std::get_if<sql::AlterTable>(&action))
        for (const sql::TableChange& change : alter->changes) {
            add(words, change.column);
            add(words, change.constraint.expression);
            add(words, change.expression);
        }
    return words;
}

// A known table without a column of the type gives the literal another one.
bool cannot_hold(const Schema& schema, const sql::Action& action, const ObjectName& type) {
    const auto* rows = std::get_if<sql::Rows>(&action);
    if (rows == nullptr || !rows->reads.empty() || !rows->all.casts.empty()) return false;
    const KnownTable* table = schema.table(rows->table);
    if (table == nullptr || !table->is_complete) return false;
    return std::none_of(table->columns.begin(), table->columns.end(),
                        [&](const auto& column) { return column.type.name == type.name; });
}

bool is_made_in_transaction(const KnownEnum& known, std::size_t transaction) {
    return known.origin == Origin::script && known.transaction == transaction;
}

void say_used(const Situation& situation, const KnownEnum& known, const std::string& value,
              Report& report) {
    Finding& finding =
        report.say("enum-value-used-in-tx", situation.statement,
                   literal(value) + " was added to " + quoted(known.name) +
                       " in this transaction and cannot be used before it has committed");
    finding.help = {"ALTER TYPE " + quoted(known.name) + " ADD VALUE " + literal(value) +
                        " in a migration of its own, before this one",
                    "else the server ends the transaction with SQLSTATE 55P04"};
    const bool is_of_runner = !situation.session.begun_by_script && !situation.statement.is_nested;
    if (is_of_runner)
        finding.help.insert(finding.help.begin() + 1,
                            "or let this one say \"-- varve: transaction off\": it may then stop "
                            "half-way, so write it so that it can be run again");
}

void enum_value_used_in_tx(const Situation& situation, Report& report) {
    const std::size_t transaction = situation.session.transaction;
    if (transaction == 0) return;
    const Words words = literals_of(situation.statement.action);
    if (words.empty()) return;
    for (const auto& [key, known] : situation.schema.enumerations()) {
        if (is_made_in_transaction(known, transaction)) continue;
        for (const auto& [value, added] : known.added) {
            if (added != transaction || std::find(words.begin(), words.end(), value) == words.end())
                continue;
            if (cannot_hold(situation.schema, situation.statement.action, known.name)) continue;
            say_used(situation, known, value, report);
            return;
        }
    }
}

bool adds_value(const sql::AlterEnum* alter) {
    return alter != nullptr && alter->old_value.empty();
}

void enum_add_value_in_tx(const Situation& situation, Report& report) {
    const auto* alter = situation.does<sql::AlterEnum>();
    if (!adds_value(alter) || !situation.session.in_transaction || situation.server_has(12)) return;
    const KnownEnum* known = situation.schema.enumeration(alter->type);
    if (known != nullptr && is_made_in_transaction(*known, situation.session.transaction)) return;
    report
        .say("enum-add-value-in-tx", situation.statement,
             "before PostgreSQL 12 ALTER TYPE " + quoted(alter->type) +
                 " ADD VALUE fails within a transaction")
        .help = {"run it in a migration of its own, outside a transaction"};
}

void enum_add_value(const Situation& situation, Report& report) {
    const auto* alter = situation.does<sql::AlterEnum>();
    if (!adds_value(alter)) return;
    const KnownEnum* known = situation.schema.enumeration(alter->type);
    if (known != nullptr && known->origin == Origin::script) return;
    report
        .say("enum-add-value", situation.statement,
             literal(alter->new_value) + " stays in " + quoted(alter->type) +
                 " for good: a value of an enum cannot be taken out again")
        .help = {"use it from the next migration on, when this one has committed"};
}

void enum_add_value_position(const Situation& situation, Report& report) {
    const auto* alter = situation.does<sql::AlterEnum>();
    if (!adds_value(alter) || !alter->neighbour.empty()) return;
    const KnownEnum* known = situation.schema.enumeration(alter->type);
    const std::string last =
        known != nullptr && !known->values.empty() ? known->values.back() : "...";
    report
        .say("enum-add-value-position", situation.statement,
             literal(alter->new_value) + " sorts behind every other value of " +
                 quoted(alter->type) + ", and the statement does not say that it is meant to")
        .help = {"ADD VALUE " + literal(alter->new_value) + " AFTER " + literal(last)};
}

void enum_create(const Situation& situation, Report& report) {
    const auto* create = situation.does<sql::CreateEnum>();
    if (create == nullptr) return;
    report
        .say("enum-create", situation.statement,
             quoted(create->type) + " is an enum: values can be added, not taken out or reordered")
        .help = {"a table of values with a foreign key can be changed row by row"};
}

}  // namespace

std::vector<Rule> enum_rules() {
    return {
        {"enum-value-used-in-tx", Bucket::hazard,
         "A new value of an enum cannot be used in the transaction that adds it.", "",
         enum_value_used_in_tx},
        {"enum-add-value-in-tx", Bucket::hazard,
         "Before PostgreSQL 12 a value cannot be added to an enum within a transaction.", "",
         enum_add_value_in_tx},
        {"enum-add-value", Bucket::advisory, "A value of an enum cannot be removed again.", "",
         enum_add_value},
        {"enum-add-value-position", Bucket::advisory,
         "Where a new value sorts is fixed when it is added.", "", enum_add_value_position},
        {"enum-create", Bucket::advisory, "An enum is hard to change once it is in use.", "",
         enum_create},
    };
}

}  // namespace migrations::rules
