// adapters/postgres/catalog_text.hpp: a database's catalog and rows as text that can be compared.
//
// Shape   an object a line of the map, by its identity; what PostgreSQL and extensions bring along
//         is left out, and so are oids, positions of dropped columns, and files.
// Source  pg_get_*def() and the catalogs of PostgreSQL 12 and up.
#pragma once

#include "adapters/postgres/connection.hpp"
#include "commands/rehearsal_ports.hpp"
#include "ledger/result.hpp"

#include <map>
#include <string>

namespace adapters::postgres {

[[nodiscard]] ledger::Result<commands::CatalogText> read_catalog(Connection& connection);

// Of every table, partition and materialised view with rows of its own, by name.
[[nodiscard]] ledger::Result<std::map<std::string, commands::DataChecksum>> read_data(
    Connection& connection);

}  // namespace adapters::postgres
