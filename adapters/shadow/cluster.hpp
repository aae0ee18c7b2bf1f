// adapters/shadow/cluster.hpp: a PostgreSQL server of our own, for as long as this object lives.
//
// Shape    a folder with mode 0700 in temporary_folder(); a Unix socket in it, no TCP port; user
//          postgres, without a password. It is gone with this object, and with this process
//          however that ends (keeper.hpp); what a dead one has left is swept at the next start.
// Durable  not at all. Full-page images are off: WAL counted on it is without them.
// Settings TimeZone UTC; no autovacuum, no logical replication workers; JIT off.
// Cost     about a quarter of a second; three quarters the first time.
// Errors   unavailable "shadow-missing", "shadow-failed".
#pragma once

#include "adapters/shadow/keeper.hpp"
#include "ledger/result.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace adapters::shadow {

class Cluster {
public:
    // `major`: the server version of the target, where one is known.
    static ledger::Result<std::unique_ptr<Cluster>> start(std::optional<unsigned> major);
    Cluster(const Cluster&) = delete;
    Cluster& operator=(const Cluster&) = delete;
    ~Cluster() = default;

    // For libpq, with no database in it.
    [[nodiscard]] std::string connection_string() const;

private:
    Cluster(std::filesystem::path folder, Keeper keeper)
        : folder_{std::move(folder)}, keeper_{std::move(keeper)} {}

    std::filesystem::path folder_;
    Keeper keeper_;
};

// Removes what servers have left whose keepers were killed. Returns how many folders.
std::size_t sweep(const std::filesystem::path& temporary);

}  // namespace adapters::shadow
