// adapters/postgres/program_connection.hpp: a target for a program of PostgreSQL's own (pg_dump).
//
// Secrets  a password goes into the environment; nothing secret is among the words. Refused
//          "target-url-invalid" where there is one that only words could carry (sslpassword).
#pragma once

#include "ledger/result.hpp"

#include <string>
#include <vector>

namespace adapters::postgres {

struct ProgramConnection {
    std::string words;                     // keywords and values, for --dbname
    std::vector<std::string> environment;  // NAME=value; its sessions are read only
};

[[nodiscard]] ledger::Result<ProgramConnection> for_program(const std::string& url);

// What pg_dump does not tell of a database: that it has no schema `public`; and, where they are
// asked for, the roles of its server but those that every server has: names alone, without rights
// or passwords. One whose name is no UTF-8, made from a database of another encoding, is left out.
[[nodiscard]] ledger::Result<std::string> script_before_dump(const std::string& url,
                                                             bool makes_roles);

}  // namespace adapters::postgres
