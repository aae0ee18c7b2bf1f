// adapters/postgres/query_abbreviations.hpp: what is said over and over in questions to a catalog.
//
// ACL(acl, kind, owner)   rights, sorted; a default that is not spelled out is spelled out
// SORTED(array)           an array whose order means nothing
// COLLATION(oid)          its qualified name
// MINE(oid, schema)       neither PostgreSQL's own nor an extension's; the schema may be left out
// SINCE(version, what)    NULL on a server before that version, as 130000
// Arguments  may have parentheses of their own; no SQL of another origin is ever expanded.
#pragma once

#include <string>

namespace adapters::postgres {

[[nodiscard]] std::string expand_query(std::string sql, int server_version);

}  // namespace adapters::postgres
