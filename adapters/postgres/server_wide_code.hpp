// adapters/postgres/server_wide_code.hpp: code that changes more of a server than the database that
// it runs in, on a server that is not ours.
//
// Finds   in DO blocks, calls, and functions that scripts have made, as far as their text shows,
//         strings included: roles and who is in them, databases, tablespaces, subscriptions, rights
//         and comments on them, ALTER SYSTEM, rows of the catalogs that all databases share.
// Leaves  CREATE ROLE of a name that stands there, for it can be dropped again; what is done to
//         current_database(), where that stands beside it.
// Misses  what is executed that the text does not have.
#pragma once

#include "ledger/digest.hpp"
#include "migrations/migration.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace adapters::postgres {

struct ServerWideChanges {
    bool of_others{};                // of what cannot be taken back
    std::vector<std::string> roles;  // that it makes
};

[[nodiscard]] ServerWideChanges server_wide_changes(std::string_view code);

class ServerWideCode {
public:
    // A role that is about to be made.
    using OnRole = std::function<void(const std::string& role)>;
    explicit ServerWideCode(OnRole on_role) : on_role_{std::move(on_role)} {}

    // Why the statement is not sent; else the roles that it makes are told.
    [[nodiscard]] std::optional<std::string> why_not(const migrations::Script& script,
                                                     std::uint32_t index);

private:
    void learn(const migrations::Script& script);
    [[nodiscard]] bool calls_known(std::string_view text) const;

    OnRole on_role_;
    std::set<std::pair<ledger::Digest, std::size_t>> learnt_;  // a file may have two scripts
    std::set<std::string> functions_;                          // without their schemas
};

}  // namespace adapters::postgres
