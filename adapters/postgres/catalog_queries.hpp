// adapters/postgres/catalog_queries.hpp: what is asked of a database's catalog to compare it.
//
// Answer  of each query: an object's identity, and its definition as text; no oid is in either, no
//         position of a column, and nothing that depends on the order in which things were made.
// Rights  as what they allow: a default that is spelled out is the default still, as it is after
//         GRANT and REVOKE.
// Left out  PostgreSQL's own objects and those of extensions; roles and all else that is of the
//         whole server; passwords of user mappings, of which there is a digest.
// Path    they are to be asked with search_path = pg_catalog, so that every other name is
//         qualified.
#pragma once

#include <string>
#include <vector>

namespace adapters::postgres {

// For a server of that version, as 150020.
[[nodiscard]] std::vector<std::string> catalog_queries(int server_version);

}  // namespace adapters::postgres
