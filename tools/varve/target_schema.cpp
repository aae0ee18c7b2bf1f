#include "tools/varve/target_schema.hpp"

#include "adapters/postgres/program_connection.hpp"
#include "adapters/shadow/schema_dump.hpp"
#include "migrations/kept_script.hpp"

namespace tools::varve {

using ledger::fail;
using ledger::Result;

std::string shadow_encoding(const std::string& target, std::vector<std::string>& notes) {
    if (target != "SQL_ASCII") return target;
    notes.emplace_back(
        "the target's encoding is SQL_ASCII, which takes any bytes; the shadow's is UTF8");
    return "UTF8";
}

Result<std::string> url_of_schema(const Configuration& configuration) {
    if (configuration.url) return *configuration.url;
    return fail(configuration.url_error.value_or(ledger::Error{ledger::Code::refused, "url-missing",
                                                               "--shadow-from target asks a target",
                                                               "add --url or --env"}));
}

Result<migrations::Script> read_target_schema(const Configuration& configuration,
                                              std::optional<unsigned> server_major,
                                              bool makes_roles) {
    const auto url = url_of_schema(configuration);
    if (!url) return fail(url.error());
    const auto programs = adapters::shadow::find_programs(server_major);
    if (!programs) return fail(programs.error());
    const auto connection = adapters::postgres::for_program(*url);
    if (!connection) return fail(connection.error());
    const auto before = adapters::postgres::script_before_dump(*url, makes_roles);
    if (!before) return fail(before.error());
    const auto schema = adapters::shadow::dump_schema(
        {*programs, connection->words, connection->environment, {configuration.marker_schema}});
    if (!schema) return fail(schema.error());
    return migrations::kept_script(migrations::target_schema_path, *before + *schema);
}

}  // namespace tools::varve
