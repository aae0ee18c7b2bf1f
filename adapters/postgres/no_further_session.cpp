#include "adapters/postgres/no_further_session.hpp"

namespace adapters::postgres {

ledger::Error no_further_session(ledger::Error error) {
    if (error.reason == "target-unreachable")
        error.help =
            "another session was opened a moment ago, and a command needs up to three at "
            "once: look at CONNECTION LIMIT of the role and the database, at "
            "max_connections, and whether the server still runs";
    return error;
}

}  // namespace adapters::postgres
