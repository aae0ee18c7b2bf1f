#include "adapters/postgres/measure_snapshot.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

namespace adapters::postgres {

namespace {

using commands::LockMode;
using commands::MeasuredStatement;
using commands::RelationLock;
using commands::Scan;

constexpr char between_fields = '\x1f';
constexpr char between_rows = '\x1e';

// No catalog, and no TOAST table: that goes with the table that it is of.
constexpr const char* is_users =
    R"(n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    AND n.nspname NOT LIKE 'pg\_toast\_temp\_%')";

std::uint64_t number(std::string_view text) {
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const auto end = std::min(text.find(separator), text.size());
        parts.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

bool is_table(char kind) { return kind == 'r' || kind == 'm'; }
bool is_index(char kind) { return kind == 'i'; }

std::set<std::uint64_t> files_of(const Relations& relations) {
    std::set<std::uint64_t> files;
    for (const auto& [oid, state] : relations)
        if (is_index(state.kind)) files.insert(state.file);
    return files;
}

void note_new(const RelationState& state, bool is_known_file, MeasuredStatement& statement) {
    if (state.file == 0) return;
    if (is_index(state.kind) && is_known_file)
        statement.index_files_reused.push_back(state.name);
    else
        statement.new_files.emplace_back(state.name, state.kind);
}

void note_changed(const RelationState& before, const RelationState& after,
                  MeasuredStatement& statement) {
    if (before.file == after.file) return;
    if (is_table(after.kind)) statement.rewritten.push_back(before.name);
    if (is_index(after.kind)) statement.reindexed.push_back(before.name);
}

void sort(MeasuredStatement& statement) {
    for (auto* names : {&statement.rewritten, &statement.reindexed, &statement.dropped,
                        &statement.index_files_reused})
        std::sort(names->begin(), names->end());
    std::sort(statement.new_files.begin(), statement.new_files.end());
    const auto by_key = [](const RelationLock& a, const RelationLock& b) {
        return std::pair{a.relation, a.is_new} < std::pair{b.relation, b.is_new};
    };
    std::sort(statement.locks.begin(), statement.locks.end(), by_key);
    std::sort(statement.taken.begin(), statement.taken.end(), by_key);
}

}  // namespace

const std::string& relations_query() {
    static const std::string query =
        std::string{R"(SELECT c.oid, n.nspname, c.relname, c.relkind, c.relfilenode
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE )"} +
        is_users;
    return query;
}

Relations relations_of(const std::vector<Values>& rows) {
    Relations relations;
    for (const Values& row : rows)
        relations[number(text_of(row.at(0)))] = {{text_of(row.at(1)), text_of(row.at(2))},
                                                 text_of(row.at(3)).front(),
                                                 number(text_of(row.at(4)))};
    return relations;
}

const std::string& scans_query() {
    static const std::string query =
        R"(SELECT c.oid, pg_catalog.pg_stat_get_xact_tuples_returned(c.oid),
        pg_catalog.pg_stat_get_xact_numscans(c.oid)
    FROM pg_catalog.pg_class c WHERE c.relkind IN ('r', 'm')
    AND pg_catalog.pg_stat_get_xact_numscans(c.oid) > 0)";
    return query;
}

std::map<Oid64, Scan> scans_of(const std::vector<Values>& rows) {
    std::map<Oid64, Scan> scans;
    for (const Values& row : rows)
        scans[number(text_of(row.at(0)))] = {number(text_of(row.at(1))),
                                             number(text_of(row.at(2)))};
    return scans;
}

const std::string& wal_query() {
    static const std::string query =
        "SELECT pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')";
    return query;
}

const std::string& snapshot_query() {
    static const std::string query = std::string{R"(SELECT
    pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0'),
    (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(E'\x1f', l.relation, l.mode,
        COALESCE(c.kind, ''), COALESCE(c.file, 0), COALESCE(c.rows, 0), COALESCE(c.scans, 0),
        COALESCE(c.schema, ''), COALESCE(c.name, '')), E'\x1e')
    FROM pg_catalog.pg_locks l LEFT JOIN LATERAL (
        SELECT c.relkind::text AS kind, c.relfilenode::bigint AS file, c.relname::text AS name,
            n.nspname::text AS schema, )"} +
                                     is_users + R"( AS is_users,
            pg_catalog.pg_stat_get_xact_tuples_returned(c.oid) AS rows,
            pg_catalog.pg_stat_get_xact_numscans(c.oid) AS scans
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.oid = l.relation LIMIT 1) c ON true
    WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' AND l.granted
    AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d
        WHERE d.datname = pg_catalog.current_database())
    AND COALESCE(c.is_users, true)))";
    return query;
}

Snapshot snapshot_of(const Values& row) {
    constexpr std::size_t field_count = 8;
    Snapshot snapshot;
    snapshot.wal_position = number(row.at(0).value_or("0"));
    const std::string text = row.size() > 1 ? row[1].value_or("") : "";
    for (const std::string_view part : split(text, between_rows)) {
        auto fields = split(part, between_fields);
        fields.resize(field_count);
        const auto mode = commands::lock_mode(fields[1]);
        if (!mode) continue;
        Snapshot::Held held{
            number(fields[0]), *mode, std::nullopt, {number(fields[4]), number(fields[5])}};
        if (!fields[2].empty())
            held.state = RelationState{{std::string{fields[6]}, std::string{fields[7]}},
                                       fields[2].front(),
                                       number(fields[3])};
        snapshot.held.push_back(std::move(held));
    }
    return snapshot;
}

void RelationBook::reload(Relations relations) { now_ = std::move(relations); }

void RelationBook::begin(std::map<Oid64, Scan> scanned, std::uint64_t wal_position) {
    before_ = now_;
    held_.clear();
    scanned_ = std::move(scanned);
    wal_position_ = wal_position;
}

void RelationBook::note_state(const Snapshot::Held& held, MeasuredStatement& statement) {
    const auto known = now_.find(held.relation);
    if (!held.state) {
        if (known == now_.end()) return;  // made and dropped by the same statement
        if (known->second.file != 0) statement.dropped.push_back(known->second.name);
        now_.erase(known);
        return;
    }
    if (known != now_.end()) note_changed(known->second, *held.state, statement);
}

void RelationBook::note_scan(const Snapshot::Held& held, MeasuredStatement& statement) {
    if (!held.state || !is_table(held.state->kind)) return;
    Scan& last = scanned_[held.relation];
    const Scan more{held.scan.rows - std::min(last.rows, held.scan.rows),
                    held.scan.count - std::min(last.count, held.scan.count)};
    last = held.scan;
    if (more.rows == 0 && more.count == 0) return;
    const RelationState* known = before(held.relation);
    statement.scans[known != nullptr ? known->name : held.state->name] = more;
}

std::optional<RelationLock> RelationBook::lock_of(const Snapshot::Held& held) const {
    if (const RelationState* known = before(held.relation))
        return RelationLock{known->name, false, held.mode};
    if (!held.state) return std::nullopt;
    return RelationLock{held.state->name, true, held.mode};
}

// Whoever writes to a table holds its indexes and sequences as well: those are waited for where the
// table is not. Nobody writes to a materialized view, and who writes through a view is at its
// table.
std::vector<commands::TextPair> RelationBook::waits_of(const MeasuredStatement& statement,
                                                       const Kinds& kinds) {
    const auto is_one_of = [&](const RelationLock& lock, std::string_view wanted) {
        return !lock.is_new && conflict(lock.mode, LockMode::row_exclusive) &&
               wanted.find(kinds.at(lock.relation)) != std::string_view::npos;
    };
    const bool has_table =
        std::any_of(statement.locks.begin(), statement.locks.end(),
                    [&](const RelationLock& lock) { return is_one_of(lock, "rpfm"); });
    std::vector<RelationLock> behind;
    std::copy_if(
        statement.taken.begin(), statement.taken.end(), std::back_inserter(behind),
        [&](const RelationLock& lock) { return is_one_of(lock, has_table ? "rpf" : "iIS"); });
    return commands::waits_behind_writer(behind);
}

void RelationBook::absorb(const Snapshot& snapshot, MeasuredStatement& statement) {
    statement.wal_bytes = snapshot.wal_position - std::min(wal_position_, snapshot.wal_position);
    wal_position_ = snapshot.wal_position;
    std::map<Oid64, Snapshot::Held> strongest;
    for (const Snapshot::Held& held : snapshot.held) {
        const auto [place, is_first] = strongest.try_emplace(held.relation, held);
        if (!is_first && held.mode > place->second.mode) place->second.mode = held.mode;
    }
    const auto files = files_of(now_);
    Kinds kinds;
    for (const auto& [oid, held] : strongest) {
        note_scan(held, statement);
        const bool is_known = now_.contains(oid);
        note_state(held, statement);
        if (held.state) {
            if (!is_known) note_new(*held.state, files.contains(held.state->file), statement);
            now_[oid] = *held.state;
        }
        const auto lock = lock_of(held);
        if (!lock || held.mode == LockMode::access_share) continue;
        statement.locks.push_back(*lock);
        if (const RelationState* known = before(oid)) kinds[known->name] = known->kind;
        LockMode& last = held_.try_emplace(oid, LockMode::access_share).first->second;
        if (held.mode > last) statement.taken.push_back(*lock);
        last = held.mode;
    }
    sort(statement);
    statement.waits = waits_of(statement, kinds);
}

void RelationBook::commit() { before_.reset(); }

void RelationBook::roll_back() {
    if (before_) now_ = *std::exchange(before_, std::nullopt);
}

const RelationState* RelationBook::before(Oid64 relation) const {
    if (!before_) return nullptr;
    const auto known = before_->find(relation);
    return known == before_->end() ? nullptr : &known->second;
}

void compare(const Relations& before, const Relations& after, MeasuredStatement& statement) {
    const auto files = files_of(before);
    for (const auto& [oid, state] : before) {
        const auto now = after.find(oid);
        if (now != after.end())
            note_changed(state, now->second, statement);
        else if (state.file != 0)
            statement.dropped.push_back(state.name);
    }
    for (const auto& [oid, state] : after)
        if (!before.contains(oid)) note_new(state, files.contains(state.file), statement);
    sort(statement);
}

}  // namespace adapters::postgres
