// tools/varve/session.hpp: what a verb works with, opened in the order that loses nothing.
//
// Owns     everything that a command's ports refer to; immovable.
// Reading  needs no lock and changes nothing: read models are brought level in memory.
#pragma once

#include "adapters/rocksdb/reader.hpp"
#include "adapters/rocksdb/row_store.hpp"
#include "adapters/rocksdb/store.hpp"
#include "commands/run.hpp"
#include "commands/services.hpp"
#include "commands/situation.hpp"
#include "ledger/result.hpp"
#include "projections/memory_rows.hpp"
#include "projections/overlay_rows.hpp"
#include "tools/varve/configuration.hpp"
#include "tools/varve/console.hpp"
#include "tools/varve/invocation.hpp"
#include "tools/varve/system.hpp"

#include <memory>
#include <string>

namespace tools::varve {

// The migrations folder, read and judged for the given server.
[[nodiscard]] ledger::Result<std::shared_ptr<const migrations::Folder>> load_folder(
    const Configuration& configuration);

// refused "url-missing" where no target is given. `application_name` is what others see of our
// sessions.
[[nodiscard]] ledger::Result<commands::Connect> connector(
    const Configuration& configuration, const std::string& application_name = "varve");

[[nodiscard]] ledger::Result<commands::TargetRequest> target_request(
    const Configuration& configuration);

class Writing {
public:
    static ledger::Result<std::unique_ptr<Writing>> open(const Invocation& invocation,
                                                         const Configuration& configuration,
                                                         bool make_ledger,
                                                         commands::Progress& progress);
    Writing(const Writing&) = delete;
    Writing& operator=(const Writing&) = delete;

    [[nodiscard]] commands::Services& services() { return *services_; }

private:
    Writing() = default;
    SystemClock clock_;
    Signals signals_;
    std::unique_ptr<adapters::rocksdb::Store> store_;
    std::unique_ptr<adapters::rocksdb::RowStore> rows_;
    projections::MemoryRows spare_rows_;  // where the stored ones cannot be written
    std::unique_ptr<commands::Services> services_;
};

class Reading {
public:
    static ledger::Result<std::unique_ptr<Reading>> open(const Configuration& configuration);
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

    [[nodiscard]] const ledger::Reader& reader() const { return *reader_; }
    [[nodiscard]] projections::RowStore& rows() { return *overlay_; }

private:
    Reading() = default;
    std::unique_ptr<adapters::rocksdb::Reader> reader_;
    std::unique_ptr<adapters::rocksdb::RowStore> stored_;
    projections::MemoryRows nothing_;
    std::unique_ptr<projections::OverlayRows> overlay_;
};

// A position ("123": after that many events), an instant or a date, as a size of the ledger.
[[nodiscard]] ledger::Result<std::uint64_t> size_as_of(const ledger::Reader& reader,
                                                       const std::string& when);

}  // namespace tools::varve
