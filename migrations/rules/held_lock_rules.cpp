#include "migrations/rules/instant.hpp"
#include "migrations/rules/locks.hpp"
#include "migrations/rules/row_scope.hpp"
#include "migrations/rules/rule.hpp"
#include "migrations/rules/table_changes.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace migrations::rules {

using sql::ConstraintKind;
using sql::TableChangeKind;

namespace {

std::optional<ObjectName> table_of(const TableLock& lock) {
    return lock.object == sql::ObjectKind::table ? std::optional{lock.table} : std::nullopt;
}

const TableLock* first_exclusive(const Session& session) {
    for (const TableLock& lock : session.locks)
        if (lock.mode == LockMode::access_exclusive) return &lock;
    return nullptr;
}

bool is_said_before(const Situation& situation, std::size_t since) {
    for (std::size_t at = since + 1; at < situation.before.size(); ++at)
        if (!is_instant(situation.before[at].action) &&
            !is_record_of_tool(situation.before[at].action))
            return true;
    return false;
}

void access_exclusive_held(const Situation& situation, Report& report) {
    if (!situation.session.in_transaction || is_instant(situation.statement.action) ||
        is_record_of_tool(situation.statement.action))
        return;
    const TableLock* held = first_exclusive(situation.session);
    if (held == nullptr || is_said_before(situation, held->statement)) return;
    Finding& finding =
        report.say("access-exclusive-held", situation.statement,
                   "while this runs, nobody can read or write " + locked_text(*held) +
                       ": the transaction holds it ACCESS EXCLUSIVE since an earlier statement");
    finding.help = {"commit right after the change of " + locked_text(*held) +
                    ", or make it the transaction's last statement"};
    finding.table = table_of(*held);
}

// Into what the script has made, as many rows as another table has: whoever waits for another lock
// waits as long. What joins may only look up a few.
bool copies_many(const Schema& schema, const sql::Rows& rows) {
    const ObjectName& source = rows.source;
    const bool is_of_others = !source.name.empty() && !is_catalog(source) &&
                              source.schema != "information_schema" &&
                              !schema.is_made_here(source) && !schema.is_temporary(source);
    return is_of_others && !rows.has_limit && (takes_every_row(rows) || !is_bounded(schema, rows));
}

bool is_of_script(const Schema& schema, const ObjectName& table) {
    const auto written = written_by(schema, table);
    return std::all_of(written.begin(), written.end(), [&](const ObjectName& each) {
        return schema.is_made_here(each) || schema.is_temporary(each);
    });
}

// More than a few of its rows.
bool is_bulk(const Situation& situation, const sql::Rows& rows) {
    const Schema& schema = situation.schema;
    if (is_of_script(schema, rows.table)) return copies_many(schema, rows);
    switch (rows.verb) {
        case sql::RowsVerb::update:
        case sql::RowsVerb::erase:
            if (is_record_of_tool(rows)) return false;
            return takes_every_row(rows) || !is_narrow(schema, rows) || rows.from_query;
        case sql::RowsVerb::merge:
        case sql::RowsVerb::copy_from:
            return true;
        case sql::RowsVerb::insert:
            return rows.from_query && !rows.reads.empty() && !rows.has_limit;
        case sql::RowsVerb::select:
        case sql::RowsVerb::copy_to:
            return false;
    }
    return false;
}

const sql::Rows* backfill_in(const Situation& situation, const sql::Action& action) {
    const auto* rows = std::get_if<sql::Rows>(&action);
    if (rows == nullptr) return nullptr;
    for (const sql::Rows& each : rows->with)
        if (is_bulk(situation, each)) return &each;
    return is_bulk(situation, *rows) ? rows : nullptr;
}

// A lock that a change of the schema has taken, and that keeps writers waiting.
const TableLock* blocking_change(const Situation& situation) {
    for (const TableLock& lock : situation.session.locks) {
        if (lock.mode < LockMode::share || lock.statement >= situation.before.size()) continue;
        const sql::Action& action = situation.before[lock.statement].action;
        if (!std::holds_alternative<sql::LockTable>(action)) return &lock;
    }
    return nullptr;
}

// "a_b" of "idx_a_b_at"; a table may be called in the plural.
bool is_called_after(const std::string& index, std::string table) {
    if (table.ends_with('s')) table.pop_back();
    const std::string whole = "_" + index + "_";
    return whole.find("_" + table + "_") != std::string::npos ||
           whole.find("_" + table + "s_") != std::string::npos;
}

// The same table, as far as names tell: whose an index is, is not known, but most are called so.
bool may_be_one(const TableLock& one, const TableLock& other) {
    if (one.object == other.object)
        return one.object == sql::ObjectKind::index || key_of(one.table) == key_of(other.table);
    if (one.object == sql::ObjectKind::index && other.object == sql::ObjectKind::table)
        return is_called_after(one.table.name, other.table.name);
    if (other.object == sql::ObjectKind::index && one.object == sql::ObjectKind::table)
        return is_called_after(other.table.name, one.table.name);
    return false;
}

void say_backfill(const Situation& situation, const ObjectName& rows, const TableLock& lock,
                  bool is_change_first, Report& report) {
    const std::string locked = locked_text(lock);
    Finding& finding =
        report.say("ddl-backfill-same-tx", situation.statement,
                   is_change_first ? "rows of " + quoted(rows) +
                                         " are written while the transaction still locks " +
                                         locked + " for its change of the schema"
                                   : "the rows of " + quoted(rows) +
                                         " that were written before stay locked while this "
                                         "waits for its lock on " +
                                         locked);
    finding.help = {"one migration changes " + locked + ", another fills " + quoted(rows) +
                    " in batches"};
    finding.table = table_of(lock);
}

void ddl_backfill_same_tx(const Situation& situation, Report& report) {
    if (!situation.session.in_transaction) return;
    const sql::Rows* filled = backfill_in(situation, situation.statement.action);
    if (filled != nullptr) {
        const TableLock* lock = blocking_change(situation);
        if (lock != nullptr) say_backfill(situation, filled->table, *lock, true, report);
        return;
    }
    for (const TableLock& taken : situation.statement.locks) {
        if (taken.mode < LockMode::share) continue;
        for (const Judged& earlier : situation.before) {
            if (earlier.transaction != situation.session.transaction) continue;
            const sql::Rows* before = backfill_in(situation, earlier.action);
            if (before != nullptr && may_be_one(taken, {before->table, taken.mode, 0}))
                return say_backfill(situation, before->table, taken, false, report);
        }
    }
}

// A table that the statement names beside others, not one that is locked along with it.
bool is_listed(const sql::Action& action, const ObjectName& table) {
    const std::string key = key_of(table);
    const auto is_it = [&](const ObjectName& name) { return key_of(name) == key; };
    if (const auto* drop = std::get_if<sql::Drop>(&action))
        return (drop->object == sql::ObjectKind::table ||
                drop->object == sql::ObjectKind::foreign_table) &&
               std::any_of(drop->objects.begin(), drop->objects.end(),
                           [&](const auto& object) { return is_it(object.name); });
    if (const auto* emptied = std::get_if<sql::Truncate>(&action))
        return std::any_of(emptied->tables.begin(), emptied->tables.end(), is_it);
    return std::holds_alternative<sql::LockTable>(action);
}

void say_several(const Situation& situation, const TableLock& taken, const TableLock& first,
                 Report& report) {
    const std::string one = locked_text(first);
    const std::string other = locked_text(taken);
    Finding& finding =
        report.say("multi-table-ddl-tx", situation.statement,
                   "this waits for " + other + " while the transaction holds " + one +
                       ": both are locked until it ends, and another order elsewhere makes a "
                       "deadlock");
    finding.help = {"one transaction for " + one + ", another for " + other};
    finding.table = table_of(taken);
}

// Two tables of one statement are only said where it lists them.
bool is_said_of(const Situation& situation, const TableLock& first) {
    const auto& locks = situation.session.locks;
    return std::any_of(locks.begin(), locks.end(), [&](const TableLock& lock) {
        if (lock.mode != LockMode::access_exclusive || may_be_one(first, lock)) return false;
        return lock.statement != first.statement || lock.statement >= situation.before.size() ||
               is_listed(situation.before[lock.statement].action, lock.table);
    });
}

bool is_held_exclusively(const Session& session, const TableLock& taken) {
    return std::any_of(session.locks.begin(), session.locks.end(), [&](const TableLock& held) {
        return held.mode == LockMode::access_exclusive && may_be_one(held, taken);
    });
}

void multi_table_ddl_tx(const Situation& situation, Report& report) {
    if (!situation.session.in_transaction || situation.statement.locks.empty()) return;
    const TableLock* first = first_exclusive(situation.session);
    if (first != nullptr && is_said_of(situation, *first)) return;
    const bool is_held = first != nullptr;
    for (const TableLock& taken : situation.statement.locks) {
        if (taken.mode != LockMode::access_exclusive ||
            is_held_exclusively(situation.session, taken))
            continue;
        if (!is_held && !is_listed(situation.statement.action, taken.table)) continue;
        if (first == nullptr) first = &taken;
        if (!may_be_one(*first, taken)) return say_several(situation, taken, *first, report);
    }
}

bool adds_not_valid(const sql::TableChange& change) {
    return change.kind == TableChangeKind::add_constraint && change.constraint.not_valid;
}

// What loses its point, or works another way, once it shares a statement with others.
bool stands_alone(const sql::AlterTable& alter) {
    return std::any_of(alter.changes.begin(), alter.changes.end(), [](const auto& change) {
        return change.kind == TableChangeKind::validate_constraint ||
               change.kind == TableChangeKind::attach_partition ||
               change.kind == TableChangeKind::detach_partition ||
               change.kind == TableChangeKind::drop_constraint || adds_not_valid(change);
    });
}

void multiple_alter_table(const Situation& situation, Report& report) {
    const auto* alter = situation.does<sql::AlterTable>();
    if (alter == nullptr || situation.before.empty() || stands_alone(*alter)) return;
    const auto* previous = std::get_if<sql::AlterTable>(&situation.before.back().action);
    if (previous == nullptr || stands_alone(*previous)) return;
    if (key_of(previous->table) != key_of(alter->table)) return;
    if (situation.schema.is_made_here(alter->table)) return;
    const std::string table = quoted(alter->table);
    report
        .say("multiple-alter-table", situation.statement,
             "the statement before changes " + table +
                 " too: one ALTER TABLE takes its lock once, and scans or rewrites once")
        .help = {"ALTER TABLE " + table + " ..., ... with the changes of both, by commas"};
}

}  // namespace

std::vector<Rule> held_lock_rules() {
    return {
        {"access-exclusive-held", Bucket::hazard,
         "A lock is held until its transaction ends, so whatever runs meanwhile makes everybody "
         "wait longer.",
         "ACCESS EXCLUSIVE", access_exclusive_held},
        {"ddl-backfill-same-tx", Bucket::hazard,
         "Writing many rows under the lock of a change of the schema keeps the table locked for "
         "all of it.",
         "that of the change", ddl_backfill_same_tx},
        {"multi-table-ddl-tx", Bucket::hazard,
         "A transaction that locks several tables blocks them all together and can deadlock.",
         "ACCESS EXCLUSIVE", multi_table_ddl_tx},
        {"multiple-alter-table", Bucket::advisory,
         "Several ALTER TABLE of one table lock, scan and rewrite it several times.", "",
         multiple_alter_table},
    };
}

}  // namespace migrations::rules
