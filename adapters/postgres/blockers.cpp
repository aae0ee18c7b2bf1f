#include "adapters/postgres/blockers.hpp"

#include "adapters/postgres/catalog_path.hpp"
#include "ledger/clean.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace adapters::postgres {

namespace {

constexpr std::uint64_t first_pause_us = 200'000;
constexpr std::uint64_t longest_pause_us = 2'000'000;
constexpr std::uint64_t shortest_pause_us = 20'000;
constexpr std::size_t named_max = 3;
constexpr std::size_t name_bytes_max = 128;

// A row conflict shows as a wait for a transaction; the row's table is known by the lock on the row
// that the waiting session has got already. A prepared transaction has no session: its pid reads 0
// among those who block, and NULL in pg_locks. An autovacuum's query says whether it gives way.
// The planner takes the functions' rows for thousands: compiled, it takes half a second and more.
constexpr const char* blockers_query = R"(; SET jit TO off;
SELECT w.mode, w.locktype, n.nspname || '.' || c.relname, h.pid,
       coalesce(p.gid, CASE WHEN a.backend_type = 'autovacuum worker' THEN a.query
                ELSE nullif(a.application_name, '') END,
                CASE WHEN a.backend_type <> 'client backend' THEN a.backend_type END),
       coalesce(p.owner, a.usename),
       coalesce(pg_catalog.host(a.client_addr), CASE WHEN a.backend_start IS NOT NULL
                AND a.backend_type = 'client backend' THEN 'local' END),
       CASE WHEN p.gid IS NOT NULL THEN 'prepared' ELSE a.state END,
       pg_catalog.to_char(coalesce(p.prepared, a.state_change) AT TIME ZONE 'UTC',
                          'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       pg_catalog.to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       held.modes
FROM pg_catalog.pg_stat_activity s
CROSS JOIN LATERAL (SELECT DISTINCT pid FROM
                    pg_catalog.unnest(pg_catalog.pg_blocking_pids(s.pid)) AS b(pid)) h
LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = h.pid
LEFT JOIN pg_catalog.pg_locks w ON w.pid = s.pid AND NOT w.granted
LEFT JOIN LATERAL
    (SELECT g.virtualtransaction AS holder, pg_catalog.string_agg(DISTINCT g.mode, ', ') AS modes
     FROM pg_catalog.pg_locks g
     WHERE g.granted AND g.locktype = w.locktype AND g.pid IS NOT DISTINCT FROM nullif(h.pid, 0)
       AND g.database IS NOT DISTINCT FROM w.database
       AND g.relation IS NOT DISTINCT FROM w.relation
       AND g.transactionid IS NOT DISTINCT FROM w.transactionid
       AND g.virtualxid IS NOT DISTINCT FROM w.virtualxid
       AND g.classid IS NOT DISTINCT FROM w.classid
       AND g.objid IS NOT DISTINCT FROM w.objid
     GROUP BY g.virtualtransaction) held ON true
LEFT JOIN pg_catalog.pg_prepared_xacts p
    ON h.pid = 0 AND EXISTS (SELECT FROM pg_catalog.pg_locks t
        WHERE t.pid IS NULL AND t.locktype = 'transactionid' AND t.virtualtransaction = held.holder
          AND t.transactionid = p.transaction)
LEFT JOIN pg_catalog.pg_class c ON c.oid = coalesce(w.relation,
    (SELECT t.relation FROM pg_catalog.pg_locks t
     WHERE t.pid = s.pid AND t.locktype = 'tuple' AND t.granted LIMIT 1))
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE s.pid = $1 AND s.wait_event_type = 'Lock'
ORDER BY a.xact_start, h.pid)";

// Between the messages of a pipeline it is "active", and waits for us all the same. What a role may
// not see is NULL.
constexpr const char* sighting_query = R"(; SELECT a.pid IS NOT NULL,
       extract(epoch FROM pg_catalog.pg_postmaster_start_time())::text,
       coalesce(a.state LIKE 'idle%' OR a.state = 'active' AND a.wait_event = 'ClientRead', false),
       coalesce(a.state = 'active', false),
       pg_catalog.concat_ws(' ', a.backend_start, a.query_start, a.state_change)
FROM (SELECT $1 AS pid) s LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = s.pid)";
constexpr std::size_t sighting_columns = 5;

enum Column { mode, kind, relation, pid, application, user, client, state, since, began, held };

std::string name(const std::optional<std::string>& text) {
    return ledger::clean(*text, name_bytes_max);
}

std::string wanted(const Values& row) {
    const std::string lock = row[mode].value_or("a lock");
    const std::string type = row[kind].value_or("");
    if (type == "relation" && row[relation]) return lock + " on relation " + name(row[relation]);
    std::string text = lock + " on " + (type == "transactionid" ? "a transaction" : type);
    if (row[relation]) text += " (a row of " + name(row[relation]) + ")";
    return text;
}

std::string who(const Values& row) {
    const bool is_named = row[application] && !row[application]->empty();
    std::string more;
    const auto add = [&](const std::string& what) { more += (more.empty() ? "" : ", ") + what; };
    std::string text = "pid " + row[pid].value_or("?");
    if (row[pid] == "0")
        text = is_named ? "the prepared transaction \"" + name(row[application]) + "\""
                        : "a prepared transaction";
    else if (is_named)
        add(name(row[application]));
    if (row[user]) add("user " + name(row[user]));
    if (row[client]) add("from " + *row[client]);
    if (!more.empty()) text += " (" + more + ")";
    if (row[state] && row[since]) text += ", " + *row[state] + " since " + *row[since];
    if (row[began] && row[began] != row[since]) text += ", its transaction began " + *row[began];
    return text;
}

}  // namespace

std::optional<std::string> tell_blockers(const std::vector<Values>& rows) {
    if (rows.empty()) return std::nullopt;
    std::string text = "waiting for " + wanted(rows.front());
    for (std::size_t index = 0; index < rows.size() && index < named_max; ++index) {
        const auto& row = rows[index];
        text += index == 0 ? ", " : "; ";
        text += row[held] ? "held (" + *row[held] + ") by " : "behind ";
        text += who(row);
    }
    if (rows.size() > named_max)
        text += "; and " + std::to_string(rows.size() - named_max) + " more";
    return text;
}

Blockers::Blockers(const Sessions& sessions, std::int64_t waiting_pid,
                   std::uint64_t lock_timeout_ms)
    : sessions_{sessions},
      waiting_pid_{std::to_string(waiting_pid)},
      pause_us_max_{lock_timeout_ms == 0
                        ? longest_pause_us
                        : std::clamp(400 * lock_timeout_ms, shortest_pause_us, longest_pause_us)},
      first_pause_us_{lock_timeout_ms == 0 ? first_pause_us
                                           : std::min(first_pause_us, 200 * lock_timeout_ms)},
      pause_us_{std::min(first_pause_us_, pause_us_max_)} {}

bool Blockers::is_time(std::uint64_t waited_us) const {
    return waited_us >= asked_at_us_ + pause_us_;
}

void Blockers::advance(const Awaited& awaited) {
    const std::uint64_t waited_us = awaited.waited_us;
    if (waited_us < awaited_.waited_us) {  // another reply
        seen_.reset();
        lost_answer_.forget();
        is_question_old_ = state_ == State::asking;
        asked_at_us_ = 0;
        pause_us_ = std::min(first_pause_us_, pause_us_max_);
    }
    awaited_ = awaited;
    switch (state_) {
        case State::unopened:
            if (is_time(waited_us)) open();
            return;
        case State::opening:
            return go_on_opening();
        case State::idle:
            if (is_time(waited_us)) ask();
            return;
        case State::asking:
            return take_answer();
        case State::unavailable:
            return;
    }
}

std::optional<pollfd> Blockers::awaited() const {
    if (state_ != State::opening && state_ != State::asking) return std::nullopt;
    const short events = state_ == State::opening ? opening_events_ : short{POLLIN};
    return pollfd{PQsocket(connection_->raw()), events, 0};
}

void Blockers::open() {
    connection_ = sessions_.begin_open();
    const bool is_under_way = connection_ && PQstatus(connection_->raw()) != CONNECTION_BAD;
    state_ = is_under_way ? State::opening : State::unavailable;
    opening_events_ = POLLOUT;
}

void Blockers::go_on_opening() {
    pollfd socket{PQsocket(connection_->raw()), opening_events_, 0};
    if (poll(&socket, 1, 0) <= 0) return;
    switch (PQconnectPoll(connection_->raw())) {
        case PGRES_POLLING_OK:
            PQsetnonblocking(connection_->raw(), 1);
            return ask();
        case PGRES_POLLING_FAILED:
            state_ = State::unavailable;
            return;
        case PGRES_POLLING_READING:
            opening_events_ = POLLIN;
            return;
        case PGRES_POLLING_WRITING:
        case PGRES_POLLING_ACTIVE:
            opening_events_ = POLLOUT;
            return;
    }
}

void Blockers::ask() {
    std::string query = catalog_path_alone + std::string{blockers_query};
    if (!sessions_.server_began().empty()) query += sighting_query;
    const std::string_view pid = "$1";
    for (auto at = query.find(pid); at != std::string::npos; at = query.find(pid))
        query.replace(at, pid.size(), waiting_pid_);
    const bool sent = PQsendQuery(connection_->raw(), query.c_str()) == 1;
    state_ = sent ? State::asking : State::unavailable;
    PQflush(connection_->raw());
    is_question_old_ = false;
    asked_at_us_ = awaited_.waited_us;
    pause_us_ = std::min(2 * pause_us_, pause_us_max_);
}

void Blockers::take_answer() {
    PQflush(connection_->raw());
    if (PQconsumeInput(connection_->raw()) == 0) {
        state_ = State::unavailable;
        return;
    }
    while (PQisBusy(connection_->raw()) == 0) {
        const ResultPointer result{PQgetResult(connection_->raw())};
        if (!result) {
            state_ = State::idle;
            return;
        }
        const auto status = PQresultStatus(result.get());
        if (status == PGRES_COMMAND_OK) continue;  // a setting is made
        if (status != PGRES_TUPLES_OK) {
            state_ = State::unavailable;  // it would be no different the next time
            return;
        }
        take_rows(values_of(result.get()));
    }
}

void Blockers::take_rows(const std::vector<Values>& rows) {
    if (rows.empty()) return;
    const Values& row = rows.front();
    if (row.size() != sighting_columns)
        seen_ = tell_blockers(rows);
    else if (!is_question_old_)
        lost_answer_.see({row[0] == "t", row[1] && row[1] == sessions_.server_began(),
                          row[2] == "t", row[3] == "t", row[4].value_or("")},
                         awaited_, asked_at_us_);
}

}  // namespace adapters::postgres
