#include "adapters/postgres/rehearsal_session.hpp"

#include <string>
#include <utility>

namespace adapters::postgres {

namespace {

constexpr const char* application_name = "varve shadow";

}  // namespace

ledger::Result<std::unique_ptr<Connection>> open_session(const RehearsalPlace& place) {
    std::string options;
    for (const auto& [name, value] :
         {std::pair{"TimeZone", place.time_zone.c_str()},
          std::pair{"search_path", place.search_path.c_str()},
          std::pair{"max_parallel_maintenance_workers", "0"},
          std::pair{"max_parallel_workers_per_gather", "0"},
          std::pair{"statement_timeout", place.statement_timeout.c_str()},
          std::pair{"lock_timeout", "0"}, std::pair{"client_min_messages", "warning"},
          std::pair{"exit_on_error", "off"}})
        options += (options.empty() ? "" : " ") + startup_option(name, value);
    if (place.ends_with_client)
        options += " " + startup_option("client_connection_check_interval", "2000");
    return Connection::open(with_database(place.server, place.database), application_name, options);
}

}  // namespace adapters::postgres
