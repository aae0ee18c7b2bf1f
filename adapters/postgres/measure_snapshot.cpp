#include "adapters/postgres/measure_snapshot.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

namespace adapters::postgres {

namespace {

using commands::Scan;

constexpr char between_fields = '\x1f';
constexpr char between_rows = '\x1e';

// No catalog, and no TOAST table: that goes with the table that it is of.
constexpr const char* is_users =
    R"(n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    AND n.nspname NOT LIKE 'pg\_toast\_temp\_%')";

// A mode's name has its own length, and no relation has two locks of one mode: a number for both
// is soon compared.
constexpr const char* held_locks = R"(SELECT l.relation, l.relation::bigint * 32 +
            pg_catalog.length(l.mode) AS key, l.mode
        FROM pg_catalog.pg_locks l
        WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' AND l.granted
        AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d
            WHERE d.datname = pg_catalog.current_database()))";

// What the transaction itself has made it holds as strongly as can be: of that nothing new is to be
// told, and two comparisons leave it out.
constexpr const char* is_new_lock = R"(NOT (l.relation >= $10::oid AND l.relation <= $11::oid)
        AND l.relation::bigint * 32 + pg_catalog.length(l.mode)
            NOT IN (SELECT pg_catalog.unnest($1::bigint[])))";

// What the transaction has written to the catalog, and whether since the last look. A session that
// counts nothing has always written.
constexpr const char* writes = R"(SELECT a.*, NOT a.counts OR a.writes <> $5::bigint AS is_written,
        NOT a.counts OR a.deletions <> $6::bigint AS has_deleted,
        NOT a.counts OR a.schema_writes <> $7::bigint AS has_written_schema
    FROM (SELECT pg_catalog.current_setting('track_counts')::boolean AS counts,
        pg_catalog.pg_stat_get_xact_tuples_inserted('pg_catalog.pg_class'::regclass)
            + pg_catalog.pg_stat_get_xact_tuples_updated('pg_catalog.pg_class'::regclass)
            AS writes,
        pg_catalog.pg_stat_get_xact_tuples_deleted('pg_catalog.pg_class'::regclass) AS deletions,
        pg_catalog.pg_stat_get_xact_tuples_updated('pg_catalog.pg_namespace'::regclass)
            AS schema_writes) a)";

// By this transaction, in a command after the last that was seen. Where a subtransaction that was
// undone has written it as well, its own command is not to be told: then it counts always.
constexpr const char* is_written_since =
    R"(pg_catalog.age(c.xmin) <= 0 AND (c.cmin::text::bigint > $8::bigint OR c.xmax <> '0'::xid))";

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

constexpr const char* wal =
    "pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')";

std::string news_query() {
    return std::string{held_locks} + " AND " + is_new_lock + R"(
        UNION ALL SELECT c.oid, 0, '' FROM pg_catalog.pg_class c
        WHERE w.is_written AND $9::boolean AND )" +
           is_written_since + R"(
        UNION ALL SELECT c.oid, 0, '' FROM pg_catalog.unnest($2::oid[]) r
        JOIN pg_catalog.pg_class c ON c.oid = r
        WHERE w.is_written AND NOT $9::boolean AND )" +
           is_written_since + R"(
        UNION ALL SELECT r, 0, '' FROM pg_catalog.unnest($2::oid[]) r
        WHERE w.has_deleted AND r NOT IN (SELECT c.oid FROM pg_catalog.pg_class c)
        UNION ALL SELECT r, 0, '' FROM pg_catalog.unnest($2::oid[]) r
        WHERE w.has_written_schema
        UNION ALL SELECT r.relation, 0, ''
        FROM ROWS FROM (pg_catalog.unnest($3::oid[]), pg_catalog.unnest($4::bigint[]))
            r(relation, read)
        WHERE pg_catalog.pg_stat_get_xact_tuples_returned(r.relation)
            + pg_catalog.pg_stat_get_xact_numscans(r.relation) <> r.read)";
}

// Of each relation that the query gives, what is known of it now.
std::string told_of(const std::string& relations) {
    return R"((SELECT pg_catalog.string_agg(pg_catalog.concat_ws(E'\x1f', l.relation, l.key, l.mode,
        COALESCE(c.is_users, true), COALESCE(c.kind, ''), COALESCE(c.file, 0),
        COALESCE(c.rows, 0), COALESCE(c.scans, 0), COALESCE(c.written_by, '0'),
        COALESCE(c.indexed, 0),
        COALESCE(c.schema, ''), COALESCE(c.name, '')), E'\x1e')
    FROM ()" +
           relations + R"() l
    LEFT JOIN LATERAL (SELECT c.relkind::text AS kind, c.relfilenode::bigint AS file,
            c.relname::text AS name, n.nspname::text AS schema, )" +
           is_users + R"( AS is_users,
            pg_catalog.pg_stat_get_xact_tuples_returned(c.oid) AS rows,
            pg_catalog.pg_stat_get_xact_numscans(c.oid) AS scans,
            CASE c.relkind WHEN 'i' THEN (SELECT i.indrelid::bigint FROM pg_catalog.pg_index i
                WHERE i.indexrelid = c.oid) END AS indexed,
            CASE WHEN pg_catalog.age(c.xmin) <= 0 AND c.xmax = '0'::xid
                THEN c.cmin::text END AS written_by
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.oid = l.relation LIMIT 1) c ON true))";
}

}  // namespace

const std::string& relations_query() {
    static const std::string query =
        std::string{R"(SELECT c.oid, n.nspname, c.relname, c.relkind, c.relfilenode,
        COALESCE(i.indrelid, 0)
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid WHERE )"} +
        is_users;
    return query;
}

Relations relations_of(const std::vector<Values>& rows) {
    Relations relations;
    for (const Values& row : rows)
        relations[number(text_of(row.at(0)))] = {{text_of(row.at(1)), text_of(row.at(2))},
                                                 text_of(row.at(3)).front(),
                                                 number(text_of(row.at(4))),
                                                 number(text_of(row.at(5)))};
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

// A partition of what is referred to has one more of its own.
const std::string& foreign_keys_query() {
    static const std::string query =
        R"(SELECT k.conrelid, k.oid, COALESCE(t.relid::oid, k.confrelid)
    FROM pg_catalog.pg_constraint k
    LEFT JOIN LATERAL pg_catalog.pg_partition_tree(k.confrelid) t ON t.isleaf
    WHERE k.contype = 'f' AND k.convalidated AND pg_catalog.age(k.xmin) <= 0
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint w
        WHERE w.oid = k.conparentid AND w.conrelid = k.conrelid))";
    return query;
}

const std::string& wal_query() {
    static const std::string query = std::string{"SELECT "} + wal;
    return query;
}

const std::string& snapshot_query(Look look) {
    static const std::string whole =
        std::string{"SELECT "} + wal + ", 0, 0, 0, " + told_of(held_locks);
    static const std::string news = std::string{"SELECT "} + wal +
                                    ", w.writes, w.deletions, w.schema_writes, " +
                                    told_of(news_query()) + " FROM (" + writes + ") w";
    return look == Look::whole ? whole : news;
}

Snapshot snapshot_of(const Values& row) {
    constexpr std::size_t field_count = 12;
    const auto value = [&](std::size_t index) {
        return index < row.size() ? row[index].value_or("") : "";
    };
    Snapshot snapshot{number(value(0)), number(value(1)), number(value(2)), number(value(3)), {}};
    const std::string text = value(4);
    for (const std::string_view part : split(text, between_rows)) {
        auto fields = split(part, between_fields);
        fields.resize(field_count);
        Snapshot::Held held{
            number(fields[0]), number(fields[1]), commands::lock_mode(fields[2]),
            fields[3] == "t",  std::nullopt,      {number(fields[6]), number(fields[7])},
            number(fields[8])};
        if (!fields[4].empty())
            held.state = RelationState{{std::string{fields[10]}, std::string{fields[11]}},
                                       fields[4].front(),
                                       number(fields[5]),
                                       number(fields[9])};
        snapshot.held.push_back(std::move(held));
    }
    return snapshot;
}

void Seen::forget(Oid64 first_made) {
    *this = {};
    first_made_ = first_made;
}

// Oids are given in ascending order. Where they have begun again from the first they are smaller,
// and are told one by one as those are that were there before.
void Seen::add_keys(const Snapshot& snapshot) {
    std::map<Oid64, bool> made;  // and whether as strongly as can be
    for (const Snapshot::Held& held : snapshot.held) {
        if (held.key == 0 || held.relation < first_made_) continue;
        bool& is_exclusive = made[held.relation];
        is_exclusive =
            is_exclusive || !held.is_users || held.mode == commands::LockMode::access_exclusive;
    }
    are_made_exclusive_ =
        are_made_exclusive_ &&
        std::all_of(made.begin(), made.end(), [](const auto& each) { return each.second; });
    if (are_made_exclusive_ && !made.empty())
        last_made_ = std::max(last_made_, made.rbegin()->first);
    for (const Snapshot::Held& held : snapshot.held)
        if (held.key != 0 && (held.relation < first_made_ || held.relation > last_made_))
            keys_ += std::to_string(held.key) + ",";
}

void Seen::add(const Snapshot& snapshot) {
    writes_ = snapshot.writes;
    deletions_ = snapshot.deletions;
    schema_writes_ = snapshot.schema_writes;
    add_keys(snapshot);
    for (const Snapshot::Held& held : snapshot.held) {
        last_write_ = std::max(last_write_, held.written_by);
        if (!held.is_users) continue;
        if (!held.state) {
            relations_.erase(held.relation);
            read_.erase(held.relation);
        } else if (held.key != 0 || relations_.contains(held.relation)) {
            relations_.insert(held.relation);
            if (held.state->has_rows()) read_[held.relation] = held.scan.rows + held.scan.count;
        }
    }
}

// Reading pg_class from end to end is cheaper than looking up as many rows as a quarter of it has.
Values Seen::parameters(std::size_t relation_count) const {
    std::string relations;
    for (const Oid64 relation : relations_) relations += std::to_string(relation) + ",";
    std::string tables;
    std::string read;
    for (const auto& [table, count] : read_) {
        tables += std::to_string(table) + ",";
        read += std::to_string(count) + ",";
    }
    const auto array = [](const std::string& all) {
        return "{" + all.substr(0, all.empty() ? 0 : all.size() - 1) + "}";
    };
    return {array(keys_),
            array(relations),
            array(tables),
            array(read),
            std::to_string(writes_),
            std::to_string(deletions_),
            std::to_string(schema_writes_),
            std::to_string(last_write_),
            relations_.size() * 4 > relation_count ? "t" : "f",
            std::to_string(first_made_),
            std::to_string(last_made_)};
}

}  // namespace adapters::postgres
