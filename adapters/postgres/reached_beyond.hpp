// adapters/postgres/reached_beyond.hpp: statements that were found to reach beyond a disposable
// server, which lets them reach nothing.
//
// Why     what a statement's text does not show (a foreign table, a function's body) is known only
//         once the server has refused it: a connection to another server, a program, a file. That
//         says nothing about the migration: the statement is left out, and told as not rehearsed.
//         So it is with one that names the target's database, which has another name there.
// Like it of an INSERT of constants those behind it into the same columns are left out at once: a
//         file of ten thousand of them into a foreign table is not begun anew for each.
#pragma once

#include "adapters/postgres/server_error.hpp"
#include "ledger/digest.hpp"
#include "migrations/migration.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace adapters::postgres {

class ReachedBeyond {
public:
    // Empty: any database may be the target's.
    explicit ReachedBeyond(std::string target_database = {})
        : target_database_{std::move(target_database)} {}

    // True: the statement has failed for that alone, and is not to be sent from now on.
    [[nodiscard]] bool learn(const migrations::Script& script, std::uint32_t index,
                             const ServerError& error);
    [[nodiscard]] std::optional<std::string> why_not(const migrations::Script& script,
                                                     std::uint32_t index) const;

private:
    std::string target_database_;
    std::map<std::pair<ledger::Digest, std::uint32_t>, std::string> known_;
};

}  // namespace adapters::postgres
