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
    if (known_ != nullptr && known_->insert(Hash{}(key))) return cell;
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
    changed_.clear();
    cells_.clear();
    error_.reset();
}

void Rows::find_changed() {
    changed_.clear();
    for (auto& each : cells_) {
        make_bytes(each.second);
        if (each.second.before != each.second.now) changed_.push_back(&each);
    }
    std::sort(changed_.begin(), changed_.end(),
              [](const auto* a, const auto* b) { return a->first < b->first; });
}

std::vector<RowChange> Rows::changes(StateHash& hash) {
    find_changed();
    std::vector<RowChange> changes;
    std::vector<StateHash::Row> gone;
    std::vector<StateHash::Row> come;
    changes.reserve(changed_.size());
    come.reserve(changed_.size());
    for (const auto* each : changed_) {
        const auto& [key, cell] = *each;
        if (cell.before) gone.push_back({key, *cell.before});
        if (cell.now) come.push_back({key, *cell.now});
        changes.push_back({full_key(key), cell.now});
    }
    hash.remove(gone);
    hash.add(come);
    return changes;
}

std::vector<RowChange> Rows::replaced() const {
    std::vector<RowChange> replaced;
    replaced.reserve(changed_.size());
    for (const auto* each : changed_)
        replaced.push_back({full_key(each->first), each->second.before});
    return replaced;
}

}  // namespace projections
