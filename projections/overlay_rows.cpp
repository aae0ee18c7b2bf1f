#include "projections/overlay_rows.hpp"

#include <utility>

namespace projections {

ledger::Result<std::optional<std::string>> OverlayRows::get(std::string_view key) const {
    const auto found = changes_.find(key);
    if (found != changes_.end()) return found->second;
    return below_.get(key);
}

bool OverlayRows::is_changed(std::string_view prefix) const {
    const auto change = changes_.lower_bound(prefix);
    return change != changes_.end() && std::string_view(change->first).starts_with(prefix);
}

ledger::Result<std::vector<Row>> OverlayRows::scan(std::string_view prefix) const {
    auto below = below_.scan(prefix);
    if (!below || !is_changed(prefix)) return below;
    std::map<std::string, std::string> merged;
    for (Row& row : *below)
        merged.emplace_hint(merged.end(), std::move(row.key), std::move(row.value));
    for (auto change = changes_.lower_bound(prefix); change != changes_.end(); ++change) {
        if (!std::string_view(change->first).starts_with(prefix)) break;
        if (change->second) {
            merged.insert_or_assign(change->first, *change->second);
        } else {
            merged.erase(change->first);
        }
    }
    std::vector<Row> found;
    found.reserve(merged.size());
    for (auto& [key, value] : merged) found.push_back({key, std::move(value)});
    return found;
}

ledger::Result<std::vector<Row>> OverlayRows::scan_from(std::string_view prefix,
                                                        std::uint64_t number) const {
    return is_changed(prefix) ? RowStore::scan_from(prefix, number)
                              : below_.scan_from(prefix, number);
}

ledger::Result<void> OverlayRows::write(std::vector<RowChange> changes) {
    for (RowChange& change : changes)
        changes_.insert_or_assign(std::move(change.key), std::move(change.value));
    return {};
}

}  // namespace projections
