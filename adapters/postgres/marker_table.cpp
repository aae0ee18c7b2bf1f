#include "adapters/postgres/marker_table.hpp"

#include "adapters/postgres/fence.hpp"
#include "adapters/postgres/number_text.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <utility>

namespace adapters::postgres {

namespace {

constexpr const char* prepared_fence = "varve fence";
constexpr const char* prepared_marker = "varve marker";

constexpr const char* transaction_ms =
    "(extract(epoch FROM pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-)"
    " pg_catalog.transaction_timestamp()) OPERATOR(pg_catalog.*) 1000)::bigint";
// However little the session or the database would ask for.
constexpr const char* durable =
    "pg_catalog.set_config('synchronous_commit',"
    " CASE WHEN pg_catalog.current_setting('synchronous_commit')"
    " OPERATOR(pg_catalog.=) 'remote_apply' THEN 'remote_apply' ELSE 'on' END, true)";
constexpr const char* server_time = "pg_catalog.clock_timestamp()";

std::string bytea(const ledger::Digest& digest) { return "\\x" + ledger::hex(digest); }

Values values_of(const commands::Marker& marker, std::uint32_t statements_done) {
    return {to_text(marker.attempt),
            marker.version.text,
            marker.name,
            marker.direction == ledger::Direction::up ? "up" : "down",
            bytea(marker.digest),
            marker.target,
            marker.system_identifier,
            std::to_string(marker.database_oid),
            to_text(marker.ledger),
            std::to_string(marker.ledger_size),
            bytea(marker.ledger_root),
            std::to_string(statements_done),
            std::to_string(marker.statements_total),
            marker.applied_by};
}

// Of a lock that nobody else takes: it is free once its session is gone.
std::string is_free(std::int64_t token) {
    return "pg_catalog.pg_try_advisory_xact_lock('" + std::to_string(token) + "'::bigint)";
}

}  // namespace

MarkerTable::MarkerTable(const std::string& schema, int server_version)
    : schema_{schema},
      table_{quoted_identifier(schema) + "." + table_name},
      transaction_id_{server_version >= 130000 ? "pg_catalog.pg_current_xact_id()"
                                               : "pg_catalog.txid_current()"} {}

std::vector<Command> MarkerTable::prelude() {
    return {{"SET LOCAL session_authorization TO DEFAULT", {}},
            {"SET LOCAL role TO DEFAULT", {}},
            {"SET LOCAL search_path TO pg_catalog, pg_temp", {}},
            {"SET LOCAL client_encoding TO 'UTF8'", {}},
            durable_transaction()};
}

std::string MarkerTable::returning(const RunLockToken& token) const {
    const auto held = token ? "NOT " + is_free(*token) : std::string{"true"};
    return " RETURNING " + transaction_id_ + ", " + held + ", " + standing("tableoid");
}

// Its file and the rows changed so far by this session: the server counts them itself, so this
// costs the same however many there are. By its oid, since the file's role may not see the schema;
// without an operator, since those could be anybody's.
std::string MarkerTable::standing(const std::string& relation) const {
    const auto count = [&](const std::string& what) {
        return "pg_catalog.pg_stat_get_xact_tuples_" + what + "(" + std::to_string(oid_) + ")";
    };
    return "pg_catalog.pg_relation_filenode(" + relation + "), pg_catalog.int8pl(" +
           count("inserted") + ", pg_catalog.int8pl(" + count("updated") + ", " + count("deleted") +
           "))";
}

bool MarkerTable::has_changed(const Values& at_fence, const Values& at_marker) {
    std::int64_t before{};
    std::int64_t after{};
    const bool is_counted = at_fence.size() == 4 && at_marker.size() == 4 &&
                            read_number(at_fence[3], before) && read_number(at_marker[3], after);
    const bool has_own_file = at_fence.size() == 4 && at_fence[2].has_value();  // not partitioned
    return !is_counted || after - before > 1 || (has_own_file && at_fence[2] != at_marker[2]);
}

std::string MarkerTable::insert_sql(const std::string& applied_at,
                                    const std::string& duration_ms) const {
    return "INSERT INTO " + table_ +
           " (attempt_id, version, name, direction, digest, target, system_identifier,"
           " database_oid, ledger_id, ledger_size, ledger_root, statements_done,"
           " statements_total, applied_by, applied_at, duration_ms) VALUES ($1, $2, $3, $4,"
           " $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, " +
           applied_at + ", " + duration_ms + ")";
}

Command MarkerTable::insert(const commands::Marker& marker, std::uint32_t statements_done,
                            const RunLockToken& token) const {
    return {insert_sql(server_time, transaction_ms) + returning(token),
            values_of(marker, statements_done)};
}

// It never conflicts: the clause asks for the right to update before anything has happened.
Command MarkerTable::insert_to_update(const commands::Marker& marker, std::uint32_t statements_done,
                                      const RunLockToken& token) const {
    return {insert_sql(server_time, transaction_ms) +
                " ON CONFLICT (attempt_id) DO UPDATE SET statements_done = EXCLUDED"
                ".statements_done, applied_at = EXCLUDED.applied_at,"
                " duration_ms = EXCLUDED.duration_ms" +
                returning(token),
            values_of(marker, statements_done)};
}

// What must not be committed leaves a column without its value, whose name then tells why.
std::vector<Command> MarkerTable::preparations(const RunLockToken& token) const {
    const auto standing_now = standing(std::to_string(oid_));
    const auto applied_at =
        token ? "CASE WHEN " + is_free(*token) + " THEN NULL ELSE " + server_time + " END"
              : std::string{server_time};
    // Nulls are equal, as IS DISTINCT FROM has it; that asks whoever has an operator "=".
    const auto duration = "CASE WHEN pg_catalog.record_ne(ROW(" + standing_now +
                          "), ROW($15::pg_catalog.oid, $16::bigint)) THEN NULL ELSE " +
                          transaction_ms + " END";
    // Divided by zero where another attempt is to have been committed, and was not.
    const auto after =
        "1 OPERATOR(pg_catalog./) CASE WHEN $2::pg_catalog.uuid IS NULL OR EXISTS"
        " (SELECT FROM " +
        table_ + " WHERE attempt_id OPERATOR(pg_catalog.=) $2) THEN 1 ELSE 0 END";
    return {
        {"SELECT pg_catalog.pg_try_advisory_xact_lock($1::bigint), " + standing_now + ", " + after,
         {},
         Command::Form::preparation,
         prepared_fence},
        {insert_sql(applied_at, duration) + " RETURNING " + durable,
         {},
         Command::Form::preparation,
         prepared_marker}};
}

Command MarkerTable::fence_prepared(const ledger::Uuid& attempt,
                                    const std::optional<ledger::Uuid>& after) {
    return {
        "",
        {std::to_string(fence_key(attempt)), after ? std::optional{to_text(*after)} : std::nullopt},
        Command::Form::prepared,
        prepared_fence};
}

Command MarkerTable::insert_prepared(const commands::Marker& marker, const Values& at_fence) {
    auto values = values_of(marker, marker.statements_total);
    values.push_back(at_fence.at(1));
    values.push_back(at_fence.at(2));
    return {"", std::move(values), Command::Form::prepared, prepared_marker};
}

// A trigger or rule of somebody's may leave out the marker's row without an error.
Command MarkerTable::code_beside() const {
    return {
        "SELECT (SELECT pg_catalog.count(*) FROM pg_catalog.pg_event_trigger"
        " WHERE evtenabled OPERATOR(pg_catalog.<>) 'D') OPERATOR(pg_catalog.+)"
        " (SELECT pg_catalog.count(*) FROM pg_catalog.pg_class"
        " WHERE oid OPERATOR(pg_catalog.=) $1::pg_catalog.oid"
        " AND (relhastriggers OR relhasrules))",
        {std::to_string(oid_)}};
}

MarkerTable::Refusal MarkerTable::refusal_of(const ServerError& error) {
    constexpr std::string_view not_null_violation = "23502";
    if (error.sqlstate != not_null_violation) return Refusal::none;
    if (error.column == "applied_at") return Refusal::lock_lost;
    return error.column == "duration_ms" ? Refusal::table_changed : Refusal::none;
}

bool MarkerTable::is_named_in(std::string_view text) const {
    const auto same = [](char one, char other) {
        return std::tolower(static_cast<unsigned char>(one)) ==
               std::tolower(static_cast<unsigned char>(other));
    };
    const auto has = [&](std::string_view name) {
        return std::search(text.begin(), text.end(), name.begin(), name.end(), same) != text.end();
    };
    return has(schema_) || has(table_name) || has("U&") || has("pg_temp");
}

Command MarkerTable::durable_transaction() { return {std::string{"SELECT "} + durable, {}}; }

Command MarkerTable::insert_where_missing(const commands::Marker& marker) const {
    return {insert_sql(server_time, "0") + " ON CONFLICT (attempt_id) DO NOTHING",
            values_of(marker, marker.statements_total)};
}

Command MarkerTable::count_of(const std::vector<commands::Marker>& markers) const {
    std::string attempts;
    for (const auto& marker : markers)
        attempts += (attempts.empty() ? "{" : ",") + to_text(marker.attempt);
    return {"SELECT pg_catalog.count(*) FROM " + table_ +
                " WHERE attempt_id OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.uuid[])",
            {attempts + "}"}};
}

Command MarkerTable::update(const ledger::Uuid& attempt, std::uint32_t statements_done,
                            std::uint64_t bare_elapsed_us, const RunLockToken& token) const {
    return {"UPDATE " + table_ +
                " SET statements_done = $2, applied_at = pg_catalog.clock_timestamp(),"
                " duration_ms = duration_ms OPERATOR(pg_catalog.+) $3 OPERATOR(pg_catalog.+) " +
                transaction_ms + " WHERE attempt_id OPERATOR(pg_catalog.=) $1" + returning(token),
            {to_text(attempt), std::to_string(statements_done),
             std::to_string(bare_elapsed_us / 1000)}};
}

Command MarkerTable::record_done(const ledger::Uuid& attempt, std::uint32_t statements_done) const {
    return {"UPDATE " + table_ +
                " SET statements_done = $2"
                " WHERE attempt_id OPERATOR(pg_catalog.=) $1 RETURNING " +
                durable,
            {to_text(attempt), std::to_string(statements_done)}};
}

Command MarkerTable::fence(const ledger::Uuid& attempt) const {
    return {"SELECT pg_catalog.pg_try_advisory_xact_lock(" + fence_literal(attempt) + "), " +
                transaction_id_ + ", " + standing(std::to_string(oid_)),
            {}};
}

Command MarkerTable::select_transaction(const ledger::Uuid& attempt) const {
    return {"SELECT xmin FROM " + table_ + " WHERE attempt_id OPERATOR(pg_catalog.=) $1",
            {to_text(attempt)}};
}

ledger::Error MarkerTable::not_kept() const {
    return {ledger::Code::refused, "marker-missing",
            "the marker table " + table_ + " does not keep the markers that are written to it",
            "take away the trigger or rule on it that leaves them out, then varve recover"};
}

}  // namespace adapters::postgres
