// projections/rows.hpp: what a fold sees: the rows of its own projection, and its changes to them.
//
// Shape   an overlay: reads fall through to the stored rows, changes collect for one batch. Keys
//         are the projection's own; its prefix is added here.
// Errors  the first one sticks: reads answer nothing from then on, and the batch is not written.
//         So folds have no error paths of their own.
// Cost    a stored row is read once a batch, and hashed once a batch however often it changed. What
//         put_value() was given is made bytes of when somebody asks for them: once a batch as well.
#pragma once

#include "projections/row_store.hpp"
#include "projections/state_hash.hpp"

#include <any>
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
    // A row by what it means, and how bytes are made of that.
    using Encode = ledger::Result<std::string> (*)(const std::any& value);
    template <class T>
    void put_value(std::string_view key, T value, Encode encode);
    // What was put or kept as a T; nullptr where it is not known as one.
    template <class T>
    [[nodiscard]] const T* value(std::string_view key);
    // What the bytes of that row were found to mean.
    template <class T>
    void keep_value(std::string_view key, T value);
    // With the keys as the projection gave them.
    [[nodiscard]] std::vector<Row> scan(std::string_view prefix);

    void fail(ledger::Error error);
    [[nodiscard]] const std::optional<ledger::Error>& error() const { return error_; }

    // What is different from below, with full keys in order; `hash` is brought along.
    [[nodiscard]] std::vector<RowChange> changes(StateHash& hash);
    // What those changes replace, with the same keys in the same order.
    [[nodiscard]] std::vector<RowChange> replaced();

private:
    struct Cell {
        std::optional<std::string> before;
        std::optional<std::string> now;
        std::any value{};  // what `now` means, where that is known
        Encode encode{};   // there where `now` is to be made of it yet
    };
    Cell& cell(std::string_view key);
    void make_bytes(Cell& cell);

    const RowStore& below_;
    std::string prefix_;
    std::map<std::string, Cell, std::less<>> cells_;  // by full key
    std::optional<ledger::Error> error_;
};

template <class T>
void Rows::put_value(std::string_view key, T value, Encode encode) {
    Cell& found = cell(key);
    if (T* const old = std::any_cast<T>(&found.value))
        *old = std::move(value);
    else
        found.value = std::move(value);
    found.encode = encode;
}

template <class T>
const T* Rows::value(std::string_view key) {
    return std::any_cast<T>(&cell(key).value);
}

template <class T>
void Rows::keep_value(std::string_view key, T value) {
    cell(key).value = std::move(value);
}

}  // namespace projections
