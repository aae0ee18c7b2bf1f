#include "adapters/postgres/server_error.hpp"

#include "adapters/postgres/secrets.hpp"
#include "commands/interruption.hpp"
#include "ledger/clean.hpp"
#include "ledger/listed.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string_view>
#include <vector>

namespace adapters::postgres {

namespace {

constexpr std::size_t text_bytes_max = 64 * 1024;
constexpr std::size_t code_lines_max = 5;

// Masked before it is cut: half a URL no longer tells where its password is.
std::string storable(const char* text) {
    return text == nullptr ? std::string{} : ledger::clean(without_secrets(text), text_bytes_max);
}

std::string field(const PGresult* result, int code) {
    return storable(PQresultErrorField(result, code));
}

std::optional<std::string> optional_field(const PGresult* result, int code) {
    auto value = field(result, code);
    if (value.empty()) return std::nullopt;
    return value;
}

bool quotes_rows(std::string_view sqlstate) {
    return sqlstate.starts_with("22") || sqlstate.starts_with("23");
}

std::optional<std::uint32_t> position_of(const PGresult* result) {
    const auto text = field(result, PG_DIAG_STATEMENT_POSITION);
    std::uint32_t position{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), position);
    if (error != std::errc{} || position == 0) return std::nullopt;
    return position;
}

// Of the server's CONTEXT, which quotes statements and rows too, the lines that name code alone: in
// every language they name its language.
std::string code_lines(std::string_view context) {
    constexpr std::size_t line_bytes_max = 200;
    std::vector<std::string> lines;
    while (!context.empty()) {
        const auto line = context.substr(0, context.find('\n'));
        context.remove_prefix(std::min(context.size(), line.size() + 1));
        const bool is_code = line.find("PL/pgSQL") != std::string_view::npos &&
                             line.find_first_of("0123456789") != std::string_view::npos &&
                             line.find_first_of("\"'`") == std::string_view::npos;
        if (is_code && line.size() <= line_bytes_max) lines.emplace_back(line);
    }
    return ledger::listed(lines, code_lines_max, "; ");
}

std::string trimmed(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    return text;
}

}  // namespace

ServerError server_error(const PGresult* result) {
    ServerError error;
    const auto severity = field(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    error.connection_ended = severity == "FATAL" || severity == "PANIC";
    error.sqlstate = field(result, PG_DIAG_SQLSTATE);
    error.message = field(result, PG_DIAG_MESSAGE_PRIMARY);
    if (error.message.empty()) error.message = trimmed(storable(PQresultErrorMessage(result)));
    if (!quotes_rows(error.sqlstate)) error.detail = optional_field(result, PG_DIAG_MESSAGE_DETAIL);
    error.hint = optional_field(result, PG_DIAG_MESSAGE_HINT);
    error.position = position_of(result);
    error.column = field(result, PG_DIAG_COLUMN_NAME);
    error.source_function = field(result, PG_DIAG_SOURCE_FUNCTION);
    error.code = code_lines(field(result, PG_DIAG_CONTEXT));
    return error;
}

ServerError broken_connection(const PGconn* connection) {
    ServerError error;
    error.connection_ended = true;
    error.message = trimmed(storable(PQerrorMessage(connection)));
    if (error.message.empty()) error.message = "the connection ended without a word";
    return error;
}

ServerError lost_connection(const PGconn* connection) {
    ServerError error = broken_connection(connection);
    error.message = trimmed(error.message.substr(0, error.message.find('\n')));
    return error;
}

bool is_lock_timeout(const ServerError& error) {
    return error.sqlstate == "55P03" && error.source_function == "ProcessInterrupts";
}

bool asks_for_no_transaction(const ServerError& error) {
    if (error.sqlstate == "25001")  // SET TRANSACTION after a query has the same SQLSTATE
        return error.source_function == "PreventInTransactionBlock" ||
               error.source_function.empty();
    return error.sqlstate == "55P04" || error.sqlstate == "2D000";
}

std::optional<std::string> detail_of(const ServerError& error) {
    if (error.code.empty()) return error.detail;
    return error.detail ? *error.detail + "; " + error.code : error.code;
}

ledger::Error to_error(const ServerError& error, const std::string& doing) {
    const auto where = "while " + doing + ": " + error.message +
                       (error.code.empty() ? "" : " (" + error.code + ")");
    if (!error.stopped_by.empty()) return commands::stopped(error.stopped_by, doing);
    if (error.connection_ended)
        return {ledger::Code::unavailable, "connection-lost", where,
                "look at the server's log, then run the same command again"};
    if (error.sqlstate == "42501")
        return {ledger::Code::refused, "permission-denied",
                where + (error.role.empty() ? "" : " (connected as \"" + error.role + "\")"),
                "grant the role what is missing, or connect as another"};
    if (is_lock_timeout(error))
        return {ledger::Code::conflict, "lock-not-obtained", where,
                "another session holds it (pg_locks, pg_stat_activity), maybe that of a client "
                "that was killed: wait for it, or end it with pg_terminate_backend, then run the "
                "same command again"};
    return {ledger::Code::refused, "server-error", where + " (SQLSTATE " + error.sqlstate + ")",
            error.hint.value_or("")};
}

}  // namespace adapters::postgres
