// tools/varve/writer_watch.hpp: the process at work on a target: what it has begun is not in doubt.
//
// Shape   made before the ledger is read. Who has the writer's lock is asked then, and again when
//         it is told: who was done by then, and who had not begun, is told of all the same.
// Trust   where the events' times are no longer the clock's, nobody can tell.
#pragma once

#include "adapters/rocksdb/writer_lock.hpp"
#include "ledger/result.hpp"
#include "ledger/store.hpp"
#include "projections/row_store.hpp"
#include "tools/varve/status_view.hpp"

#include <filesystem>
#include <optional>
#include <vector>

namespace tools::varve {

class WriterWatch {
public:
    explicit WriterWatch(const std::filesystem::path& ledger);

    // It is at work on one target: of the views, the one that was begun last.
    ledger::Result<void> tell_running(const ledger::Reader& reader,
                                      std::vector<StatusView>& views) const;

    [[nodiscard]] ledger::Result<std::optional<adapters::rocksdb::LockHolder>> at_work_on(
        const ledger::Reader& reader, projections::RowStore& rows,
        const ledger::Target& target) const;

private:
    std::filesystem::path lock_;
    std::optional<adapters::rocksdb::LockHolder> before_;
};

}  // namespace tools::varve
