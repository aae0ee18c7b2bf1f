// adapters/postgres/connection_string.hpp: a URL or keyword string taken apart, secrets known.
//
// Format  all that libpq reads: postgresql:// URLs, "host=... dbname=...", and nothing at all
//         (then the PG* variables say everything). .pgpass and service files are libpq's own work.
// Trust   a password is never part of `shown`, of an Error, or of what masked() gives.
#pragma once

#include "ledger/result.hpp"

#include <string>
#include <utility>
#include <vector>

namespace adapters::postgres {

using Parameters = std::vector<std::pair<std::string, std::string>>;

struct ConnectionString {
    Parameters parameters;       // as written
    std::string options;         // command-line options for the server, its own or PGOPTIONS
    bool has_connect_timeout{};  // its own, or PGCONNECT_TIMEOUT
    std::vector<std::string> secrets;
    std::string shown;  // "user@host:port/database"
};

[[nodiscard]] ledger::Result<ConnectionString> parse_connection_string(const std::string& text);

[[nodiscard]] std::string masked(const ConnectionString& string, std::string text);

// "-c name=value" with what must be escaped escaped.
[[nodiscard]] std::string startup_option(const std::string& name, const std::string& value);

}  // namespace adapters::postgres
