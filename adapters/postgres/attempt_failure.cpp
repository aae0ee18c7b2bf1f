#include "adapters/postgres/statement_position.hpp"
#include "adapters/postgres/transaction.hpp"

#include <utility>

namespace adapters::postgres {

using ledger::FailureCause;

commands::AttemptFailed failure_of(const AttemptScene& scene, FailureCause cause,
                                   const ServerError& error,
                                   std::optional<std::uint32_t> statement_index) {
    commands::AttemptFailed failure;
    failure.cause = cause;
    if (!error.sqlstate.empty()) failure.sqlstate = error.sqlstate;
    failure.message = error.message;
    failure.detail = detail_of(error);
    failure.hint = error.hint;
    if (error.sqlstate == "22021" && scene.connection.counts_positions_in_bytes())
        failure.hint =
            "the database's encoding is SQL_ASCII, which has any bytes, and what it tells us is "
            "read as UTF-8: where it has others, the file may say SET LOCAL client_encoding = "
            "'SQL_ASCII', or the encoding that they are of";
    if (cause == FailureCause::lock_timeout && scene.blockers != nullptr && scene.blockers->seen())
        failure.detail = scene.blockers->seen();
    if (!statement_index) return failure;
    const auto place = locate(*scene.order.script, *statement_index, error.position,
                              scene.connection.counts_positions_in_bytes());
    failure.statement_index = statement_index;
    failure.line = place.line;
    failure.column = place.column;
    return failure;
}

commands::AttemptFailed failure_of(FailureCause cause, std::string message,
                                   const std::string& hint) {
    commands::AttemptFailed failure;
    failure.cause = cause;
    failure.message = std::move(message);
    if (!hint.empty()) failure.hint = hint;
    return failure;
}

void blame_verify(const AttemptScene& scene, const migrations::Script& verify,
                  std::uint32_t statement_index, const ServerError& error,
                  commands::AttemptFailed& failure) {
    const auto place = locate(verify, statement_index, error.position,
                              scene.connection.counts_positions_in_bytes());
    failure.message = "verify script " + verify.path + ":" + std::to_string(place.line) + ":" +
                      std::to_string(place.column) + ": " + failure.message;
}

ledger::StatementResult statement_result(const AttemptScene& scene, std::uint32_t statement_index,
                                         const Reply& reply) {
    const auto& statement = scene.order.script->statements[statement_index];
    return {statement_index,  statement.begin,   statement.end,   statement.line,
            reply.elapsed_us, reply.command_tag, reply.row_count, reply.notices};
}

RunLockToken lock_token(const AttemptScene& scene) {
    return scene.lock == nullptr ? std::nullopt : scene.lock->token();
}

}  // namespace adapters::postgres
