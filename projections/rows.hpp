// projections/rows.hpp: what a fold sees: the rows of its own projection, and its changes to them.
//
// Shape   an overlay: reads fall through to the stored rows, changes collect for one batch. Keys
//         are the projection's own; its prefix is added here.
// Errors  the first one sticks: reads answer nothing from then on, and the batch is not written.
//         So folds have no error paths of their own.
// Cost    a stored row is read once a batch, and hashed once a batch however often it changed.
#pragma once

#include "projections/row_store.hpp"
#include "projections/state_hash.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace projections {

class Rows {
public:
    // `below` outlives this.
    Rows(const RowStore& below, std::string prefix) : below_(below), prefix_(std::move(prefix)) {}
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;

    [[nodiscard]] std::optional<std::string> get(std::string_view key);
    void put(std::string_view key, std::string value);
    void erase(std::string_view key);
    // With the keys as the projection gave them.
    [[nodiscard]] std::vector<Row> scan(std::string_view prefix);

    void fail(ledger::Error error);
    [[nodiscard]] const std::optional<ledger::Error>& error() const { return error_; }

    // What is different from below, with full keys in order; `hash` is brought along.
    [[nodiscard]] std::vector<RowChange> changes(StateHash& hash) const;

private:
    struct Cell {
        std::optional<std::string> before;
        std::optional<std::string> now;
    };
    Cell& cell(std::string_view key);

    const RowStore& below_;
    std::string prefix_;
    std::map<std::string, Cell, std::less<>> cells_;  // by full key
    std::optional<ledger::Error> error_;
};

}  // namespace projections
