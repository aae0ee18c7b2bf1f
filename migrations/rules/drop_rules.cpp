#include "migrations/rules/nested_sql.hpp"
#include "migrations/rules/rule.hpp"

#include <algorithm>

namespace migrations::rules {

using sql::ObjectKind;
using sql::TableChangeKind;

namespace {

// Made by this script and empty, temporary, or not there at all, as far as the history tells. What
// is named without IF EXISTS is there, or the statement fails.
bool is_nothing_lost(const Situation& situation, const ObjectName& table, bool if_exists) {
    const Schema& schema = situation.schema;
    if (schema.is_new(table) || schema.is_temporary(table)) return true;
    const bool is_known_when_run = table.name.find(unknown_name) != std::string::npos;
    return if_exists && situation.circumstances.history_is_known && !is_known_when_run &&
           schema.table(table) == nullptr;
}

std::string listed(const std::vector<ObjectName>& names) {
    std::string text;
    for (const ObjectName& name : names) text += (text.empty() ? "" : ", ") + quoted(name);
    return text;
}

std::vector<ObjectName> dropped(const sql::Drop& drop) {
    std::vector<ObjectName> names;
    for (const sql::DroppedObject& object : drop.objects) names.push_back(object.name);
    return names;
}

void drop_table(const Situation& situation, Report& report) {
    const auto* drop = situation.does<sql::Drop>();
    if (drop == nullptr) return;
    const bool is_foreign = drop->object == ObjectKind::foreign_table;
    if (drop->object != ObjectKind::table && !is_foreign) return;
    auto names = dropped(*drop);
    std::erase_if(names, [&](const ObjectName& name) {
        return is_nothing_lost(situation, name, drop->if_exists);
    });
    if (names.empty()) return;
    const std::string first = quoted(names.front());
    Finding& finding = report.say(
        "drop-table", situation.statement,
        is_foreign
            ? "what still reads " + listed(names) + " fails; the rows stay on the foreign server"
            : "the rows of " + listed(names) + " are gone for good, and what still reads it fails");
    finding.help = {std::string{"first release what no longer uses it, then ALTER "} +
                        (is_foreign ? "FOREIGN TABLE " : "TABLE ") + first + " RENAME TO " +
                        quoted(names.front().name + "_unused"),
                    "drop it a release later, with a backup at hand"};
}

bool is_all_made_here(const Situation& situation, const sql::Drop& drop) {
    return std::all_of(drop.objects.begin(), drop.objects.end(), [&](const auto& object) {
        return situation.schema.is_new(object.name) || situation.schema.is_temporary(object.name);
    });
}

std::string what_depends(const Schema& schema, const ObjectName& name) {
    std::string text;
    const auto add = [&](const std::string& what) { text += (text.empty() ? "" : ", ") + what; };
    for (const auto& [key, table] : schema.tables())
        for (const KnownConstraint& constraint : table.constraints)
            if (constraint.kind == sql::ConstraintKind::foreign_key &&
                key_of(constraint.references) == key_of(name) && key != key_of(name))
                add("the foreign key " + quoted(constraint.name) + " of " + quoted(table.name));
    for (const auto& [key, view] : schema.views())
        for (const ObjectName& read : view.reads)
            if (key_of(read) == key_of(name)) add("the view " + quoted(view.name));
    return text;
}

void say_cascade(const Situation& situation, const ObjectName& name, Report& report) {
    const std::string known = what_depends(situation.schema, name);
    Finding& finding =
        report.say("drop-cascade", situation.statement,
                   "CASCADE drops whatever depends on " + quoted(name) + ", unnamed" +
                       (known.empty() ? "" : ": " + known + ", and what else there is"));
    finding.help = {"drop what depends on it by name first, then drop it with RESTRICT",
                    "pg_depend lists what would go"};
}

void say_owned(const Situation& situation, Report& report) {
    report
        .say("drop-cascade", situation.statement,
             "DROP OWNED drops every table, view, function and type that the role owns, unnamed, "
             "rows and all")
        .help = {"REASSIGN OWNED BY the role TO another first; then it only revokes rights",
                 "or drop by name what may go"};
}

void drop_cascade(const Situation& situation, Report& report) {
    if (const auto* other = situation.does<sql::Other>(); other && other->kind == "drop-owned")
        return say_owned(situation, report);
    if (const auto* domain = situation.does<sql::AlterDomain>(); domain && domain->cascade)
        return say_cascade(situation, {"", domain->name, 0}, report);
    if (const auto* drop = situation.does<sql::Drop>()) {
        if (!drop->cascade || drop->objects.empty() || is_all_made_here(situation, *drop)) return;
        return say_cascade(situation, drop->objects.front().name, report);
    }
    const auto* alter = situation.does<sql::AlterTable>();
    if (alter == nullptr || situation.schema.is_new(alter->table)) return;
    for (const sql::TableChange& change : alter->changes) {
        const bool drops = change.kind == TableChangeKind::drop_column ||
                           change.kind == TableChangeKind::drop_constraint;
        if (drops && change.cascade) return say_cascade(situation, {"", change.name}, report);
    }
}

// By the script itself: nothing is in it but what the script has put there.
bool is_made(const Situation& situation, const ObjectName& schema) {
    return std::any_of(situation.before.begin(), situation.before.end(), [&](const Judged& each) {
        const auto* create = std::get_if<sql::CreateSchema>(&each.action);
        return create != nullptr && create->name == schema.name && !create->if_not_exists;
    });
}

void drop_schema(const Situation& situation, Report& report) {
    const auto* drop = situation.does<sql::Drop>();
    if (drop == nullptr || drop->object != ObjectKind::schema) return;
    auto schemas = dropped(*drop);
    std::erase_if(schemas, [&](const ObjectName& schema) { return is_made(situation, schema); });
    if (schemas.empty()) return;
    const std::string names = listed(schemas);
    Finding& finding =
        report.say("drop-schema", situation.statement,
                   drop->cascade ? "every table, view, function and type in " + names +
                                       " is dropped with it, rows and all"
                                 : "what still names " + names + " fails once it is dropped");
    finding.help = {"drop the objects in it by name first, then DROP SCHEMA " + names +
                    " RESTRICT"};
}

void drop_database(const Situation& situation, Report& report) {
    const auto* drop = situation.does<sql::Drop>();
    if (drop == nullptr || drop->object != ObjectKind::database) return;
    report
        .say("drop-database", situation.statement,
             "the whole database " + listed(dropped(*drop)) + " is gone for good")
        .help = {"a migration has no business with other databases: do it by hand, after a backup"};
}

// By the script itself: a composite, a range.
bool is_made_type(const Situation& situation, const ObjectName& type) {
    return std::any_of(situation.before.begin(), situation.before.end(), [&](const Judged& each) {
        const auto* create = std::get_if<sql::CreateType>(&each.action);
        return create != nullptr && key_of(create->type) == key_of(type);
    });
}

void drop_type(const Situation& situation, Report& report) {
    const auto* drop = situation.does<sql::Drop>();
    if (drop == nullptr) return;
    if (drop->object != ObjectKind::type && drop->object != ObjectKind::domain) return;
    for (const sql::DroppedObject& object : drop->objects) {
        const KnownEnum* known = situation.schema.enumeration(object.name);
        const KnownDomain* domain = situation.schema.domain(object.name);
        if (known != nullptr && known->origin == Origin::script) continue;
        if (domain != nullptr && domain->origin == Origin::script) continue;
        if (is_made_type(situation, object.name)) continue;
        const std::string name = quoted(object.name);
        report
            .say("drop-type", situation.statement,
                 drop->cascade
                     ? "every column of type " + name + " is dropped with it, in any table"
                     : "what still uses the type " + name +
                           " makes this fail, and "
                           "programs that name it fail afterwards")
            .help = {"change the columns of type " + name +
                     " to another one first; then drop it "
                     "without CASCADE"};
        return;
    }
}

bool makes_again(const sql::Action& action, const ObjectName& view) {
    if (const auto* create = std::get_if<sql::CreateView>(&action))
        return key_of(create->view) == key_of(view);
    if (const auto* create = std::get_if<sql::CreateTableAs>(&action))
        return key_of(create->table) == key_of(view);
    return false;
}

bool is_made_again(const FileSituation& file, std::size_t from, const ObjectName& view) {
    const std::size_t transaction = file.statements[from].transaction;
    if (transaction == 0) return false;
    for (std::size_t at = from + 1; at < file.statements.size(); ++at)
        if (file.statements[at].transaction == transaction &&
            makes_again(file.statements[at].action, view))
            return true;
    return false;
}

bool is_made_before(const FileSituation& file, std::size_t until, const ObjectName& view) {
    for (std::size_t at = 0; at < until; ++at)
        if (makes_again(file.statements[at].action, view)) return true;
    return false;
}

void drop_view(const FileSituation& file, Report& report) {
    for (std::size_t at = 0; at < file.statements.size(); ++at) {
        const auto* drop = std::get_if<sql::Drop>(&file.statements[at].action);
        if (drop == nullptr ||
            (drop->object != ObjectKind::view && drop->object != ObjectKind::materialized_view))
            continue;
        for (const sql::DroppedObject& object : drop->objects) {
            if (is_made_before(file, at, object.name) || is_made_again(file, at, object.name))
                continue;
            const std::string name = quoted(object.name);
            report
                .say("drop-view", file.statements[at],
                     "what still reads " + name + " fails from now on")
                .help = {"first release what no longer reads " + name,
                         "to change it, CREATE OR REPLACE VIEW, or drop and create it in one "
                         "transaction"};
            break;
        }
    }
}

const KnownIndex* index_of(const Schema& schema, const ObjectName& name) {
    const KnownTable* table = schema.table_of_index(name);
    return table == nullptr ? nullptr : table->index(name.name);
}

bool is_still_unique(const KnownTable& table, const KnownIndex& index) {
    return std::any_of(table.indexes.begin(), table.indexes.end(), [&](const auto& other) {
        return other.unique && !other.partial && other.name != index.name &&
               std::is_permutation(other.columns.begin(), other.columns.end(),
                                   index.columns.begin(), index.columns.end());
    });
}

void drop_index_unique(const Situation& situation, Report& report) {
    const auto* drop = situation.does<sql::Drop>();
    if (drop == nullptr || drop->object != ObjectKind::index) return;
    for (const sql::DroppedObject& object : drop->objects) {
        const KnownTable* table = situation.schema.table_of_index(object.name);
        const KnownIndex* index = index_of(situation.schema, object.name);
        if (index == nullptr || !index->unique || is_still_unique(*table, *index)) continue;
        if (table->origin == Origin::script || table->temporary) continue;
        Finding& finding =
            report.say("drop-index-unique", situation.statement,
                       "without " + quoted(object.name) + " nothing keeps duplicates out of " +
                           quoted(table->name));
        finding.help = {"create the index that replaces it first, then drop this one",
                        "ON CONFLICT that relies on it fails from now on"};
        finding.table = table->name;
        return;
    }
}

void drop_constraint_index(const Situation& situation, Report& report) {
    const auto* drop = situation.does<sql::Drop>();
    if (drop == nullptr || drop->object != ObjectKind::index) return;
    for (const sql::DroppedObject& object : drop->objects) {
        const KnownTable* table = situation.schema.table_of_index(object.name);
        const KnownIndex* index = index_of(situation.schema, object.name);
        if (index == nullptr || index->constraint.empty()) continue;
        const std::string name = quoted(object.name);
        const std::string owner = quoted(table->name);
        report
            .say("drop-constraint-index", situation.statement,
                 "the index " + name + " backs a constraint of " + owner +
                     ": the server refuses to drop it, CASCADE or not")
            .help = {"ALTER TABLE " + owner + " DROP CONSTRAINT " + quoted(index->constraint)};
        return;
    }
}

void truncate(const Situation& situation, Report& report) {
    const auto* emptied = situation.does<sql::Truncate>();
    if (emptied == nullptr) return;
    auto names = emptied->tables;
    std::erase_if(names,
                  [&](const ObjectName& name) { return is_nothing_lost(situation, name, false); });
    if (names.empty()) return;
    Finding& finding = report.say(
        "truncate", situation.statement,
        "every row of " + listed(names) + " is gone, under a lock that keeps readers waiting");
    finding.help = {"DELETE FROM " + quoted(names.front()) +
                    " in batches, or detach and drop the partition with what may go"};
    finding.table = names.front();
}

void truncate_cascade(const Situation& situation, Report& report) {
    const auto* emptied = situation.does<sql::Truncate>();
    if (emptied == nullptr || !emptied->cascade || emptied->tables.empty()) return;
    const ObjectName& first = emptied->tables.front();
    if (std::all_of(emptied->tables.begin(), emptied->tables.end(),
                    [&](const ObjectName& name) { return situation.schema.is_new(name); }))
        return;
    const std::string known = what_depends(situation.schema, first);
    Finding& finding =
        report.say("truncate-cascade", situation.statement,
                   "CASCADE empties every table that references " + listed(emptied->tables) +
                       " too, and theirs in turn" + (known.empty() ? "" : ": " + known));
    finding.help = {"name the tables: TRUNCATE " + listed(emptied->tables) +
                    ", ...; the server says which are missing"};
    finding.table = first;
}

}  // namespace

std::vector<Rule> drop_rules() {
    constexpr std::string_view strongest = "ACCESS EXCLUSIVE";
    return {
        {"drop-table", Bucket::hazard, "The rows are gone, and what still uses the table fails.",
         strongest, drop_table},
        {"drop-cascade", Bucket::hazard, "CASCADE drops objects that nobody named.", strongest,
         drop_cascade},
        {"drop-schema", Bucket::hazard, "A schema goes with everything that is in it.", strongest,
         drop_schema},
        {"drop-database", Bucket::hazard, "A database goes with everything that is in it.", "",
         drop_database},
        {"drop-type", Bucket::hazard, "Columns of the type stand in the way, or go with it.",
         strongest, drop_type},
        {"drop-view", Bucket::hazard, "What still reads the view fails.", strongest, nullptr,
         drop_view},
        {"drop-index-unique", Bucket::hazard, "With the index goes what it guaranteed.", strongest,
         drop_index_unique},
        {"drop-constraint-index", Bucket::hazard,
         "An index that backs a constraint cannot be dropped by itself.", strongest,
         drop_constraint_index},
        {"truncate", Bucket::hazard, "Every row is gone at once, under the strongest lock.",
         strongest, truncate},
        {"truncate-cascade", Bucket::hazard, "Tables that nobody named are emptied too.", strongest,
         truncate_cascade},
    };
}

}  // namespace migrations::rules
