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

// What makes the roles of the target's server elsewhere, but those that every server has: names
// alone, without rights or passwords.
[[nodiscard]] ledger::Result<std::string> roles_script(const std::string& url);

}  // namespace adapters::postgres
