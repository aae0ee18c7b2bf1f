#include "projections/row_cells.hpp"

#include <algorithm>
#include <functional>

namespace projections {

namespace {

constexpr std::size_t slots_min = 1024;  // a power of two

}  // namespace

// The key's own, or a free one.
std::uint32_t& RowCells::slot_of(std::string_view key, std::size_t hash) {
    for (std::size_t at = hash;; ++at) {
        std::uint32_t& slot = slots_[at & (slots_.size() - 1)];
        if (slot == 0) return slot;
        const RowCell& cell = cells_[slot - 1];
        if (cell.hash == hash && cell.key == key) return slot;
    }
}

void RowCells::add_slots() {
    slots_.assign(std::max(slots_min, 2 * slots_.size()), 0);
    for (std::uint32_t index = 0; index < count_; ++index)
        slot_of(cells_[index].key, cells_[index].hash) = index + 1;
}

RowCells::Place RowCells::at(std::string_view key) {
    if (2 * (count_ + 1) > slots_.size()) add_slots();
    const std::size_t hash = std::hash<std::string_view>{}(key);
    std::uint32_t& slot = slot_of(key, hash);
    if (slot != 0) return {cells_[slot - 1], false};
    if (count_ == cells_.size()) cells_.emplace_back();
    RowCell& cell = cells_[count_++];
    cell.key = key;
    cell.hash = hash;
    cell.before.reset();
    cell.now.reset();
    cell.is_known = false;
    cell.encode = nullptr;
    slot = static_cast<std::uint32_t>(count_);
    return {cell, true};
}

void RowCells::clear() {
    count_ = 0;
    std::fill(slots_.begin(), slots_.end(), 0);
}

}  // namespace projections
