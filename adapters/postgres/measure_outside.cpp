#include "adapters/postgres/measure_outside.hpp"

#include "adapters/postgres/measure_transaction.hpp"
#include "adapters/postgres/number_text.hpp"
#include "adapters/postgres/shadow_room.hpp"
#include "adapters/postgres/stopwatch.hpp"

#include <algorithm>
#include <poll.h>
#include <string>
#include <utility>

namespace adapters::postgres {

namespace {

using commands::LockMode;
using commands::MeasuredStatement;
using commands::RelationLock;
using ledger::fail;
using ledger::Result;

constexpr int look_ms = 1;
constexpr int takeovers_in_vain_max = 12;  // that have shown no wait that was not known

// What the session holds or waits for, of relations that others can see; and whether it waits.
constexpr const char* look_query = R"(SELECT l.locktype, l.mode, l.granted, n.nspname, c.relname,
        l.relation, a.wait_event_type, a.wait_event,
        $2 = ANY (pg_catalog.pg_blocking_pids($1::integer)) AS is_blocked
    FROM pg_catalog.pg_locks l
    LEFT JOIN pg_catalog.pg_class c ON l.locktype = 'relation' AND c.oid = l.relation
    LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
    WHERE l.pid = $1::integer AND (NOT l.granted OR n.nspname IS NOT NULL
        AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
        AND n.nspname NOT LIKE 'pg\_toast\_temp\_%'))";

// ONLY: or what the statement waits for already, a partition, would be locked with its parent.
constexpr const char* tables_query = R"(SELECT pg_catalog.string_agg(
        pg_catalog.format('ONLY %I.%I', n.nspname, c.relname), ', ')
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
    AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_locks l WHERE l.pid = $1::integer
        AND l.locktype = 'relation' AND l.relation = c.oid AND l.mode IN ('ShareLock',
        'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')))";

struct Sighting {
    std::string relation;  // its oid: REINDEX CONCURRENTLY renames what it works on
    RelationLock lock;
    int count{};
    bool was_in_wait{};  // waited for, or held while another was
};

std::string pid_text(const Connection& connection) {
    return std::to_string(connection.promised_pid());
}

void add_once(std::vector<commands::TextPair>& pairs, commands::TextPair pair) {
    if (std::find(pairs.begin(), pairs.end(), pair) == pairs.end())
        pairs.push_back(std::move(pair));
}

bool mentions_skip_locked(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char each) { return static_cast<char>(std::toupper(each)); });
    return text.find("SKIP_LOCKED") != text.npos;
}

class Watch {
public:
    Watch(const OutsideScene& scene, MeasuredStatement& statement)
        : scene_{scene},
          statement_{statement},
          writer_{&scene.writer},
          idle_writer_{&scene.second_writer} {}

    Result<void> run() {
        // What skips what is locked would skip it for our own writer.
        if (!mentions_skip_locked(statement_.text))
            if (auto held = take_tables(*writer_); !held) return held;
        PGconn* raw = scene_.session.raw();
        const Stopwatch since;
        if (PQsendQuery(raw, statement_.text.c_str()) == 0)
            return fail(shadow_error(lost_connection(raw), "sending a statement", scene_.session));
        while (!is_answered(raw))
            if (auto looked = look(); !looked) return looked;
        statement_.elapsed_us = since.elapsed_us() - std::min(waited_us_, since.elapsed_us());
        for (ResultPointer result{PQgetResult(raw)}; result; result.reset(PQgetResult(raw)))
            note(*result);
        static_cast<void>(writer_->run("ROLLBACK"));
        conclude();
        return {};
    }

private:
    [[nodiscard]] bool is_answered(PGconn* raw) const {
        pollfd socket{PQsocket(raw), POLLIN, 0};
        if (poll(&socket, 1, look_ms) > 0 && PQconsumeInput(raw) == 0) return true;
        return PQisBusy(raw) == 0;
    }

    // Those that the statement does not hold against it already.
    Result<void> take_tables(Connection& writer) {
        auto tables = writer.query({tables_query, {pid_text(scene_.session)}});
        if (!tables)
            return fail(shadow_error(tables.error(), "looking for tables to write to", writer));
        const auto& names = tables->first().at(0);
        std::string sql = "BEGIN; SET LOCAL lock_timeout = '200ms'";
        if (names) sql += "; LOCK TABLE " + *names + " IN ROW EXCLUSIVE MODE";
        if (!writer.run(sql)) static_cast<void>(writer.run("ROLLBACK"));
        return {};
    }

    Result<void> look() {
        auto rows =
            scene_.observer.query({look_query, {pid_text(scene_.session), pid_text(*writer_)}});
        if (!rows) return fail(shadow_error(rows.error(), "watching a statement", scene_.observer));
        const bool is_blocked = std::any_of(rows->values.begin(), rows->values.end(), waits);
        const std::size_t known = statement_.waits.size();
        for (const Values& row : rows->values) see(row, is_blocked);
        if (!is_blocked) return {};
        if (statement_.waits.size() == known) ++takeovers_in_vain_;
        const Stopwatch since;
        // The next writer comes before the last one goes, or the next wait would not be seen.
        if (takeovers_in_vain_ <= takeovers_in_vain_max)
            if (auto taken = take_tables(*idle_writer_); !taken) return taken;
        static_cast<void>(writer_->run("ROLLBACK"));
        std::swap(writer_, idle_writer_);
        waited_us_ += since.elapsed_us();
        return {};
    }

    // Whether the statement waits for the writer.
    static bool waits(const Values& row) {
        return text_of(row.at(2)) != "t" && row.at(8).value_or("f") == "t";
    }

    void see(const Values& row, bool is_blocked) {
        const auto mode = commands::lock_mode(text_of(row.at(1)));
        if (waits(row)) {
            const commands::RelationName name{row.at(3).value_or(""), row.at(4).value_or("")};
            add_once(statement_.waits,
                     {row.at(4) ? to_text(name) : text_of(row.at(0)), text_of(row.at(1))});
            if (row.at(6) && row.at(7)) add_once(statement_.wait_events, {*row.at(6), *row.at(7)});
        }
        if (row.at(4) && mode && *mode != LockMode::access_share)
            sight(text_of(row.at(5)), {{text_of(row.at(3)), text_of(row.at(4))}, false, *mode},
                  is_blocked);
    }

    void sight(const std::string& relation, RelationLock lock, bool is_in_wait) {
        for (const Sighting& each : sightings_)
            if (each.relation == relation) lock.relation = each.lock.relation;
        const auto same = [&](const Sighting& each) {
            return each.relation == relation && each.lock.mode == lock.mode;
        };
        auto place = std::find_if(sightings_.begin(), sightings_.end(), same);
        if (place == sightings_.end()) place = sightings_.insert(place, {relation, lock});
        ++place->count;
        place->was_in_wait = place->was_in_wait || is_in_wait;
    }

    void note(const PGresult& result) {
        const auto status = PQresultStatus(&result);
        if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE)
            statement_.failure = failure_of(server_error(&result));
    }

    void conclude() {
        for (const Sighting& each : sightings_) {
            if (each.count < 2 && !each.was_in_wait) continue;
            const auto same = [&](const RelationLock& lock) {
                return lock.relation == each.lock.relation;
            };
            auto place = std::find_if(statement_.locks.begin(), statement_.locks.end(), same);
            if (place == statement_.locks.end())
                statement_.locks.push_back(each.lock);
            else
                place->mode = std::max(place->mode, each.lock.mode);
        }
        if (statement_.failure) statement_.locks.clear();
        statement_.taken = statement_.locks;
    }

    const OutsideScene& scene_;
    MeasuredStatement& statement_;
    Connection* writer_;
    Connection* idle_writer_;
    int takeovers_in_vain_{};
    std::uint64_t waited_us_{};
    std::vector<Sighting> sightings_;
};

struct Overview {
    Relations relations;
    std::map<Oid64, commands::Scan> scans;
    std::map<Oid64, std::uint64_t> vacuums;
    std::map<Oid64, std::uint64_t> analyzes;
    std::uint64_t wal_position{};
};

constexpr const char* activity_query = R"(SELECT relid, seq_tup_read, seq_scan, vacuum_count,
        analyze_count
    FROM pg_catalog.pg_stat_user_tables
    WHERE seq_scan > 0 OR vacuum_count > 0 OR analyze_count > 0)";

std::map<Oid64, std::uint64_t> counts_of(const std::vector<Values>& rows, std::size_t column) {
    std::map<Oid64, std::uint64_t> counts;
    for (const Values& row : rows) counts[whole_number(row.at(0))] = whole_number(row.at(column));
    return counts;
}

// Counts are reported when the session is idle, at most once a second, or where it is asked to.
void look_at_activity(Connection& session, Overview& look) {
    if (session.server_version() < can_flush_since) return;
    static_cast<void>(session.query({"SELECT pg_catalog.pg_stat_force_next_flush()", {}}));
    const auto rows = session.query({activity_query, {}});
    if (!rows) return;
    look.scans = scans_of(rows->values);
    look.vacuums = counts_of(rows->values, 3);
    look.analyzes = counts_of(rows->values, 4);
}

Result<Overview> look_at_all(Connection& session) {
    Overview look;
    look_at_activity(session, look);
    auto relations = session.query({relations_query(), {}});
    if (!relations)
        return fail(shadow_error(relations.error(), "reading the shadow's catalog", session));
    auto wal = session.query({wal_query(), {}});
    if (!wal) return fail(shadow_error(wal.error(), "reading the shadow's catalog", session));
    look.relations = relations_of(relations->values);
    look.wal_position = snapshot_of(wal->first()).wal_position;
    return look;
}

void note_scans(const Overview& before, const Overview& after, MeasuredStatement& statement) {
    for (const auto& [oid, scan] : after.scans) {
        const auto known = before.scans.find(oid);
        const commands::Scan last = known == before.scans.end() ? commands::Scan{} : known->second;
        const auto relation = after.relations.find(oid);
        if (scan.count <= last.count || relation == after.relations.end()) continue;
        statement.scans[relation->second.name] = {scan.rows - std::min(scan.rows, last.rows),
                                                  scan.count - last.count};
    }
}

void note_at_least(const commands::RelationName& name, LockMode mode,
                   MeasuredStatement& statement) {
    const auto place = std::find_if(
        statement.locks.begin(), statement.locks.end(),
        [&](const RelationLock& lock) { return !lock.is_new && lock.relation == name; });
    if (place == statement.locks.end())
        statement.locks.push_back({name, false, mode});
    else
        place->mode = std::max(place->mode, mode);
}

// Nobody else can have used what has got another file in its place, however briefly it was locked.
void note_exclusive(const std::vector<commands::RelationName>& replaced,
                    MeasuredStatement& statement) {
    for (const commands::RelationName& name : replaced)
        note_at_least(name, LockMode::access_exclusive, statement);
}

// That copy is called after its index where the name is not too long, and not taken.
void note_copy(const commands::RelationName& index, MeasuredStatement& statement) {
    constexpr std::size_t name_bytes_max = 63;
    const commands::RelationName copy{index.schema, index.name + "_ccnew"};
    const bool is_seen =
        std::any_of(statement.locks.begin(), statement.locks.end(), [&](const RelationLock& lock) {
            return lock.relation.schema == copy.schema && lock.relation.name.starts_with(copy.name);
        });
    if (is_seen || copy.name.size() > name_bytes_max) return;
    note_at_least(copy, LockMode::share_update_exclusive, statement);
}

// REINDEX CONCURRENTLY makes another index beside the old one, and gives it that one's name. It
// locks both, and where it does many, each for less time than a look takes.
void tell_as_reindexed(MeasuredStatement& statement) {
    if (statement.kind != "reindex") return;
    auto& dropped = statement.dropped;
    std::erase_if(statement.new_files, [&](const auto& file) {
        const auto old = std::find(dropped.begin(), dropped.end(), file.first);
        if (old == dropped.end()) return false;
        dropped.erase(old);
        statement.reindexed.push_back(file.first);
        note_at_least(file.first, LockMode::share_update_exclusive, statement);
        note_copy(file.first, statement);
        return true;
    });
}

// An index that is made beside writers is filled under this lock.
void note_new_indexes(MeasuredStatement& statement) {
    if (statement.kind != "create-index") return;
    for (const auto& [name, kind] : statement.new_files)
        if (kind == 'i') note_at_least(name, LockMode::row_exclusive, statement);
}

std::vector<Oid64> counted_more(const std::map<Oid64, std::uint64_t>& before,
                                const std::map<Oid64, std::uint64_t>& after) {
    std::vector<Oid64> more;
    for (const auto& [oid, count] : after) {
        const auto known = before.find(oid);
        if (count > (known == before.end() ? 0 : known->second)) more.push_back(oid);
    }
    return more;
}

constexpr const char* indexes_query = R"(SELECT n.nspname, c.relname FROM pg_catalog.pg_index i
    JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE i.indisready AND i.indrelid = ANY ($1::oid[]))";

// VACUUM of a small table takes less time than a look does. But the server counts what it has
// vacuumed and analyzed, and those locks are always the same: of the table, and for VACUUM of its
// indexes.
Result<void> note_vacuumed(Connection& session, const Overview& before, const Overview& after,
                           MeasuredStatement& statement) {
    const auto note_table = [&](Oid64 oid) {
        const auto relation = after.relations.find(oid);
        if (relation != after.relations.end())
            note_at_least(relation->second.name, LockMode::share_update_exclusive, statement);
    };
    for (const Oid64 oid : counted_more(before.analyzes, after.analyzes)) note_table(oid);
    std::string tables;
    for (const Oid64 oid : counted_more(before.vacuums, after.vacuums)) {
        note_table(oid);
        tables += (tables.empty() ? "" : ",") + std::to_string(oid);
    }
    if (tables.empty()) return {};
    auto indexes = session.query({indexes_query, {"{" + tables + "}"}});
    if (!indexes)
        return fail(shadow_error(indexes.error(), "reading the shadow's catalog", session));
    for (const Values& row : indexes->values)
        note_at_least({text_of(row.at(0)), text_of(row.at(1))}, LockMode::row_exclusive, statement);
    return {};
}

}  // namespace

Result<void> measure_outside(const OutsideScene& scene, RelationBook& book,
                             MeasuredStatement& statement) {
    statement.ran_outside = true;
    auto before = look_at_all(scene.session);
    if (!before) return fail(before.error());
    if (auto watched = Watch{scene, statement}.run(); !watched) return watched;
    if (const auto& failure = statement.failure;
        failure && is_out_of_room(failure->sqlstate, failure->source_function))
        return fail(no_room(failure->message, scene.session));
    auto after = look_at_all(scene.session);
    if (!after) return fail(after.error());
    statement.wal_bytes = after->wal_position - before->wal_position;
    note_scans(*before, *after, statement);
    compare(before->relations, after->relations, statement);
    note_indexes(after->relations, statement);
    note_exclusive(statement.rewritten, statement);
    note_exclusive(statement.reindexed, statement);
    tell_as_reindexed(statement);
    if (!statement.failure) {
        note_new_indexes(statement);
        if (auto noted = note_vacuumed(scene.session, *before, *after, statement); !noted)
            return noted;
    }
    statement.taken = statement.locks;
    book.reload(std::move(after->relations));
    return {};
}

}  // namespace adapters::postgres
