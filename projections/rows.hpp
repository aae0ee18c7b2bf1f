// projections/rows.hpp: what a fold sees: the rows of its own projection, and its changes to them.
//
// Shape   an overlay: reads fall through to the stored rows, changes collect for one batch. Keys
//         are the projection's own; its prefix is added here.
// Errors  the first one sticks: reads answer nothing from then on, and the batch is not written.
//         So folds have no error paths of their own.
// Cost    a stored row is read and decoded once a batch, and hashed once a batch however often it
//         changed. Bytes are made of a value when somebody asks for them: once a batch as well.
#pragma once

#include "projections/known_keys.hpp"
#include "projections/row_cells.hpp"
#include "projections/row_store.hpp"
#include "projections/state_hash.hpp"

#include <any>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace projections {

class Rows {
public:
    // All outlive this. `known`, where it is given, holds every key below.
    Rows(const RowStore& below, std::string prefix, KnownKeys* known = nullptr)
        : below_(below), prefix_(std::move(prefix)), known_(known) {}
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;

    [[nodiscard]] std::optional<std::string> get(std::string_view key);
    void put(std::string_view key, std::string value);
    void erase(std::string_view key);
    // The row's bytes, to be changed in place; empty where there was none.
    [[nodiscard]] std::string& bytes(std::string_view key);

    // A row by what it means: what its bytes are read as, and how bytes are made of that.
    template <class T>
    using Decode = ledger::Result<T> (*)(std::string_view bytes);
    using Encode = ledger::Result<std::string> (*)(const std::any& value);
    // To be changed in place; T{} where there was no row.
    template <class T>
    [[nodiscard]] T& edit(std::string_view key, Decode<T> decode, Encode encode);
    template <class T>
    void put_value(std::string_view key, T value, Encode encode);
    // nullptr where there is no row.
    template <class T>
    [[nodiscard]] const T* value(std::string_view key, Decode<T> decode);
    // With the keys as the projection gave them.
    [[nodiscard]] std::vector<Row> scan(std::string_view prefix);

    void fail(ledger::Error error);
    [[nodiscard]] const std::optional<ledger::Error>& error() const { return error_; }

    // Sees what is below again, and nothing of its own; for a next batch.
    void clear();

    // What is different from below, with full keys in order; `hash` is brought along. The batch is
    // given away with it: what comes next is clear().
    [[nodiscard]] std::vector<RowChange> take_changes(StateHash& hash);
    // The values that those changes replace, in the same order.
    [[nodiscard]] std::vector<std::optional<std::string>> take_replaced();

private:
    RowCell& cell(std::string_view key);
    [[nodiscard]] std::string full_key(std::string_view key) const;
    void make_bytes(RowCell& cell);
    template <class T>
    T* decoded(RowCell& cell, Decode<T> decode);
    template <class T>
    static T& know(RowCell& cell, T value);
    void find_changed();

    const RowStore& below_;
    std::string prefix_;
    KnownKeys* known_;
    RowCells cells_;                 // by the projection's own key
    std::vector<RowCell*> changed_;  // in the order of their keys, as they were told
    std::optional<ledger::Error> error_;
};

// What is known already, or what the bytes are read as; nullptr where there is no row.
template <class T>
T* Rows::decoded(RowCell& cell, Decode<T> decode) {
    if (cell.is_known)
        if (T* const known = std::any_cast<T>(&cell.value)) return known;
    if (!cell.now || error_) return nullptr;
    auto read = decode(*cell.now);
    if (!read) {
        fail(read.error());
        return nullptr;
    }
    return &know(cell, std::move(*read));
}

// In the memory of what was known before.
template <class T>
T& Rows::know(RowCell& cell, T value) {
    cell.is_known = true;
    T* const old = std::any_cast<T>(&cell.value);
    if (old == nullptr) return cell.value.emplace<T>(std::move(value));
    *old = std::move(value);
    return *old;
}

template <class T>
T& Rows::edit(std::string_view key, Decode<T> decode, Encode encode) {
    RowCell& found = cell(key);
    T* known = decoded(found, decode);
    if (known == nullptr) known = &know(found, T{});
    found.encode = encode;
    return *known;
}

template <class T>
void Rows::put_value(std::string_view key, T value, Encode encode) {
    RowCell& found = cell(key);
    know(found, std::move(value));
    found.encode = encode;
}

template <class T>
const T* Rows::value(std::string_view key, Decode<T> decode) {
    return decoded(cell(key), decode);
}

}  // namespace projections
