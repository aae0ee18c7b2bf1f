#include "migrations/rules/edit.hpp"
#include "migrations/rules/rule.hpp"
#include "migrations/rules/table_changes.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace migrations::rules {

using sql::ConstraintKind;
using sql::ObjectKind;
using sql::TableChangeKind;

namespace {

// A statement before it takes away what this one makes.
bool is_dropped_before(const Situation& situation, const ObjectName& name,
                       const std::string& part = {}) {
    return std::any_of(situation.before.begin(), situation.before.end(),
                       [&](const Judged& earlier) {
                           if (const auto* drop = std::get_if<sql::Drop>(&earlier.action))
                               return drop->if_exists &&
                                      std::any_of(drop->objects.begin(), drop->objects.end(),
                                                  [&](const sql::DroppedObject& object) {
                                                      return object.part == part &&
                                                             key_of(object.name) == key_of(name);
                                                  });
                           const auto* alter = std::get_if<sql::AlterTable>(&earlier.action);
                           if (alter == nullptr || key_of(alter->table) != key_of(name))
                               return false;
                           return std::any_of(alter->changes.begin(), alter->changes.end(),
                                              [&](const sql::TableChange& change) {
                                                  return change.if_exists && change.name == part;
                                              });
                       });
}

Finding& say_again(const Situation& situation, const std::string& what, const std::string& safe,
                   Report& report) {
    Finding& finding =
        report.say("not-idempotent", situation.statement, "run a second time, this fails: " + what);
    finding.help = {safe};
    return finding;
}

std::string is_there(const ObjectName& name) { return quoted(name) + " is there already"; }
std::string is_gone(const ObjectName& name) { return quoted(name) + " is gone already"; }

void add_again(const Situation& situation, const sql::CreateTable& create, Report& report) {
    if (create.if_not_exists || create.temporary || is_dropped_before(situation, create.table))
        return;
    say_again(situation, is_there(create.table),
              "CREATE TABLE IF NOT EXISTS " + quoted(create.table), report)
        .fix = inserted_after(situation.statement, {"table"}, " IF NOT EXISTS",
                              "do nothing where the table is there");
}

void add_again(const Situation& situation, const sql::CreateTableAs& create, Report& report) {
    if (create.if_not_exists || create.temporary || is_dropped_before(situation, create.table))
        return;
    const bool is_view = create.object == ObjectKind::materialized_view;
    say_again(situation, is_there(create.table),
              std::string{is_view ? "CREATE MATERIALIZED VIEW" : "CREATE TABLE"} +
                  " IF NOT EXISTS " + quoted(create.table),
              report);
}

// A concurrent build leaves an invalid index when it fails: IF NOT EXISTS would keep that one.
void add_again(const Situation& situation, const sql::CreateIndex& create, Report& report) {
    if (create.if_not_exists || create.concurrently || create.name.empty()) return;
    const ObjectName name{create.table.schema, create.name};
    if (is_dropped_before(situation, name)) return;
    say_again(situation, is_there(name), "CREATE INDEX IF NOT EXISTS " + quoted(create.name),
              report)
        .fix = inserted_after(situation.statement, {"index"}, " IF NOT EXISTS",
                              "do nothing where the index is there");
}

void add_again(const Situation& situation, const sql::Drop& drop, Report& report) {
    if (drop.if_exists || drop.objects.empty()) return;
    const std::string name = drop.objects.front().part.empty() ? quoted(drop.objects.front().name)
                                                               : quoted(drop.objects.front().part);
    say_again(situation, name + " is gone already", "DROP ... IF EXISTS " + name, report);
}

std::string failing(const Situation& situation, const sql::AlterTable& alter,
                    const sql::TableChange& change, std::string& safe) {
    const std::string name =
        quoted(change.kind == TableChangeKind::add_column       ? change.column.name
               : change.kind == TableChangeKind::add_constraint ? change.constraint.name
                                                                : change.name);
    if (change.if_exists) return "";
    if (change.kind == TableChangeKind::add_column) {
        safe = "ADD COLUMN IF NOT EXISTS " + name;
        return "the column " + name + " is there already";
    }
    if (change.kind == TableChangeKind::drop_column ||
        change.kind == TableChangeKind::drop_constraint) {
        const bool is_column = change.kind == TableChangeKind::drop_column;
        safe = std::string{is_column ? "DROP COLUMN" : "DROP CONSTRAINT"} + " IF EXISTS " + name;
        return std::string{is_column ? "the column " : "the constraint "} + name +
               " is gone already";
    }
    const bool is_dropped_here =
        std::any_of(alter.changes.begin(), alter.changes.end(), [&](const auto& other) {
            return other.kind == TableChangeKind::drop_constraint && other.if_exists &&
                   other.name == change.constraint.name;
        });
    if (change.kind != TableChangeKind::add_constraint || change.constraint.name.empty() ||
        is_dropped_here || is_dropped_before(situation, alter.table, change.constraint.name))
        return "";
    safe =
        "ALTER TABLE " + quoted(alter.table) + " DROP CONSTRAINT IF EXISTS " + name + " before it";
    return "the constraint " + name + " is there already";
}

void add_again(const Situation& situation, const sql::AlterTable& alter, Report& report) {
    for (const sql::TableChange& change : alter.changes) {
        std::string safe;
        const std::string what = failing(situation, alter, change, safe);
        if (!what.empty()) {
            say_again(situation, what, safe, report);
            return;
        }
    }
}

void others_again(const Situation& situation, Report& report) {
    const ObjectName* type = nullptr;
    if (const auto* create = situation.does<sql::CreateEnum>()) type = &create->type;
    if (const auto* create = situation.does<sql::CreateType>()) type = &create->type;
    if (const auto* create = situation.does<sql::CreateDomain>()) type = &create->domain;
    if (type != nullptr && !is_dropped_before(situation, *type))
        say_again(situation, is_there(*type),
                  "in a DO block that looks for " + quoted(*type) + " in pg_type first", report);
    if (const auto* create = situation.does<sql::CreateSchema>(); create && !create->if_not_exists)
        say_again(situation, is_there({"", create->name}),
                  "CREATE SCHEMA IF NOT EXISTS " + quoted(create->name), report);
    if (const auto* create = situation.does<sql::CreateSequence>();
        create && !create->if_not_exists && !create->temporary)
        say_again(situation, is_there(create->sequence),
                  "CREATE SEQUENCE IF NOT EXISTS " + quoted(create->sequence), report);
    if (const auto* create = situation.does<sql::CreateExtension>();
        create && !create->if_not_exists)
        say_again(situation, is_there({"", create->name}),
                  "CREATE EXTENSION IF NOT EXISTS " + quoted(create->name), report);
    if (const auto* create = situation.does<sql::CreateTrigger>();
        create && !create->replace && !is_dropped_before(situation, create->table, create->name))
        say_again(situation, is_there({"", create->name}),
                  "DROP TRIGGER IF EXISTS " + quoted(create->name) + " ON " +
                      quoted(create->table) + " before it",
                  report);
    if (const auto* create = situation.does<sql::CreatePolicy>();
        create && !is_dropped_before(situation, create->table, create->name))
        say_again(situation, is_there({"", create->name}),
                  "DROP POLICY IF EXISTS " + quoted(create->name) + " ON " + quoted(create->table) +
                      " before it",
                  report);
    if (const auto* alter = situation.does<sql::AlterEnum>();
        alter && alter->old_value.empty() && !alter->if_not_exists)
        say_again(situation, literal(alter->new_value) + " is there already",
                  "ADD VALUE IF NOT EXISTS " + literal(alter->new_value), report)
            .fix = inserted_after(situation.statement, {"add", "value"}, " IF NOT EXISTS",
                                  "do nothing where the value is there");
    if (const auto* rename = situation.does<sql::Rename>())
        say_again(situation, is_gone({"", rename->part.empty() ? rename->name.name : rename->part}),
                  "in a DO block that looks for it in the catalog first", report);
}

// What is told by its name alone was taken away by a statement before it.
bool names_dropped(const Situation& situation) {
    const auto words = bare_words(situation.statement.text);
    return std::any_of(situation.before.begin(), situation.before.end(), [&](const Judged& each) {
        const auto* drop = std::get_if<sql::Drop>(&each.action);
        return drop != nullptr && drop->if_exists &&
               std::any_of(drop->objects.begin(), drop->objects.end(), [&](const auto& object) {
                   return contains(words, object.part.empty() ? object.name.name : object.part);
               });
    });
}

// Kinds of objects that a rule has no need to know more of.
void add_again(const Situation& situation, const sql::Other& other, Report& report) {
    constexpr std::array<std::string_view, 2> kinds{"create-statistics", "create-object"};
    if (std::find(kinds.begin(), kinds.end(), other.kind) == kinds.end()) return;
    const auto words = bare_words(situation.statement.text);
    if (contains(words, "exists") || contains(words, "replace") || names_dropped(situation)) return;
    say_again(situation, "what it makes is there already", "DROP ... IF EXISTS before it", report);
}

void code_again(const Situation& situation, Report& report) {
    if (const auto* create = situation.does<sql::CreateView>();
        create && !create->replace && !create->temporary &&
        !is_dropped_before(situation, create->view))
        say_again(situation, is_there(create->view),
                  "CREATE OR REPLACE VIEW " + quoted(create->view), report);
    if (const auto* create = situation.does<sql::CreateFunction>();
        create && !create->replace && !is_dropped_before(situation, create->function))
        say_again(situation, is_there(create->function),
                  std::string{create->is_procedure ? "CREATE OR REPLACE PROCEDURE "
                                                   : "CREATE OR REPLACE FUNCTION "} +
                      quoted(create->function),
                  report);
    if (const auto* create = situation.does<sql::CreateRule>();
        create && !create->replace && !is_dropped_before(situation, create->table, create->name))
        say_again(situation, is_there({"", create->name}),
                  "CREATE OR REPLACE RULE " + quoted(create->name), report);
    const auto* create = situation.does<sql::ClusterObject>();
    if (create != nullptr && create->verb == "create" && !names_dropped(situation)) {
        const std::string name = quoted(create->name);
        if (create->object == ObjectKind::role)
            say_again(situation, name + " is there already",
                      "in a DO block that looks for " + name + " in pg_roles first", report);
        if (create->object == ObjectKind::publication)
            say_again(situation, name + " is there already",
                      "DROP PUBLICATION IF EXISTS " + name + " before it", report);
    }
    if (const auto* alter = situation.does<sql::AlterEnum>(); alter && !alter->old_value.empty())
        say_again(situation,
                  literal(alter->old_value) + " is called " + literal(alter->new_value) + " now",
                  "in a DO block that looks for it in pg_enum first", report);
    if (const auto* other = situation.does<sql::Other>()) add_again(situation, *other, report);
}

// Within a transaction a failure leaves nothing behind: there is nothing to run over.
void not_idempotent(const Situation& situation, Report& report) {
    if (situation.session.in_transaction || situation.statement.is_nested) return;
    if (const auto* create = situation.does<sql::CreateTable>())
        add_again(situation, *create, report);
    else if (const auto* filled = situation.does<sql::CreateTableAs>())
        add_again(situation, *filled, report);
    else if (const auto* index = situation.does<sql::CreateIndex>())
        add_again(situation, *index, report);
    else if (const auto* drop = situation.does<sql::Drop>())
        add_again(situation, *drop, report);
    else if (const auto* alter = situation.does<sql::AlterTable>())
        add_again(situation, *alter, report);
    else {
        others_again(situation, report);
        code_again(situation, report);
    }
}

void index_misleading(const Situation& situation, const sql::CreateIndex& create, Report& report) {
    if (!create.if_not_exists || !create.concurrently || create.name.empty()) return;
    const ObjectName name{create.table.schema, create.name};
    const ObjectName bare{"", create.name};
    if (is_dropped_before(situation, name) || is_dropped_before(situation, bare)) return;
    if (situation.schema.is_made_here(create.table) || does_nothing(situation, create)) return;
    Finding& finding = report.say(
        "if-not-exists-misleading", situation.statement,
        "a build of " + quoted(create.name) +
            " that failed leaves an invalid index of that name, and IF NOT EXISTS takes it for "
            "done");
    finding.table = create.table;
    finding.help = {"DROP INDEX CONCURRENTLY IF EXISTS " + quoted(name) + " before it"};
    if (situation.statement.is_nested) return;
    const std::size_t at = situation.statement.begin;
    finding.fix = Fix{"drop what a failed build has left",
                      {{at, at, "DROP INDEX CONCURRENTLY IF EXISTS " + quoted(name) + ";\n"}}};
}

std::string difference(const sql::CreateTable& create, const KnownTable& known) {
    for (const sql::Column& column : create.columns) {
        const KnownColumn* there = known.column(column.name);
        if (known.is_complete && there == nullptr) return "it has no column " + quoted(column.name);
        if (there != nullptr && !(there->type == column.type))
            return "its column " + quoted(column.name) + " has another type";
    }
    for (const KnownColumn& column : known.columns)
        if (std::none_of(create.columns.begin(), create.columns.end(),
                         [&](const sql::Column& each) { return each.name == column.name; }))
            return "it also has the column " + quoted(column.name);
    return "nothing here is made or changed";
}

void if_not_exists_misleading(const Situation& situation, Report& report) {
    if (const auto* index = situation.does<sql::CreateIndex>())
        return index_misleading(situation, *index, report);
    const auto* create = situation.does<sql::CreateTable>();
    if (create == nullptr || !create->if_not_exists) return;
    const KnownTable* known = situation.schema.table(create->table);
    // One that is only known to have been altered may be made here after all.
    if (known == nullptr || (!known->is_complete && known->columns.empty())) return;
    report
        .say("if-not-exists-misleading", situation.statement,
             quoted(create->table) +
                 " is there already, so this does nothing: " + difference(*create, *known))
        .help = {"ALTER TABLE " + quoted(create->table) + " to what it should be"};
}

bool has_no_name(const sql::Constraint& constraint) {
    constexpr std::array kinds{ConstraintKind::check, ConstraintKind::unique,
                               ConstraintKind::foreign_key, ConstraintKind::exclusion,
                               ConstraintKind::primary_key};
    return constraint.name.empty() && constraint.using_index.empty() &&
           std::find(kinds.begin(), kinds.end(), constraint.kind) != kinds.end();
}

void say_unnamed(const Situation& situation, const std::string& what, const std::string& name,
                 Report& report) {
    report
        .say("unnamed-object", situation.statement,
             what + " gets its name from the server; a later migration has to guess it")
        .help = {"give it one: " + name};
}

void unnamed_object(const Situation& situation, Report& report) {
    if (const auto* create = situation.does<sql::CreateIndex>(); create && create->name.empty())
        say_unnamed(situation, "this index of " + quoted(create->table),
                    "CREATE INDEX " + quoted(default_name(*create)), report);
    const auto* alter = situation.does<sql::AlterTable>();
    if (alter == nullptr) return;
    for (const sql::TableChange& change : alter->changes)
        if (change.kind == TableChangeKind::add_constraint && has_no_name(change.constraint))
            say_unnamed(
                situation, "this constraint of " + quoted(alter->table),
                "ADD CONSTRAINT " + quoted(default_name(alter->table.name, change.constraint)),
                report);
}

}  // namespace

std::vector<Rule> repeat_rules() {
    return {
        {"if-not-exists-misleading", Bucket::hazard,
         "IF NOT EXISTS takes whatever has the name for what was meant.", "",
         if_not_exists_misleading},
        {"not-idempotent", Bucket::hygiene,
         "A script that stopped halfway cannot simply be run again.", "", not_idempotent},
        {"unnamed-object", Bucket::hygiene, "What has no name of its own is hard to name later.",
         "", unnamed_object},
    };
}

}  // namespace migrations::rules
