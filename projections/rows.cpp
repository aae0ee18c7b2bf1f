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

RowCell& Rows::cell(std::string_view key) {
    const auto [cell, is_new] = cells_.at(key);
    if (!is_new || error_) return cell;
    if (known_ != nullptr && known_->insert(cell.hash)) return cell;
    auto stored = below_.get(full_key(key));
    if (stored) {
        cell.before = *stored;
        cell.now = std::move(*stored);
    } else {
        fail(stored.error());
    }
    return cell;
}

void Rows::make_bytes(RowCell& cell) {
    if (cell.encode == nullptr) return;
    auto bytes = std::exchange(cell.encode, nullptr)(cell.value);
    if (bytes)
        cell.now = std::move(*bytes);
    else
        fail(bytes.error());
}

std::optional<std::string> Rows::get(std::string_view key) {
    RowCell& found = cell(key);
    make_bytes(found);
    return error_ ? std::nullopt : found.now;
}

void Rows::put(std::string_view key, std::string value) {
    RowCell& found = cell(key);
    found.now = std::move(value);
    found.is_known = false;
    found.encode = nullptr;
}

void Rows::erase(std::string_view key) {
    RowCell& found = cell(key);
    found.now.reset();
    found.is_known = false;
    found.encode = nullptr;
}

std::string& Rows::bytes(std::string_view key) {
    RowCell& found = cell(key);
    make_bytes(found);
    found.is_known = false;
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
        const auto [cell, is_new] = cells_.at(std::string_view(row.key).substr(prefix_.size()));
        if (!is_new) continue;
        cell.before = row.value;
        cell.now = std::move(row.value);
    }
    std::vector<Row> found;
    cells_.each([&](RowCell& cell) {
        if (!cell.key.starts_with(prefix)) return;
        make_bytes(cell);
        if (cell.now) found.push_back({cell.key, *cell.now});
    });
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
    cells_.each([this](RowCell& cell) {
        make_bytes(cell);
        if (cell.before != cell.now) changed_.push_back(&cell);
    });
    std::sort(changed_.begin(), changed_.end(),
              [](const RowCell* a, const RowCell* b) { return a->key < b->key; });
}

std::vector<RowChange> Rows::take_changes(StateHash& hash) {
    find_changed();
    std::vector<StateHash::Row> gone;
    std::vector<StateHash::Row> come;
    for (const RowCell* const cell : changed_) {
        if (cell->before) gone.push_back({cell->key, *cell->before});
        if (cell->now) come.push_back({cell->key, *cell->now});
    }
    hash.remove(gone);
    hash.add(come);
    std::vector<RowChange> changes;
    changes.reserve(changed_.size());
    for (RowCell* const cell : changed_)
        changes.push_back({full_key(cell->key), std::move(cell->now)});
    return changes;
}

std::vector<std::optional<std::string>> Rows::take_replaced() {
    std::vector<std::optional<std::string>> replaced;
    replaced.reserve(changed_.size());
    for (RowCell* const cell : changed_) replaced.push_back(std::move(cell->before));
    return replaced;
}

}  // namespace projections
