#include "projections/memory_rows.hpp"

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

ledger::Result<void> MemoryRows::write(const std::vector<RowChange>& changes) {
    for (const RowChange& change : changes) {
        if (change.value) {
            rows_.insert_or_assign(change.key, *change.value);
        } else {
            rows_.erase(change.key);
        }
    }
    return {};
}

}  // namespace projections
