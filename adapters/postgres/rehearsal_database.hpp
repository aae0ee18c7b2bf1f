// adapters/postgres/rehearsal_database.hpp: the port commands::Rehearsal, a database on a shadow.
//
// Sessions one that works; three more from the first statement on that runs in no transaction.
// Between  two scripts the session is made like new, where the first may have changed it.
#pragma once

#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/connection_string.hpp"
#include "adapters/postgres/server_wide_code.hpp"
#include "commands/rehearsal_ports.hpp"
#include "ledger/result.hpp"

#include <functional>
#include <memory>
#include <set>
#include <string>

namespace adapters::postgres {

struct RehearsalPlace {
    ConnectionString server;
    std::string database;
    std::string time_zone;
    std::string search_path;        // that sessions begin with
    std::string statement_timeout;  // in milliseconds; "0": none
    bool server_is_ours{};
    bool ends_with_client{};       // its sessions look whether the program is still there
    bool is_measured{};            // what statements do, and not only whether they succeed
    std::function<void()> on_end;  // when nobody is connected to it any more
    std::shared_ptr<ServerWideCode> server_wide{};  // of a server that is not ours
    // A role that a script names and nobody has made: it is there from now on.
    std::function<void(const std::string& role)> on_missing_role{};
    // The same of a tablespace, on a server that is ours.
    std::function<void(const std::string& tablespace)> on_missing_tablespace{};
    // The target's: those that no script of history makes are there before what is rehearsed.
    std::set<std::string> schemas{};
    std::function<void(const std::string& schema)> on_missing_schema{};
    // The target's, whose name stands for this one's where a script sets what sessions begin with;
    // empty: any.
    std::string target_database{};
    // What sessions are not to be told, since the database tells it them, as it does now.
    std::function<ledger::Result<std::set<std::string>>()> own_settings{};
    std::string way_out{};  // where a script of history fails
};

[[nodiscard]] ledger::Result<std::unique_ptr<commands::Rehearsal>> open_rehearsal(
    RehearsalPlace place);

// The same server, another database.
[[nodiscard]] ConnectionString with_database(ConnectionString server, const std::string& database);

}  // namespace adapters::postgres
