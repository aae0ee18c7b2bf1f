#include "adapters/postgres/creation_rights.hpp"

#include "adapters/postgres/server_error.hpp"

namespace adapters::postgres {

using ledger::Code;
using ledger::fail;

ledger::Result<void> may_create(Connection& connection) {
    const auto told = connection.query(
        {"SELECT schema, pg_catalog.has_schema_privilege(schema, 'CREATE'), current_user,"
         " pg_catalog.current_setting('search_path')"
         " FROM (SELECT (pg_catalog.current_schemas(false))[1]) AS first(schema)",
         {}});
    if (!told) return fail(to_error(told.error(), "looking where a file makes its tables"));
    const Values& row = told->first();
    if (row.at(1) == "t") return {};
    if (!row.at(0))
        return fail(Code::refused, "permission-denied",
                    "no schema of the search path (" + text_of(row.at(3)) +
                        ") is there that role \"" + text_of(row.at(2)) + "\" may use",
                    "make one, or grant USAGE and CREATE on one");
    return fail(Code::refused, "permission-denied",
                "role \"" + text_of(row.at(2)) + "\" may not create anything in schema \"" +
                    text_of(row.at(0)) + "\"",
                "grant it CREATE on that schema");
}

}  // namespace adapters::postgres
