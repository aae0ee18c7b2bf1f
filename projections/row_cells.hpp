// projections/row_cells.hpp: what a batch knows of rows, by their keys.
//
// Cost    one look for a key, found or not. A cell keeps its memory from one batch to the next.
#pragma once

#include "ledger/result.hpp"

#include <any>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace projections {

struct RowCell {
    std::string key;
    std::size_t hash{};
    std::optional<std::string> before;
    std::optional<std::string> now;
    std::any value;   // what `now` means, where that is known; else left over from other rows
    bool is_known{};  // whether `value` is
    // There where `now` is to be made of `value` yet.
    ledger::Result<std::string> (*encode)(const std::any& value){};
};

class RowCells {
public:
    // As it was found, or made anew: then it is a row that is not there.
    struct Place {
        RowCell& cell;
        bool is_new{};
    };
    [[nodiscard]] Place at(std::string_view key);
    void clear();

    // In the order in which they came.
    template <class Visit>
    void each(const Visit& visit) {
        for (std::size_t index = 0; index < count_; ++index) visit(cells_[index]);
    }

private:
    [[nodiscard]] std::uint32_t& slot_of(std::string_view key, std::size_t hash);
    void add_slots();

    std::deque<RowCell> cells_;  // of which `count_` are in use; where they are does not change
    std::size_t count_{};
    std::vector<std::uint32_t> slots_;  // by their hash: 1 and more, the index behind; 0 is free
};

}  // namespace projections
