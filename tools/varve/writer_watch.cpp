#include "tools/varve/writer_watch.hpp"

#include "adapters/rocksdb/folder.hpp"
#include "commands/clocks.hpp"
#include "projections/engine.hpp"
#include "projections/status.hpp"
#include "tools/varve/system.hpp"

#include <algorithm>

namespace tools::varve {

using adapters::rocksdb::LockHolder;
using ledger::fail;
using ledger::Result;

WriterWatch::WriterWatch(const std::filesystem::path& ledger)
    : lock_{adapters::rocksdb::lock_of(ledger)}, before_{adapters::rocksdb::lock_holder(lock_)} {}

Result<void> WriterWatch::tell_running(const ledger::Reader& reader,
                                       std::vector<StatusView>& views) const {
    if (views.empty()) return {};
    const auto ahead = commands::events_ahead(reader, SystemClock{}.now_us());
    if (!ahead) return fail(ahead.error());
    if (*ahead) return {};
    const auto after = adapters::rocksdb::lock_holder(lock_);
    const auto latest =
        std::max_element(views.begin(), views.end(), [](const auto& one, const auto& other) {
            return unfinished_since_us(one) < unfinished_since_us(other);
        });
    for (const auto& holder : {before_, after})
        if (holder) varve::tell_running(*latest, *holder);
    return {};
}

Result<std::optional<LockHolder>> WriterWatch::at_work_on(const ledger::Reader& reader,
                                                          projections::RowStore& rows,
                                                          const ledger::Target& target) const {
    if (!before_ && !adapters::rocksdb::is_locked(lock_)) return std::optional<LockHolder>{};
    const auto level = projections::catch_up(reader, rows, projections::status_projection());
    if (!level) return fail(level.error());
    const auto targets = projections::read_targets(rows);
    if (!targets) return fail(targets.error());
    std::vector<StatusView> views;
    for (const ledger::Target& each : *targets) {
        auto status = projections::read_status(rows, each);
        if (!status) return fail(status.error());
        views.emplace_back().status = std::move(*status);
    }
    if (auto told = tell_running(reader, views); !told) return fail(told.error());
    for (StatusView& view : views)
        if (view.status.target == target) return std::move(view.running);
    return std::optional<LockHolder>{};
}

}  // namespace tools::varve
