// projections/status_rows.hpp: what the status projection keeps, before it is put together.
#pragma once

#include "projections/migration_state.hpp"
#include "projections/status.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace projections {

// A migration as it was registered, whatever the target.
struct SeenMigration {
    std::string name;
    ledger::MigrationKind kind{};
    std::string path;
    std::vector<std::uint64_t> positions;  // registered, then newest revised
    bool operator==(const SeenMigration&) const = default;
};

// A migration that was tried on one target.
struct TriedMigration {
    MigrationState state;
    std::optional<LastError> last_error;
    std::vector<std::uint64_t> positions;
    bool operator==(const TriedMigration&) const = default;
};

}  // namespace projections
