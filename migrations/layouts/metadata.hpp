// migrations/layouts/metadata.hpp: the small files in which tools say more about a migration.
//
// Errors  a file that is not understood is said, and never ignored: it may change what a script
// does.
#pragma once

#include "migrations/layouts/reading.hpp"

#include <optional>
#include <string>
#include <vector>

namespace migrations::layouts {

// Diesel's metadata.toml: run_in_transaction.
[[nodiscard]] std::optional<sql::DeclaredMode> read_diesel_metadata(Reading& reading,
                                                                    const LayoutFile& file);

// Prisma's migration_lock.toml: provider.
void check_prisma_lock(Reading& reading, const LayoutFile& file);

// The Sourcegraph migrator's metadata.yaml.
struct SourcegraphMetadata {
    std::string name;
    std::vector<std::string> parents;
    bool creates_index_concurrently{};
};

[[nodiscard]] SourcegraphMetadata read_sourcegraph_metadata(Reading& reading,
                                                            const LayoutFile& file);

}  // namespace migrations::layouts
