// adapters/postgres/server_error.hpp: what the server, or the end of the connection, said.
//
// Trust   Texts are made storable. `detail` of SQLSTATE classes 22 and 23 is dropped: it quotes
//         row values ("Key (email)=(...) already exists"), and an event holds no row data.
// Source  PostgreSQL manual, appendix A. Messages may be translated, so causes are told by the
//         SQLSTATE and the name of the reporting C function, which never is.
#pragma once

#include "ledger/result.hpp"

#include <cstdint>
#include <libpq-fe.h>
#include <optional>
#include <string>

namespace adapters::postgres {

struct ServerError {
    bool connection_ended{};  // FATAL, PANIC, or nothing more to read
    std::string sqlstate;     // empty where the connection broke without a word
    std::string message;
    std::optional<std::string> detail;
    std::optional<std::string> hint;
    std::optional<std::uint32_t> position;  // in characters of the statement, from 1
    std::string source_function;
    std::string column{};      // the table's column that is meant, where one is
    std::string stopped_by{};  // the signal for which a question of Varve's own was cancelled
    std::string role{};        // that the session was opened as, where a right is missing
    std::string code{};        // which lines of which functions and blocks it comes through
};

[[nodiscard]] ServerError server_error(const PGresult* result);
[[nodiscard]] ServerError broken_connection(const PGconn* connection);
// The same of one that had been there: by its first line, what libpq guesses behind it left out.
[[nodiscard]] ServerError lost_connection(const PGconn* connection);

// Our lock_timeout ran out; NOWAIT gives the same SQLSTATE.
[[nodiscard]] bool is_lock_timeout(const ServerError& error);

// The statement cannot run in a transaction block, or not in the same one as an earlier statement.
[[nodiscard]] bool asks_for_no_transaction(const ServerError& error);

// The server's detail, and where in code it failed.
[[nodiscard]] std::optional<std::string> detail_of(const ServerError& error);

// `doing` completes "while ...".
[[nodiscard]] ledger::Error to_error(const ServerError& error, const std::string& doing);

}  // namespace adapters::postgres
