// adapters/postgres/sessions.hpp: how sessions on one target are opened, and made like new again.
//
// Shape    our settings are startup options, merged with those of the URL, which win. Behind a
//          pooler that keeps sessions they are SET statements, since poolers refuse options.
// Refuses  servers before 12; a pooler, unless the configuration says that it keeps sessions.
#pragma once

#include "adapters/postgres/connection.hpp"
#include "commands/ports.hpp"
#include "ledger/result.hpp"

#include <memory>
#include <string>
#include <vector>

namespace adapters::postgres {

class Sessions {
public:
    Sessions(ConnectionString string, commands::SessionSettings settings);

    // The first session, and what its one query tells of the server.
    ledger::Result<std::unique_ptr<Connection>> open_first(commands::ServerFacts& facts);

    struct Opened {
        std::unique_ptr<Connection> connection;
        std::int64_t backend_pid{};
    };
    ledger::Result<Opened> open();

    // Makes a used session like a fresh one; each command is a transaction of its own.
    [[nodiscard]] std::vector<Command> cleaning() const;

private:
    ledger::Result<std::unique_ptr<Connection>> open_unchecked();
    [[nodiscard]] std::string startup_options() const;
    [[nodiscard]] ledger::Result<void> check_pooler(const Connection& connection,
                                                    std::int64_t backend_pid) const;
    [[nodiscard]] std::vector<Command> set_statements() const;

    ConnectionString string_;
    commands::SessionSettings settings_;
    bool is_before_14_{};  // learned from the first refusal of a newer setting
};

}  // namespace adapters::postgres
