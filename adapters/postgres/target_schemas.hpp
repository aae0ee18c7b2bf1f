// adapters/postgres/target_schemas.hpp: the target's schemas, on the shadow of one.
//
// Why     somebody may have made them that is no script: for the role, or for another program.
// When    before the first script that is pending, and not where one is missed: what a pending
//         script drops or renames is missed on the target as well. While history is applied, which
//         has been through that, one at a time: a later script of it may make another.
#pragma once

#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/server_error.hpp"
#include "ledger/result.hpp"
#include "migrations/migration.hpp"

#include <functional>
#include <set>
#include <string>

namespace adapters::postgres {

class TargetSchemas {
public:
    using Tell = std::function<void(const std::string& schema)>;

    TargetSchemas(std::set<std::string> names, Tell tell);

    // From now on where a session looks for names that has just begun.
    ledger::Result<void> look_as(Connection& session);

    // The one that a script of history has failed for; false where it is none of the target's.
    bool make_missed(Connection& connection, const ServerError& error);

    // All that are not there yet. Told are those that the script names, or the path.
    ledger::Result<void> make_all_for(const migrations::Script& script, Connection& connection);

private:
    ledger::Result<void> make_all(Connection& connection);

    std::set<std::string> names_;
    std::string search_path_;
    Tell tell_;
    bool are_there_{};
    std::set<std::string> untold_;  // made, and no script has named them
};

}  // namespace adapters::postgres
