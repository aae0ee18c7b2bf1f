// adapters/shadow/schema_dump.hpp: what a database has, without its rows, as pg_dump writes it.
//
// Target   only read: pg_dump's transaction is read only, takes ACCESS SHARE on what it dumps, and
//          waits five seconds at most for another's lock.
// Left out owners, privileges, tablespaces, publications, subscriptions: they change nothing about
//          what a statement locks or does.
// Secrets  go through the environment: words of a process can be read by everybody.
// Errors   unavailable "shadow-missing" (no pg_dump), "schema-unreadable" with its last words.
#pragma once

#include "adapters/shadow/programs.hpp"
#include "ledger/result.hpp"

#include <string>
#include <vector>

namespace adapters::shadow {

struct SchemaDump {
    Programs programs;
    std::string connection;                // keywords and values, without a secret
    std::vector<std::string> environment;  // NAME=value, over what there is
    std::vector<std::string> left_out_schemas;
};

// Statements alone: psql's own lines are taken out.
[[nodiscard]] ledger::Result<std::string> dump_schema(const SchemaDump& request);

}  // namespace adapters::shadow
