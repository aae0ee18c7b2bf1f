#include "adapters/postgres/program_connection.hpp"

#include "adapters/postgres/catalog_path.hpp"
#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/connection_string.hpp"
#include "adapters/postgres/kept_session.hpp"
#include "adapters/postgres/libpq_on_demand.hpp"
#include "ledger/clean.hpp"

namespace adapters::postgres {

using ledger::fail;
using ledger::Result;

namespace {

std::string quoted(const std::string& value) {
    std::string text = "'";
    for (const char each : value) {
        if (each == '\'' || each == '\\') text += '\\';
        text += each;
    }
    return text + "'";
}

// On a server that somebody names, it may be another role's.
constexpr const char* drop_public =
    "DO $$ BEGIN DROP SCHEMA IF EXISTS public; EXCEPTION WHEN insufficient_privilege THEN NULL; "
    "END $$;\n";

Result<std::string> without_public(Connection& connection) {
    const auto rows =
        connection.query({"SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'public'", {}});
    if (!rows) return fail(to_error(rows.error(), "reading the target's schemas"));
    return std::string{rows->values.empty() ? drop_public : ""};
}

Result<std::string> roles_script(Connection& connection) {
    const auto rows = connection.query({R"(SELECT rolname FROM pg_catalog.pg_roles
        WHERE rolname NOT LIKE 'pg\_%' AND rolname <> 'postgres' ORDER BY 1)",
                                        {}});
    if (!rows) return fail(to_error(rows.error(), "reading the target's roles"));
    std::string script;
    for (const Values& row : rows->values)
        if (const std::string& name = text_of(row.at(0)); ledger::is_well_formed_utf8(name))
            script += "CREATE ROLE " + quoted_identifier(name) + ";\n";
    return script;
}

}  // namespace

Result<ProgramConnection> for_program(const std::string& url) {
    if (auto loaded = load_libpq(); !loaded) return fail(loaded.error());
    const auto string = parse_connection_string(url);
    if (!string) return fail(string.error());
    ProgramConnection connection;
    for (const auto& [name, value] : string->parameters) {
        if (name == "sslpassword")
            return fail(ledger::Code::refused, "target-url-invalid",
                        "sslpassword cannot be given to pg_dump without everybody seeing it",
                        "use a key without a passphrase, which only its owner can read");
        if (name == "password")
            connection.environment.push_back("PGPASSWORD=" + value);
        else
            connection.words += (connection.words.empty() ? "" : " ") + name + "=" + quoted(value);
    }
    connection.environment.push_back("PGOPTIONS=" + string->options +
                                     (string->options.empty() ? "" : " ") +
                                     startup_option("default_transaction_read_only", "on"));
    connection.environment.emplace_back("PGAPPNAME=varve dry-run");
    return connection;
}

Result<std::string> script_before_dump(const std::string& url, bool makes_roles) {
    if (auto loaded = load_libpq(); !loaded) return fail(loaded.error());
    const auto string = parse_connection_string(url);
    if (!string) return fail(string.error());
    auto connection = Connection::open(*string, "varve dry-run", "");
    if (!connection) return fail(connection.error());
    if (auto own = expect_own_process(*string, "varve dry-run", **connection); !own)
        return fail(own.error());
    if (auto set = (*connection)->run(catalog_path_for_any_bytes(**connection)); !set)
        return fail(to_error(set.error(), "reading the target's schemas"));
    auto script = without_public(**connection);
    if (!script || !makes_roles) return script;
    const auto roles = roles_script(**connection);
    if (!roles) return fail(roles.error());
    return *script + *roles;
}

}  // namespace adapters::postgres
