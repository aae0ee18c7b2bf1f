// adapters/postgres/sessions.hpp: how sessions on one target are opened, and made like new again.
//
// Shape    our settings are startup options, merged with those of the URL, which win. Behind a
//          pooler that keeps sessions they are SET statements, since poolers refuse options.
// Ends     the server ends the session of a client that is gone: in 9 s where packets get lost, by
//          keepalives and tcp_user_timeout; where something in between keeps the connection open,
//          in 8 s that of the run lock (lease.hpp), in 20 s one that is left in a transaction.
// Refuses  servers before 12; a pooler, unless the configuration says that it keeps sessions.
#pragma once

#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/stopwatch.hpp"
#include "commands/ports.hpp"
#include "ledger/result.hpp"

#include <memory>
#include <string>
#include <vector>

namespace adapters::postgres {

// What the server said of itself, with its clock going on.
struct TimedFacts : commands::ServerFacts {
    Stopwatch since_told;

    [[nodiscard]] commands::ServerFacts now() const;
};

class Sessions {
public:
    Sessions(ConnectionString string, commands::SessionSettings settings);

    struct Opened {
        std::unique_ptr<Connection> connection;
        std::int64_t backend_pid{};
    };
    // The first session, and what its one query tells of the server.
    ledger::Result<Opened> open_first(TimedFacts& facts);

    enum class Purpose { work, lock };
    ledger::Result<Opened> open(Purpose purpose);

    // For work, in place of one that has just been closed, which the server may still count: a role
    // may have no more than two. Tried again only while the server has no room for one more.
    ledger::Result<Opened> open_after_end();

    // One more session, to be opened without waiting: nothing where there is no memory.
    [[nodiscard]] std::unique_ptr<Connection> begin_open() const;

    // When the server was started that the work is done on: it is what a look beside must be of.
    // Empty where that is not known.
    [[nodiscard]] const std::string& server_began() const { return server_began_; }

    // Cannot be run together with anything else.
    static constexpr const char* whole_cleaning = "DISCARD ALL";

    // Constraints as they are at a transaction's begin: those that are to be deferred initially. A
    // name that stands for another that cannot be deferred, or one out of reach, would be refused;
    // so would be what another session drops just then: they stay as they are.
    static constexpr const char* initial_constraints =
        "DO $$DECLARE names pg_catalog.text; BEGIN"
        " SELECT pg_catalog.string_agg(DISTINCT"
        " pg_catalog.format('%I.%I', n.nspname, c.conname), ', ')"
        " INTO names FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_namespace n"
        " ON n.oid OPERATOR(pg_catalog.=) c.connamespace WHERE c.condeferred"
        " AND NOT pg_catalog.pg_is_other_temp_schema(n.oid)"
        " AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND NOT EXISTS (SELECT"
        " FROM pg_catalog.pg_constraint o WHERE o.connamespace OPERATOR(pg_catalog.=)"
        " c.connamespace AND o.conname OPERATOR(pg_catalog.=) c.conname AND NOT o.condeferrable);"
        " IF names IS NOT NULL THEN EXECUTE 'SET CONSTRAINTS ' OPERATOR(pg_catalog.||) names"
        " OPERATOR(pg_catalog.||) ' DEFERRED'; END IF;"
        " EXCEPTION WHEN undefined_object OR invalid_schema_name THEN NULL; END$$";

    // Makes a used session like a fresh one; or, after a script that only defines, as far as such
    // a one can have changed it: with what is prepared in it kept.
    [[nodiscard]] std::vector<Command> cleaning(bool keeps_prepared = false) const;

    // What DISCARD ALL stands for, piece by piece, within a transaction whose constraints have all
    // been checked: it is like a fresh one, but for its snapshot and its time.
    [[nodiscard]] std::vector<Command> cleaning_within() const;

private:
    ledger::Result<std::unique_ptr<Connection>> open_unchecked(Purpose purpose);
    [[nodiscard]] std::string startup_options(Purpose purpose) const;
    [[nodiscard]] bool is_full(const ledger::Error& error) const;
    ledger::Result<void> check_kept(Connection& connection);
    [[nodiscard]] ledger::Result<void> check_pooler(const Connection& connection,
                                                    std::int64_t backend_pid) const;
    [[nodiscard]] std::vector<Command> set_statements(Purpose purpose) const;

    ConnectionString string_;
    commands::SessionSettings settings_;
    std::string server_began_;
    bool is_before_14_{};  // learned from the first session
    bool is_kept_{};       // by the pooler: looked at with the first one
};

}  // namespace adapters::postgres
