#include "projections/memory_rows.hpp"

#include <iterator>
#include <utility>

namespace projections {

ledger::Result<std::optional<std::string>> MemoryRows::get(std::string_view key) const {
    const auto found = rows_.find(key);
    if (found == rows_.end()) return std::nullopt;
    return found->second;
}

ledger::Result<std::vector<Row>> MemoryRows::scan(std::string_view prefix) const {
    std::vector<Row> found;
    for (auto row = rows_.lower_bound(prefix); row != rows_.end(); ++row) {
        if (!std::string_view(row->first).starts_with(prefix)) break;
        found.push_back({row->first, row->second});
    }
    return found;
}

ledger::Result<void> MemoryRows::write(std::vector<RowChange> changes) {
    auto next = rows_.end();  // keys mostly come in their order: then each goes beside the last
    for (RowChange& change : changes) {
        if (change.value)
            next = std::next(
                rows_.insert_or_assign(next, std::move(change.key), std::move(*change.value)));
        else if (const auto found = rows_.find(change.key); found != rows_.end())
            next = rows_.erase(found);
    }
    return {};
}

}  // namespace projections
