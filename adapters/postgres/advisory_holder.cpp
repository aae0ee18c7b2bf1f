#include "adapters/postgres/advisory_holder.hpp"

#include "adapters/postgres/number_text.hpp"

namespace adapters::postgres {

namespace {

constexpr const char* holder_query =
    "SELECT l.pid, a.application_name, coalesce(pg_catalog.host(a.client_addr),"
    " CASE WHEN a.backend_start IS NULL THEN 'unknown' ELSE 'local' END), a.state,"
    " pg_catalog.to_char(pg_catalog.timezone('UTC', a.state_change),"
    " 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), a.wait_event_type, a.wait_event,"
    " pg_catalog.round(extract(epoch FROM coalesce(a.query_start, a.backend_start))"
    "::pg_catalog.numeric OPERATOR(pg_catalog.*) 1000000::pg_catalog.numeric)::pg_catalog.int8"
    " FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a"
    " ON a.pid OPERATOR(pg_catalog.=) l.pid"
    " WHERE l.locktype OPERATOR(pg_catalog.=) 'advisory' AND l.granted"
    " AND l.classid OPERATOR(pg_catalog.=) $1::pg_catalog.oid"
    " AND l.objid OPERATOR(pg_catalog.=) $2::pg_catalog.oid"
    " AND l.objsubid OPERATOR(pg_catalog.=) $3::pg_catalog.int2"
    " AND l.database OPERATOR(pg_catalog.=) (SELECT oid FROM pg_catalog.pg_database"
    " WHERE datname OPERATOR(pg_catalog.=) pg_catalog.current_database())";
struct HolderColumn {
    enum : std::size_t { pid, application, client, state, since, wait_kind, wait, query_began };
};

}  // namespace

tl::expected<std::optional<AdvisoryHolder>, ServerError> advisory_holder(Connection& connection,
                                                                         const AdvisoryKey& key) {
    const auto answer = connection.query(
        {holder_query,
         {std::to_string(key.first), std::to_string(key.second), key.is_pair ? "2" : "1"}});
    if (!answer) return tl::unexpected{answer.error()};
    AdvisoryHolder holder;
    if (answer->values.empty() ||
        !read_number(answer->values.front()[HolderColumn::pid], holder.pid))
        return std::optional<AdvisoryHolder>{};
    const Values& row = answer->values.front();
    holder.application = text_of(row[HolderColumn::application]);
    holder.client = text_of(row[HolderColumn::client]);
    holder.state = text_of(row[HolderColumn::state]);
    holder.state_since = text_of(row[HolderColumn::since]);
    holder.wait_kind = text_of(row[HolderColumn::wait_kind]);
    holder.wait = text_of(row[HolderColumn::wait]);
    if (!read_number(row[HolderColumn::query_began], holder.query_began_us))
        holder.query_began_us = 0;
    return std::optional{std::move(holder)};
}

}  // namespace adapters::postgres
