#include "adapters/postgres/live_target.hpp"

#include "adapters/postgres/catalog_path.hpp"
#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/kept_session.hpp"
#include "adapters/postgres/libpq_on_demand.hpp"
#include "adapters/postgres/number_text.hpp"
#include "ledger/clean.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <set>
#include <string_view>
#include <thread>
#include <utility>

namespace adapters::postgres {

namespace {

using commands::ConflictingSession;
using commands::DefaultOf;
using commands::RelationFigures;
using commands::RelationName;
using commands::SessionDefaults;
using ledger::fail;
using ledger::Result;

using Figures = std::map<RelationName, RelationFigures>;

constexpr std::size_t prepared_bytes_max = 1'000;  // of a prepared transaction: any bytes

// Every scan of a table, or of one of its indexes, is taken for a query; so is every row written.
// What nobody has looked through yet has no pages in pg_class, and -1 rows (0 before PostgreSQL
// 14). Its file tells its size, where it may be asked for: while somebody else has the table for
// himself, that is waited for in vain, and then the size is not known.
constexpr std::string_view sizes_asked{
    "CASE WHEN c.relpages = 0 THEN pg_catalog.pg_relation_size(c.oid) END"};
constexpr std::string_view sizes_left_out{"NULL::bigint"};

// Rows of such a table: those that were counted as they were written, unless its file has far more
// room than they can fill: then the counts were lost (a crash, an upgrade, pg_stat_reset), and as
// many are taken to be there as the planner takes (estimate_rel_size(), get_rel_data_width()).
constexpr std::string_view unlooked_rows = R"(CASE
        WHEN f.bytes IS NULL OR f.bytes = 0 THEN f.bytes::double precision
        WHEN f.counted > 0 AND (f.bytes < 10 * f.page OR f.fitting < 50 * f.counted)
            THEN f.live ELSE f.fitting END)";

std::string figures_query(std::string_view size) {
    return R"(WITH RECURSIVE below AS (
        SELECT i.inhparent AS top, i.inhrelid AS oid FROM pg_catalog.pg_inherits i
        UNION SELECT b.top, i.inhrelid FROM below b
            JOIN pg_catalog.pg_inherits i ON i.inhparent = b.oid),
    found AS (SELECT c.oid, n.nspname, c.relname, c.relpages, c.reltuples, w.page,
        COALESCE(s.n_live_tup, 0) AS live,
        COALESCE(s.n_live_tup, 0) + COALESCE(s.n_dead_tup, 0) AS counted,
        CASE WHEN c.relpages > 0 THEN c.relpages * w.page ELSE )" +
           std::string{size} + R"( END AS bytes,
        COALESCE(s.seq_scan, 0) + COALESCE(s.idx_scan, 0) + COALESCE(s.n_tup_ins, 0) AS queries
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_stat_user_tables s ON s.relid = c.oid
    CROSS JOIN (SELECT pg_catalog.current_setting('block_size')::bigint AS page) w
    WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema',
        'pg_toast')),
    f AS (SELECT *, CASE WHEN relpages = 0 AND bytes > 0 THEN bytes / page * ((page - 24) /
        (28 + (SELECT COALESCE(sum(CASE WHEN a.attlen > 0 THEN a.attlen ELSE 32 END), 0)
            FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = found.oid AND a.attnum > 0 AND NOT a.attisdropped)))
        END AS fitting FROM found),
    sized AS (SELECT f.oid, f.nspname, f.relname, f.bytes, f.queries,
        CASE WHEN f.relpages > 0 THEN greatest(f.reltuples, 0) ELSE )" +
           std::string{unlooked_rows} + R"( END AS rows FROM f),
    summed AS (SELECT b.top, CASE WHEN count(*) = count(o.rows) THEN sum(o.rows)
        ELSE 'infinity' END AS rows FROM below b JOIN sized o ON o.oid = b.oid GROUP BY b.top)
    SELECT t.nspname, t.relname, t.rows, t.bytes, t.queries, COALESCE(u.rows, 0)
    FROM sized t LEFT JOIN summed u ON u.top = t.oid)";
}

constexpr const char* sessions_query = R"(SELECT l.pid, l.mode, l.granted,
        COALESCE(a.state, ''), COALESCE(p.gid, a.application_name, ''), COALESCE(a.backend_type,
        'prepared transaction'), COALESCE(extract(epoch FROM pg_catalog.clock_timestamp() -
        COALESCE(p.prepared, a.xact_start)) * 1000000, 0)::bigint
    FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
    LEFT JOIN pg_catalog.pg_prepared_xacts p ON l.pid IS NULL AND EXISTS
        (SELECT FROM pg_catalog.pg_locks t WHERE t.pid IS NULL AND t.locktype = 'transactionid'
         AND t.virtualtransaction = l.virtualtransaction AND t.transactionid = p.transaction)
    JOIN pg_catalog.pg_class c ON c.oid = l.relation
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE l.locktype = 'relation' AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d
        WHERE d.datname = pg_catalog.current_database())
    AND n.nspname = $1 AND c.relname = $2 AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
    ORDER BY COALESCE(p.prepared, a.xact_start))";

// What GetCurrentVirtualXIDs() of the server leaves out is left out.
constexpr const char* snapshots_query = R"(SELECT a.pid, COALESCE(a.state, ''),
        COALESCE(a.application_name, ''), COALESCE(a.backend_type, ''),
        COALESCE(extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start) * 1000000,
        0)::bigint
    FROM pg_catalog.pg_stat_activity a
    WHERE a.datname = pg_catalog.current_database() AND a.backend_xmin IS NOT NULL
    AND a.pid <> pg_catalog.pg_backend_pid()
    AND COALESCE(a.backend_type, '') NOT IN ('parallel worker', 'autovacuum worker', 'walsender')
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_vacuum v WHERE v.pid = a.pid)
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index b
        JOIN pg_catalog.pg_index i ON i.indexrelid = b.index_relid
        WHERE b.pid = a.pid AND b.command LIKE '%CONCURRENTLY' AND i.indexprs IS NULL
        AND i.indpred IS NULL
        AND pg_catalog.current_setting('server_version_num')::integer >= 140000)
    ORDER BY a.xact_start)";

double real(const std::optional<std::string>& text) {
    return text ? std::strtod(text->c_str(), nullptr) : 0;
}

DefaultOf default_of(const std::string& source) {
    if (source == "database") return DefaultOf::database;
    const bool is_above = source == "user" || source == "database user" || source == "client";
    return is_above ? DefaultOf::role : DefaultOf::server;
}

// Whose they are: of a session in which nothing was set yet.
Result<SessionDefaults> read_origins(Connection& connection) {
    const auto rows =
        connection.query({"SELECT z.source, p.source"
                          " FROM pg_catalog.pg_settings z, pg_catalog.pg_settings p"
                          " WHERE z.name OPERATOR(pg_catalog.=) 'TimeZone'"
                          " AND p.name OPERATOR(pg_catalog.=) 'search_path'",
                          {}});
    if (!rows) return fail(to_error(rows.error(), "reading what sessions begin with"));
    const Values& told = rows->first();
    SessionDefaults defaults;
    defaults.time_zone_of = default_of(text_of(told.at(0)));
    defaults.search_path_of = default_of(text_of(told.at(1)));
    return defaults;
}

// In a session that takes names of any bytes.
Result<void> read_values(Connection& connection, SessionDefaults& defaults) {
    const auto rows =
        connection.query({"SELECT pg_catalog.current_setting('TimeZone'),"
                          " pg_catalog.replace(reset_val, '\"$user\"',"
                          " pg_catalog.quote_ident(session_user::text)),"
                          " pg_catalog.current_database()"
                          " FROM pg_catalog.pg_settings WHERE name = 'search_path'",
                          {}});
    if (!rows) return fail(to_error(rows.error(), "reading what sessions begin with"));
    const Values& told = rows->first();
    defaults.time_zone = text_of(told.at(0));
    defaults.search_path = text_of(told.at(1));
    defaults.database = text_of(told.at(2));
    return {};
}

class LiveServer final : public commands::LiveTarget {
public:
    LiveServer(std::unique_ptr<Connection> connection, SessionDefaults defaults)
        : connection_{std::move(connection)}, defaults_{std::move(defaults)} {}

    Result<Figures> figures(bool with_rates) override {
        auto first = read();
        if (!first || !with_rates) return first;
        // Statistics of other sessions arrive when those are idle, at most once a second.
        constexpr std::chrono::milliseconds between{1'500};
        std::this_thread::sleep_for(between);
        auto second = read();
        if (!second) return second;
        for (auto& [name, figures] : *second) {
            const double more = figures.queries_per_second - (*first)[name].queries_per_second;
            figures.queries_per_second =
                std::max(0.0, more) / std::chrono::duration<double>{between}.count();
        }
        return second;
    }

    Result<std::vector<ConflictingSession>> conflicting(
        const std::vector<commands::RelationLock>& locks) override {
        std::vector<ConflictingSession> all;
        for (const commands::RelationLock& lock : locks) {
            if (lock.is_new) continue;
            auto rows =
                connection_->query({sessions_query, {lock.relation.schema, lock.relation.name}});
            if (!rows) return fail(to_error(rows.error(), "asking who holds locks"));
            for (const Values& row : rows->values) {
                const auto mode = commands::lock_mode(text_of(row.at(1)));
                if (!mode || !commands::conflict(*mode, lock.mode)) continue;
                all.push_back({lock.relation, static_cast<std::int64_t>(whole_number(row.at(0))),
                               *mode, text_of(row.at(2)) == "t", text_of(row.at(3)),
                               ledger::clean(text_of(row.at(4)), prepared_bytes_max),
                               text_of(row.at(5)), whole_number(row.at(6))});
            }
        }
        return all;
    }

    Result<std::vector<commands::SnapshotHolder>> snapshot_holders() override {
        auto rows = connection_->query({snapshots_query, {}});
        if (!rows) return fail(to_error(rows.error(), "asking who has a snapshot"));
        std::vector<commands::SnapshotHolder> all;
        for (const Values& row : rows->values)
            all.push_back({static_cast<std::int64_t>(whole_number(row.at(0))), text_of(row.at(1)),
                           text_of(row.at(2)), text_of(row.at(3)), whole_number(row.at(4))});
        return all;
    }

    [[nodiscard]] SessionDefaults defaults() const override { return defaults_; }
    [[nodiscard]] std::string encoding() const override {
        const char* told = PQparameterStatus(connection_->raw(), "server_encoding");
        return told == nullptr ? "UTF8" : told;
    }
    Result<std::set<std::string>> schemas() override {
        auto rows =
            connection_->query({"SELECT nspname FROM pg_catalog.pg_namespace"
                                " WHERE nspname !~ '^pg_'"
                                " AND nspname <> 'information_schema'",
                                {}});
        if (!rows) return fail(to_error(rows.error(), "reading the target's schemas"));
        std::set<std::string> names;
        for (const Values& row : rows->values)
            if (ledger::is_well_formed_utf8(text_of(row.at(0)))) names.insert(text_of(row.at(0)));
        return names;
    }

private:
    // Queries are totals here.
    Result<Figures> read() {
        auto rows = connection_->query({figures_query(sizes_asked), {}});
        if (!rows && rows.error().sqlstate == "55P03")  // lock_not_available
            rows = connection_->query({figures_query(sizes_left_out), {}});
        if (!rows) return fail(to_error(rows.error(), "reading how large tables are"));
        Figures figures;
        for (const Values& row : rows->values)
            figures[{text_of(row.at(0)), text_of(row.at(1))}] = {
                real(row.at(2)), whole_number(row.at(3)), real(row.at(4)), real(row.at(5)),
                !row.at(2).has_value()};
        return figures;
    }

    std::unique_ptr<Connection> connection_;
    SessionDefaults defaults_;
};

}  // namespace

Result<std::unique_ptr<commands::LiveTarget>> watch_target(const std::string& url) {
    if (auto loaded = load_libpq(); !loaded) return fail(loaded.error());
    auto string = parse_connection_string(url);
    if (!string) return fail(string.error());
    // SET after the URL's own options: nothing in it may turn this off.
    auto connection = Connection::open(*string, "varve dry-run", "");
    if (!connection) return fail(connection.error());
    if (auto own = expect_own_process(*string, "varve dry-run", **connection); !own)
        return fail(own.error());
    auto defaults = read_origins(**connection);
    if (!defaults) return fail(defaults.error());
    if (auto set = (*connection)
                       ->run(catalog_path_for_any_bytes(**connection) +
                             "; SET default_transaction_read_only = on; "
                             "SET statement_timeout = '5s'; SET lock_timeout = '1s'; "
                             "SET exit_on_error = off" +
                             std::string{(*connection)->server_version() < 140000
                                             ? ""
                                             : "; SET idle_session_timeout = 0"});
        !set)
        return fail(to_error(set.error(), "making the session read only"));
    if (auto read = read_values(**connection, *defaults); !read) return fail(read.error());
    return std::unique_ptr<commands::LiveTarget>{
        std::make_unique<LiveServer>(std::move(*connection), *std::move(defaults))};
}

}  // namespace adapters::postgres
