// adapters/postgres/measure_transaction.hpp: statements in one transaction, measured where asked.
//
// Cost    one round trip a statement: the statement and the look after it go out together.
// Order   what only sets the transaction's own properties comes before the first look, since
//         PostgreSQL takes it before any query alone.
#pragma once

#include "adapters/postgres/dialogue.hpp"
#include "adapters/postgres/relation_book.hpp"
#include "commands/rehearsal_ports.hpp"
#include "ledger/result.hpp"
#include "migrations/migration.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace adapters::postgres {

// A session has its whole look prepared before anything is measured in it.
[[nodiscard]] ledger::Result<void> prepare_snapshot(Connection& connection);

struct MeasuredTransaction {
    std::vector<commands::MeasuredStatement> statements;  // up to the one that failed
    std::optional<ServerError> failure;                   // of the last one
    std::optional<ServerError> end_failure;               // of COMMIT, or of what is deferred
};

struct TransactionPlan {
    const migrations::Script& script;
    const std::vector<std::uint32_t>& body;
    commands::Ending ending;
    // Why a statement is not sent at all.
    std::function<std::optional<std::string>(std::uint32_t index)> why_not;
    // As the server is sent it.
    std::function<std::string(std::uint32_t index)> sent_text;
    bool is_measured{true};  // else nobody looks, and the book is left behind
    bool is_given_up{};      // by its own ROLLBACK: what is deferred is never run
};

// An error where the connection is lost.
[[nodiscard]] ledger::Result<MeasuredTransaction> measure_transaction(Connection& connection,
                                                                      RelationBook& book,
                                                                      const TransactionPlan& plan);

[[nodiscard]] commands::StatementFailure failure_of(const ServerError& error);
[[nodiscard]] commands::MeasuredStatement unmeasured(const migrations::Script& script,
                                                     std::uint32_t index);

}  // namespace adapters::postgres
