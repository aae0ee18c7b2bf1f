// adapters/postgres/catalog_path.hpp: questions to the catalog, whatever the search path finds
// first.
//
// Rule   where a file's SQL may run, every name and operator in a query of ours says that it is the
//        server's; a session that never runs any, or is between two, is given the path below.
#pragma once

#include "adapters/postgres/connection.hpp"
#include "ledger/result.hpp"

#include <string>

namespace adapters::postgres {

inline constexpr const char* catalog_path_alone = "SET search_path TO pg_catalog, pg_temp";

// The same, of what tells names: a database of SQL_ASCII has any bytes, and they would be refused
// as UTF-8. Whoever asks so looks himself at what is none.
[[nodiscard]] inline std::string catalog_path_for_any_bytes(const Connection& connection) {
    return std::string{catalog_path_alone} +
           (connection.counts_positions_in_bytes() ? "; SET client_encoding TO 'SQL_ASCII'" : "");
}

// What `read` gives, with no schema but the server's own in the path; then the session's own path
// again. Every name in what the server tells is qualified then. Not for a transaction.
template <class Read>
auto with_catalog_path(Connection& connection, const Read& read) -> decltype(read()) {
    if (const auto set = connection.run(catalog_path_alone); !set)
        return ledger::fail(to_error(set.error(), "setting the search path"));
    auto answer = read();
    const auto reset = connection.run("RESET search_path");
    if (answer && !reset)
        return ledger::fail(to_error(reset.error(), "setting the search path back"));
    return answer;
}

}  // namespace adapters::postgres
