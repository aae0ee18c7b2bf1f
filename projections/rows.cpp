#include "projections/rows.hpp"

#include <utility>

namespace projections {

Rows::Cell& Rows::cell(std::string_view key) {
    std::string full = prefix_;
    full += key;
    const auto found = cells_.lower_bound(full);
    if (found != cells_.end() && found->first == full) return found->second;
    Cell cell;
    if (!error_) {
        auto stored = below_.get(full);
        if (stored) {
            cell.before = *stored;
            cell.now = std::move(*stored);
        } else {
            fail(stored.error());
        }
    }
    return cells_.emplace_hint(found, std::move(full), std::move(cell))->second;
}

void Rows::make_bytes(Cell& cell) {
    if (cell.encode == nullptr) return;
    auto bytes = std::exchange(cell.encode, nullptr)(cell.value);
    if (bytes)
        cell.now = std::move(*bytes);
    else
        fail(bytes.error());
}

std::optional<std::string> Rows::get(std::string_view key) {
    Cell& found = cell(key);
    make_bytes(found);
    return error_ ? std::nullopt : found.now;
}

void Rows::put(std::string_view key, std::string value) {
    Cell& found = cell(key);
    found.now = std::move(value);
    found.value.reset();
    found.encode = nullptr;
}

void Rows::erase(std::string_view key) {
    Cell& found = cell(key);
    found.now.reset();
    found.value.reset();
    found.encode = nullptr;
}

std::vector<Row> Rows::scan(std::string_view prefix) {
    if (error_) return {};
    const std::string full = prefix_ + std::string(prefix);
    auto stored = below_.scan(full);
    if (!stored) {
        fail(stored.error());
        return {};
    }
    for (Row& row : *stored) {
        Cell unchanged{row.value, std::move(row.value), {}, {}};
        cells_.try_emplace(std::move(row.key), std::move(unchanged));
    }
    std::vector<Row> found;
    for (auto at = cells_.lower_bound(full); at != cells_.end(); ++at) {
        if (!std::string_view(at->first).starts_with(full)) break;
        make_bytes(at->second);
        if (at->second.now) found.push_back({at->first.substr(prefix_.size()), *at->second.now});
    }
    return found;
}

void Rows::fail(ledger::Error error) {
    if (!error_) error_ = std::move(error);
}

std::vector<RowChange> Rows::changes(StateHash& hash) {
    std::vector<RowChange> changes;
    for (auto& [key, cell] : cells_) {
        make_bytes(cell);
        if (cell.before == cell.now) continue;
        const std::string_view own = std::string_view(key).substr(prefix_.size());
        if (cell.before) hash.remove(own, *cell.before);
        if (cell.now) hash.add(own, *cell.now);
        changes.push_back({key, cell.now});
    }
    return changes;
}

std::vector<RowChange> Rows::replaced() {
    std::vector<RowChange> replaced;
    for (auto& [key, cell] : cells_) {
        make_bytes(cell);
        if (cell.before != cell.now) replaced.push_back({key, cell.before});
    }
    return replaced;
}

}  // namespace projections
