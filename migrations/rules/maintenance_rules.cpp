#include "migrations/rules/edit.hpp"
#include "migrations/rules/rule.hpp"
#include "migrations/rules/table_changes.hpp"

#include <algorithm>

namespace migrations::rules {

using sql::ObjectKind;
using sql::TableChangeKind;

namespace {

bool nobody_waits_for(const Schema& schema, const ObjectName& name) {
    return schema.is_made_here(name) || schema.is_temporary(name);
}

bool has_unique_index(const Schema& schema, const ObjectName& view) {
    const KnownTable* known = schema.table(view);
    return known != nullptr &&
           std::any_of(known->indexes.begin(), known->indexes.end(), [](const KnownIndex& index) {
               const auto& columns = index.columns;
               return index.unique && !index.partial &&
                      std::find(columns.begin(), columns.end(), "") == columns.end();
           });
}

// Nobody can read it yet.
bool lacks_data(const Schema& schema, const ObjectName& view) {
    const KnownTable* known = schema.table(view);
    return known != nullptr && known->lacks_data;
}

bool is_known_view(const Schema& schema, const ObjectName& view) {
    const KnownTable* known = schema.table(view);
    return known != nullptr && known->is_materialized_view;
}

void matview_refresh_blocking(const Situation& situation, Report& report) {
    const auto* refresh = situation.does<sql::RefreshView>();
    if (refresh == nullptr || refresh->concurrently) return;
    if (nobody_waits_for(situation.schema, refresh->view) ||
        lacks_data(situation.schema, refresh->view))
        return;
    const std::string view = quoted(refresh->view);
    Finding& finding = report.say("matview-refresh-blocking", situation.statement,
                                  "refreshing " + view + " blocks its readers until it is done");
    finding.table = refresh->view;
    if (refresh->with_no_data) {
        finding.message = "WITH NO DATA empties " + view + ": until it is refreshed, reads fail";
        return;
    }
    finding.help = {"REFRESH MATERIALIZED VIEW CONCURRENTLY " + view};
    const bool has_index = has_unique_index(situation.schema, refresh->view);
    if (!has_index)
        finding.help.push_back("it needs a unique index over columns of " + view +
                               ", without WHERE");
    if (!has_index && is_known_view(situation.schema, refresh->view)) return;
    finding.fix = inserted_after(situation.statement, {"materialized", "view"}, " CONCURRENTLY",
                                 "refresh it beside its readers");
}

void matview_refresh_concurrent_lock(const Situation& situation, Report& report) {
    const auto* refresh = situation.does<sql::RefreshView>();
    if (refresh == nullptr || !refresh->concurrently) return;
    if (nobody_waits_for(situation.schema, refresh->view)) return;
    Finding& finding =
        report.say("matview-refresh-concurrent-lock", situation.statement,
                   "refreshing " + quoted(refresh->view) +
                       " concurrently leaves its readers alone, but a second refresh of it waits");
    finding.help = {"run it when little is going on, with a lock_timeout"};
    finding.table = refresh->view;
}

void vacuum_full(const Situation& situation, Report& report) {
    const auto* vacuum = situation.does<sql::Vacuum>();
    if (vacuum == nullptr || !vacuum->full) return;
    std::string names;
    for (const ObjectName& table : vacuum->tables) {
        if (nobody_waits_for(situation.schema, table)) continue;
        names += (names.empty() ? "" : ", ") + quoted(table);
    }
    if (names.empty() && !vacuum->tables.empty()) return;
    Finding& finding =
        report.say("vacuum-full", situation.statement,
                   "VACUUM FULL writes " + (names.empty() ? "every table of the database" : names) +
                       " anew while nobody can read or write it");
    finding.help = {"VACUUM" + (names.empty() ? "" : " " + names) +
                        ", which works beside everybody, is enough to reuse the space",
                    "pg_repack or pg_squeeze give it back to the system with short locks"};
    if (vacuum->tables.size() == 1) finding.table = vacuum->tables.front();
}

void cluster(const Situation& situation, Report& report) {
    const auto* clustering = situation.does<sql::Cluster>();
    if (clustering == nullptr) return;
    const bool is_all = clustering->table.name.empty();
    if (!is_all && nobody_waits_for(situation.schema, clustering->table)) return;
    Finding& finding = report.say(
        "cluster", situation.statement,
        "CLUSTER writes " +
            (is_all ? "every table that was clustered before" : quoted(clustering->table)) +
            " and its indexes anew while nobody can read or write it");
    finding.help = {"pg_repack --order-by gives the same order with short locks"};
    if (!is_all) finding.table = clustering->table;
}

std::string kept_waiting(LockMode mode) {
    if (mode == LockMode::access_exclusive) return "reads and writes";
    if (mode >= LockMode::share) return "writes";
    return mode == LockMode::share_update_exclusive ? "VACUUM and changes"
                                                    : "index builds and changes";
}

void lock_table_explicit(const Situation& situation, Report& report) {
    const auto* lock = situation.does<sql::LockTable>();
    if (lock == nullptr || lock->mode < static_cast<int>(LockMode::row_exclusive)) return;
    for (const ObjectName& table : lock->tables) {
        const auto locked = written_by(situation.schema, table);
        if (std::all_of(locked.begin(), locked.end(), [&](const ObjectName& each) {
                return nobody_waits_for(situation.schema, each);
            }))
            continue;
        const auto mode = static_cast<LockMode>(std::min(lock->mode, 8));
        Finding& finding =
            report.say("lock-table-explicit", situation.statement,
                       "LOCK TABLE holds " + to_text(mode) + " on " + quoted(table) + ": " +
                           kept_waiting(mode) + " of it wait until the transaction ends");
        finding.help = {
            "leave it out: each statement takes the lock it needs",
            "or take the weakest mode that does, with SET LOCAL lock_timeout = '2s' before it"};
        finding.table = table;
        return;
    }
}

bool turns_vacuum_off(const sql::Option& option) {
    return option.name == "autovacuum_enabled" &&
           (option.value == "false" || option.value == "off" || option.value == "0" ||
            option.value == "no");
}

void autovacuum_disabled(const Situation& situation, Report& report) {
    const auto say = [&](const ObjectName& table) {
        Finding& finding = report.say("autovacuum-disabled", situation.statement,
                                      "autovacuum is turned off for " + quoted(table) +
                                          ": dead rows pile up, and wraparound comes nearer");
        finding.help = {"keep it on; autovacuum_vacuum_scale_factor and _cost_delay tune it"};
        finding.table = table;
    };
    if (const auto* create = situation.does<sql::CreateTable>())
        if (std::any_of(create->options.begin(), create->options.end(), turns_vacuum_off))
            say(create->table);
    const auto* alter = situation.does<sql::AlterTable>();
    if (alter == nullptr) return;
    for (const sql::TableChange& change : alter->changes)
        if (change.kind == TableChangeKind::set_options &&
            std::any_of(change.options.begin(), change.options.end(), turns_vacuum_off))
            return say(alter->table);
}

}  // namespace

std::vector<Rule> maintenance_rules() {
    return {
        {"matview-refresh-blocking", Bucket::hazard,
         "Refreshing a materialized view keeps every reader of it waiting.", "ACCESS EXCLUSIVE",
         matview_refresh_blocking},
        {"matview-refresh-concurrent-lock", Bucket::advisory,
         "A concurrent refresh keeps writers and other refreshes of the view waiting.", "EXCLUSIVE",
         matview_refresh_concurrent_lock},
        {"vacuum-full", Bucket::hazard,
         "VACUUM FULL rewrites the table and its indexes under the strongest lock.",
         "ACCESS EXCLUSIVE", vacuum_full},
        {"cluster", Bucket::hazard,
         "CLUSTER rewrites the table and its indexes under the strongest lock.", "ACCESS EXCLUSIVE",
         cluster},
        {"lock-table-explicit", Bucket::hazard,
         "An explicit lock is held until the transaction ends, whatever follows.", "as asked for",
         lock_table_explicit},
        {"autovacuum-disabled", Bucket::advisory,
         "A table without autovacuum bloats and loses its statistics.", "SHARE UPDATE EXCLUSIVE",
         autovacuum_disabled},
    };
}

}  // namespace migrations::rules
