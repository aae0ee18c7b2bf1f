#include "adapters/postgres/shadow_history.hpp"

#include "adapters/postgres/shadow_room.hpp"
#include "migrations/kept_script.hpp"

#include <algorithm>

namespace adapters::postgres {

bool may_be_whole(const migrations::Script& script) {
    if (script.mode != migrations::TransactionMode::one || script.statements.empty()) return false;
    return std::none_of(script.statements.begin(), script.statements.end(),
                        [](const migrations::Statement& statement) {
                            return statement.control != migrations::Control::none &&
                                   statement.control != migrations::Control::savepoint;
                        });
}

namespace {

std::string without_full_stop(std::string text) {
    if (text.ends_with('.')) text.pop_back();
    return text;
}

}  // namespace

std::optional<ServerError> error_of(PGconn* raw, const std::string& sql) {
    const ResultPointer result{PQexec(raw, sql.c_str())};
    const auto status = PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY)
        return std::nullopt;
    ServerError error = server_error(result.get());
    const bool is_without_a_word = error.sqlstate.empty() && PQstatus(raw) == CONNECTION_BAD;
    return is_without_a_word ? lost_connection(raw) : error;
}

ledger::Error history_failed(const migrations::Script& script, std::uint32_t index,
                             const ServerError& error, const Connection& connection,
                             const std::string& way_out) {
    if (error.connection_ended || is_out_of_room(error.sqlstate, error.source_function))
        return shadow_error(error, "making the schema to rehearse on", connection);
    const std::string ways =
        error.sqlstate == "58P01" || error.sqlstate == "0A000"
            ? "install what is missing beside the server, or let TEST_DATABASE_URL name a server "
              "that has it"
        : script.path == migrations::target_schema_path
            ? "leave --shadow-from target out, and the schema comes from the ledger"
            : way_out;
    return {ledger::Code::refused, "shadow-history",
            script.path + ":" + std::to_string(script.statements[index].line) +
                ": the schema to rehearse on cannot be made: " + error.message + " (SQLSTATE " +
                error.sqlstate + ")",
            error.hint ? without_full_stop(*error.hint) + "; " + ways : ways};
}

}  // namespace adapters::postgres
