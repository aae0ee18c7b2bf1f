#include "projections/rows.hpp"

#include <algorithm>
#include <utility>

namespace projections {

std::string Rows::full_key(std::string_view key) const {
    std::string full;
    full.reserve(prefix_.size() + key.size());
    full += prefix_;
    full += key;
    return full;
}

Rows::Cell& Rows::cell(std::string_view key) {
    const auto found = cells_.find(key);
    if (found != cells_.end()) return found->second;
    Cell& cell = cells_.emplace(key, Cell{}).first->second;
    if (error_) return cell;
    if (known_ != nullptr && known_->insert(Hash{}(key)).second) return cell;
    auto stored = below_.get(full_key(key));
    if (stored) {
        cell.before = *stored;
        cell.now = std::move(*stored);
    } else {
        fail(stored.error());
    }
    return cell;
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

std::string& Rows::bytes(std::string_view key) {
    Cell& found = cell(key);
    make_bytes(found);
    found.value.reset();
    if (!found.now) found.now.emplace();
    return *found.now;
}

std::vector<Row> Rows::scan(std::string_view prefix) {
    if (error_) return {};
    auto stored = below_.scan(full_key(prefix));
    if (!stored) {
        fail(stored.error());
        return {};
    }
    for (Row& row : *stored) {
        Cell unchanged{row.value, std::move(row.value), {}, {}};
        cells_.try_emplace(row.key.substr(prefix_.size()), std::move(unchanged));
    }
    std::vector<Row> found;
    for (auto& [key, cell] : cells_) {
        if (!std::string_view(key).starts_with(prefix)) continue;
        make_bytes(cell);
        if (cell.now) found.push_back({key, *cell.now});
    }
    std::sort(found.begin(), found.end(), [](const Row& a, const Row& b) { return a.key < b.key; });
    return found;
}

void Rows::fail(ledger::Error error) {
    if (!error_) error_ = std::move(error);
}

void Rows::clear() {
    cells_.clear();
    error_.reset();
}

// In the order of their keys.
std::vector<Rows::Cells::pointer> Rows::changed() {
    std::vector<Cells::pointer> changed;
    for (auto& each : cells_) {
        make_bytes(each.second);
        if (each.second.before != each.second.now) changed.push_back(&each);
    }
    std::sort(changed.begin(), changed.end(),
              [](const auto* a, const auto* b) { return a->first < b->first; });
    return changed;
}

std::vector<RowChange> Rows::changes(StateHash& hash) {
    std::vector<RowChange> changes;
    for (const auto* each : changed()) {
        const auto& [key, cell] = *each;
        if (cell.before) hash.remove(key, *cell.before);
        if (cell.now) hash.add(key, *cell.now);
        changes.push_back({full_key(key), cell.now});
    }
    return changes;
}

std::vector<RowChange> Rows::replaced() {
    std::vector<RowChange> replaced;
    for (const auto* each : changed())
        replaced.push_back({full_key(each->first), each->second.before});
    return replaced;
}

}  // namespace projections
