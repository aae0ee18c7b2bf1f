#include "adapters/postgres/marker_reading.hpp"

#include "adapters/postgres/fence.hpp"
#include "adapters/postgres/number_text.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

namespace adapters::postgres {

namespace {

// $1: the table's name. Whether rows may be hidden is asked for once, not for each of them.
constexpr const char* hides_rows =
    "(SELECT pg_catalog.row_security_active(pg_catalog.to_regclass($1)::pg_catalog.oid))";
constexpr const char* columns_read =
    "attempt_id, version, name, direction, pg_catalog.encode(digest, 'hex'), target,"
    " system_identifier, database_oid, ledger_id, ledger_size,"
    " pg_catalog.encode(ledger_root, 'hex'), statements_done, statements_total, applied_by,"
    " pg_catalog.round(pg_catalog.date_part('epoch', applied_at)"
    " OPERATOR(pg_catalog.*) 1000000)::bigint";
constexpr std::size_t row_security_column = 15;

template <class Value>
bool keep(std::optional<Value> value, Value& kept) {
    if (!value) return false;
    kept = *std::move(value);
    return true;
}

bool is_missing_table(const ServerError& error) {
    return error.sqlstate == "42P01" || error.sqlstate == "3F000";
}

ledger::Error gone(const MarkerTable& table, const ledger::Uuid& attempt) {
    return {
        ledger::Code::in_doubt, "markers-gone",
        "the marker table " + table.name() + " is gone, and with it what would tell whether " +
            "attempt " + to_text(attempt) + " was committed",
        "bring it back (was its schema renamed? does marker_schema name it?); or, where nothing "
        "of that attempt is there: varve resolve --all --adopt --reason ..."};
}

Command select(const MarkerTable& table, const std::string& which) {
    return {
        std::string{"SELECT "} + columns_read + ", " + hides_rows + " FROM " + table.name() + which,
        {table.name()}};
}

// A table that is not ours is the reason that can be mended.
ledger::Error why_unread(Connection& connection, MarkerTable& table, const ServerError& error,
                         const char* doing) {
    if (!error.connection_ended)
        if (auto ours = table.expect_ours(connection);
            !ours && ours.error().reason == "marker-table-foreign")
            return ours.error();
    return to_error(error, doing);
}

ledger::Result<void> check_visible(Connection& connection, const MarkerTable& table,
                                   const std::vector<Values>& rows) {
    std::optional<std::string> hides;
    if (rows.empty()) {
        const auto told = connection.query({std::string{"SELECT "} + hides_rows, {table.name()}});
        if (!told) return ledger::fail(to_error(told.error(), "reading the markers"));
        hides = told->first().at(0);
    } else {
        hides = rows.front().at(row_security_column);
    }
    if (hides != "t") return {};
    return ledger::fail(table.hidden());
}

ledger::Result<commands::Marker> marker_of(Values& row) {
    commands::Marker marker;
    const auto is_null = [](const auto& value) { return !value.has_value(); };
    const bool is_whole =
        row.size() == row_security_column + 1 && std::none_of(row.begin(), row.end(), is_null) &&
        keep(ledger::uuid_from_text(*row[0]), marker.attempt) &&
        keep(ledger::digest_from_hex(*row[4]), marker.digest) &&
        read_number(row[7], marker.database_oid) &&
        keep(ledger::uuid_from_text(*row[8]), marker.ledger) &&
        read_number(row[9], marker.ledger_size) &&
        keep(ledger::digest_from_hex(*row[10]), marker.ledger_root) &&
        read_number(row[11], marker.statements_done) &&
        read_number(row[12], marker.statements_total) && read_number(row[14], marker.applied_at_us);
    if (!is_whole)
        return ledger::fail(
            ledger::Code::corrupt, "marker-unreadable",
            "the marker of attempt " + row[0].value_or("(null)") + " holds what Varve never wrote",
            "compare the marker table with the ledger before going on");
    marker.version.text = *std::move(row[1]);
    marker.name = *std::move(row[2]);
    marker.direction = *row[3] == "down" ? ledger::Direction::down : ledger::Direction::up;
    marker.target = *std::move(row[5]);
    marker.system_identifier = *std::move(row[6]);
    marker.applied_by = *std::move(row[13]);
    return marker;
}

// The server would take longer: it carries whole rows along.
void sort_by_time(std::vector<commands::Marker>& markers) {
    std::sort(markers.begin(), markers.end(),
              [](const commands::Marker& one, const commands::Marker& other) {
                  return std::pair{one.applied_at_us, one.attempt.bytes} <
                         std::pair{other.applied_at_us, other.attempt.bytes};
              });
}

}  // namespace

ledger::Result<std::vector<commands::Marker>> read_markers(Connection& connection,
                                                           MarkerTable& table) {
    auto answer = connection.query(select(table, ""));
    std::vector<commands::Marker> markers;
    if (!answer && is_missing_table(answer.error())) return markers;
    if (!answer)
        return ledger::fail(why_unread(connection, table, answer.error(), "reading the markers"));
    if (auto seen = check_visible(connection, table, answer->values); !seen)
        return ledger::fail(seen.error());
    markers.reserve(answer->values.size());
    for (auto& row : answer->values) {
        auto marker = marker_of(row);
        if (!marker) return ledger::fail(marker.error());
        markers.push_back(*std::move(marker));
    }
    sort_by_time(markers);
    return markers;
}

ledger::Result<std::optional<commands::Marker>> read_marker(Connection& connection,
                                                            MarkerTable& table,
                                                            const ledger::Uuid& attempt) {
    auto command = select(table, " WHERE attempt_id OPERATOR(pg_catalog.=) $2");
    command.parameters.emplace_back(to_text(attempt));
    auto answer = connection.query(command);
    if (!answer && is_missing_table(answer.error())) return ledger::fail(gone(table, attempt));
    if (!answer)
        return ledger::fail(
            why_unread(connection, table, answer.error(), "reading an attempt's marker"));
    if (auto seen = check_visible(connection, table, answer->values); !seen)
        return ledger::fail(seen.error());
    if (answer->values.empty()) return std::optional<commands::Marker>{};
    auto marker = marker_of(answer->values.front());
    if (!marker) return ledger::fail(marker.error());
    return std::optional<commands::Marker>{*std::move(marker)};
}

ledger::Result<std::optional<commands::Marker>> read_settled_marker(
    Connection& connection, MarkerTable& table, const ledger::Uuid& attempt,
    std::chrono::milliseconds wait) {
    const auto taken = take_fence(connection, attempt, wait);
    if (!taken) return ledger::fail(taken.error());
    if (!*taken) return ledger::fail(fence_held(connection, attempt));
    auto marker = read_marker(connection, table, attempt);
    const auto released = connection.query(
        {"SELECT pg_catalog.pg_advisory_unlock(" + fence_literal(attempt) + ")", {}});
    if (!released) return ledger::fail(to_error(released.error(), "releasing an attempt's fence"));
    return marker;
}

}  // namespace adapters::postgres
