#include "adapters/postgres/fence.hpp"

#include "adapters/postgres/connection.hpp"
#include "ledger/clean.hpp"
#include "ledger/digest.hpp"

#include <thread>

namespace adapters::postgres {

using ledger::Result;

namespace {

constexpr std::chrono::milliseconds fence_pause{50};
constexpr std::size_t holder_name_bytes_max = 128;

constexpr const char* holder_query =
    "SELECT l.pid, a.application_name, coalesce(pg_catalog.host(a.client_addr),"
    " CASE WHEN a.backend_start IS NULL THEN 'unknown' ELSE 'local' END), a.state,"
    " pg_catalog.to_char(pg_catalog.timezone('UTC', a.state_change),"
    " 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), a.wait_event_type, a.wait_event"
    " FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a"
    " ON a.pid OPERATOR(pg_catalog.=) l.pid"
    " WHERE l.locktype OPERATOR(pg_catalog.=) 'advisory' AND l.granted"
    " AND l.objsubid OPERATOR(pg_catalog.=) 1::smallint"
    " AND l.classid OPERATOR(pg_catalog.=) $1::pg_catalog.oid"
    " AND l.objid OPERATOR(pg_catalog.=) $2::pg_catalog.oid"
    " AND l.database OPERATOR(pg_catalog.=) (SELECT oid FROM pg_catalog.pg_database"
    " WHERE datname OPERATOR(pg_catalog.=) pg_catalog.current_database())";
struct HolderColumn {
    enum : std::size_t { pid, application, client, state, since, wait_type, wait };
};

std::string describe_holder(const Values& row) {
    const std::string name =
        ledger::clean(text_of(row[HolderColumn::application]), holder_name_bytes_max);
    std::string text = "pid " + *row[HolderColumn::pid] + " (" +
                       (name.empty() ? "no application name" : name) + ", from " +
                       text_of(row[HolderColumn::client]) + ")";
    if (row[HolderColumn::state] && row[HolderColumn::since])
        text += ", " + *row[HolderColumn::state] + " since " + *row[HolderColumn::since];
    if (row[HolderColumn::wait])
        text += ", waiting for " + text_of(row[HolderColumn::wait_type]) + " " +
                *row[HolderColumn::wait];
    return text;
}

}  // namespace

std::int64_t fence_key(const ledger::Uuid& attempt) {
    std::string bytes = "varve fence";
    bytes.append(attempt.bytes.begin(), attempt.bytes.end());
    const auto digest = ledger::sha256(bytes);
    std::uint64_t key = 0;
    for (std::size_t index = 0; index < sizeof key; ++index) key = key << 8U | digest.bytes[index];
    return static_cast<std::int64_t>(key);
}

std::string fence_literal(const ledger::Uuid& attempt) {
    return "'" + std::to_string(fence_key(attempt)) + "'::bigint";
}

Result<bool> take_fence(Connection& connection, const ledger::Uuid& attempt,
                        std::chrono::milliseconds wait) {
    const auto until = std::chrono::steady_clock::now() + wait;
    for (;;) {
        const auto answer = connection.query(
            {"SELECT pg_catalog.pg_try_advisory_lock(" + fence_literal(attempt) + ")", {}});
        if (!answer) return ledger::fail(to_error(answer.error(), "taking an attempt's fence"));
        if (answer->first().at(0) == "t") return true;
        if (std::chrono::steady_clock::now() >= until) return false;
        std::this_thread::sleep_for(fence_pause);
    }
}

ledger::Error fence_held(Connection& connection, const ledger::Uuid& attempt) {
    const auto key = static_cast<std::uint64_t>(fence_key(attempt));
    const auto answer = connection.query(
        {holder_query,
         {std::to_string(key >> 32U), std::to_string(key & std::uint64_t{0xffffffff})}});
    const bool is_known =
        answer && !answer->values.empty() && answer->values.front()[HolderColumn::pid];
    const Values row = is_known ? answer->values.front() : Values{};
    return {ledger::Code::in_doubt, "fence-held",
            "a server process still works on attempt " + to_text(attempt) +
                (is_known ? ": " + describe_holder(row) : ""),
            "wait for it, or end it (" +
                (is_known ? "SELECT pg_terminate_backend(" + *row[HolderColumn::pid] + ")"
                          : std::string{"pg_terminate_backend"}) +
                "), then run again"};
}

}  // namespace adapters::postgres
