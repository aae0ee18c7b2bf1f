// migrations/sql/transaction.hpp: whether a script runs in one transaction, and why not.
//
// Shape   `none` where it is declared, where a statement cannot run in a transaction, or where the
//         script ends its own transaction and its tool lets it; `one` otherwise.
// Refuses what would break the one transaction: a COMMIT in the middle, ROLLBACK, COMMIT AND CHAIN,
//         PREPARE TRANSACTION.
#pragma once

#include "migrations/diagnostic.hpp"
#include "migrations/migration.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migrations::sql {

struct DeclaredMode {
    TransactionMode mode{};
    std::string cause;  // "goose NO TRANSACTION"
};

// What "-- varve: transaction on" or off declares.
[[nodiscard]] DeclaredMode declared_by_directive(TransactionMode mode);

struct TransactionRules {
    std::optional<DeclaredMode> declared;
    bool runs_own_commits{};  // the layout's tool runs a file as it stands, its COMMITs included
};

// Sets mode, mode_cause and mode_declared of a script whose statements are known.
void settle_mode(Script& script, const TransactionRules& rules,
                 std::vector<Diagnostic>& diagnostics);

// What to write for a COMMIT AND CHAIN or ROLLBACK AND CHAIN that is `text`.
[[nodiscard]] std::string instead_of_chain(std::string_view text, TransactionMode mode);

// BEGIN first, COMMIT last, and no transaction control between them.
[[nodiscard]] bool is_wrapped(const std::vector<Statement>& statements);

}  // namespace migrations::sql
