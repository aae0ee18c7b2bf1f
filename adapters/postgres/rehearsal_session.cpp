#include "adapters/postgres/rehearsal_session.hpp"

#include <string>
#include <utility>

namespace adapters::postgres {

namespace {

constexpr const char* application_name = "varve shadow";

}  // namespace

ConnectionString with_database(ConnectionString server, const std::string& database) {
    std::erase_if(server.parameters, [](const auto& each) { return each.first == "dbname"; });
    server.parameters.emplace_back("dbname", database);
    return server;
}

ledger::Result<std::unique_ptr<Connection>> open_session(const RehearsalPlace& place) {
    const auto own = place.own_settings();
    if (!own) return ledger::fail(own.error());
    std::string options;
    const auto add = [&](const char* name, const std::string& value) {
        options += (options.empty() ? "" : " ") + startup_option(name, value);
    };
    if (!own->contains("TimeZone")) add("TimeZone", place.time_zone);
    if (!own->contains("search_path")) add("search_path", place.search_path);
    for (const auto& [name, value] :
         {std::pair{"max_parallel_maintenance_workers", "0"},
          std::pair{"max_parallel_workers_per_gather", "0"},
          std::pair{"statement_timeout", place.statement_timeout.c_str()},
          std::pair{"lock_timeout", "0"}, std::pair{"client_min_messages", "warning"},
          std::pair{"exit_on_error", "off"}})
        add(name, value);
    if (place.ends_with_client)
        options += " " + startup_option("client_connection_check_interval", "2000");
    return Connection::open(with_database(place.server, place.database), application_name, options);
}

}  // namespace adapters::postgres
