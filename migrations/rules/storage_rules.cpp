#include "migrations/rules/rule.hpp"
#include "migrations/rules/table_changes.hpp"

namespace migrations::rules {

using sql::AlterTable;
using sql::ObjectKind;
using sql::TableChange;
using sql::TableChangeKind;

namespace {

void set_logged_unlogged(const Situation& situation, const AlterTable& alter,
                         const TableChange& change, Report& report) {
    const bool unlogs = change.kind == TableChangeKind::set_unlogged;
    if (!unlogs && change.kind != TableChangeKind::set_logged) return;
    const KnownTable* table = situation.schema.table(alter.table);
    if (table != nullptr && table->is_complete && table->unlogged == unlogs) return;
    // A partitioned table has no rows: version-unsupported-syntax tells of it.
    if (is_partitioned(situation, alter.table)) return;
    Finding& finding = report.say(
        "set-logged-unlogged", situation.statement,
        "making " + quoted(alter.table) + (unlogs ? " UNLOGGED" : " LOGGED") +
            " rewrites it and its indexes while nobody can use it" +
            (unlogs ? "; from then on a crash empties it, and standbys do not have it" : ""));
    finding.table = alter.table;
    finding.help = {"make a new table that is so, copy the rows in batches, and swap the names"};
}

void say_moved(std::string_view rule, const Situation& situation, const AlterTable& alter,
               const std::string& to, Report& report) {
    Finding& finding = report.say(rule, situation.statement,
                                  "moving " + quoted(alter.table) + " to " + to +
                                      " copies all of it while nobody can use it");
    finding.table = alter.table;
    finding.help = {"make a new table there, copy the rows in batches, and swap the names"};
}

void set_access_method(const Situation& situation, Report& report) {
    const auto* alter = situation.does<AlterTable>();
    if (alter == nullptr || !is_seen(situation, alter->table) ||
        is_partitioned(situation, alter->table))
        return;
    for (const TableChange& change : alter->changes)
        if (change.kind == TableChangeKind::set_access_method)
            say_moved("set-access-method", situation, *alter,
                      "the access method " + quoted(change.name), report);
}

bool moves_new_index(const Situation& situation, const AlterTable& alter) {
    if (alter.object != ObjectKind::index) return false;
    const KnownTable* table = situation.schema.table_of_index(alter.table);
    return table != nullptr && !is_seen(situation, table->name);
}

void set_tablespace(const Situation& situation, Report& report) {
    if (const auto* other = situation.does<sql::Other>();
        other != nullptr && other->kind == "alter-table-move-all") {
        report
            .say("set-tablespace", situation.statement,
                 "every relation of a tablespace is locked and copied to another")
            .help = {"move them one by one, when each can be done without"};
        return;
    }
    const auto* alter = situation.does<AlterTable>();
    if (alter == nullptr || !is_seen(situation, alter->table) || moves_new_index(situation, *alter))
        return;
    for (const TableChange& change : alter->changes) {
        if (change.kind != TableChangeKind::set_tablespace) continue;
        // A partitioned table has no files: only its new partitions go there.
        if (is_partitioned(situation, alter->table)) continue;
        say_moved("set-tablespace", situation, *alter, "the tablespace " + quoted(change.name),
                  report);
    }
}

}  // namespace

std::vector<Rule> storage_rules() {
    return {
        {"set-logged-unlogged", Bucket::hazard,
         "SET LOGGED and SET UNLOGGED rewrite the whole table.", "ACCESS EXCLUSIVE",
         each_change<set_logged_unlogged>},
        {"set-access-method", Bucket::hazard,
         "Another access method has the whole table rewritten.", "ACCESS EXCLUSIVE",
         set_access_method},
        {"set-tablespace", Bucket::hazard, "Another tablespace has all files copied under a lock.",
         "ACCESS EXCLUSIVE", set_tablespace},
    };
}

}  // namespace migrations::rules
