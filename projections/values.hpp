// projections/values.hpp: the values of rows as bytes, and back.
//
// Format  canonical JSON, as the ledger's own records: the same value always gives the same bytes.
//         A change of form is a new version of the projection.
// Errors  corrupt "row-unreadable"; refused "row-not-encodable".
#pragma once

#include "ledger/result.hpp"
#include "projections/rows.hpp"

#include <any>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace projections {

// Of Progress, and of the rows of target-state and status; values.cpp names them.
template <class T>
[[nodiscard]] ledger::Result<std::string> to_bytes(const T& value);

template <class T>
[[nodiscard]] ledger::Result<T> from_bytes(std::string_view bytes);

template <class T>
inline constexpr Rows::Encode encode_any =
    [](const std::any& known) { return to_bytes(*std::any_cast<T>(&known)); };

// nullptr where there is no such row; good until the row is changed.
template <class T>
[[nodiscard]] const T* look(Rows& rows, std::string_view key) {
    return rows.value<T>(key, &from_bytes<T>);
}

// To be changed in place; T{} where there was no such row.
template <class T>
[[nodiscard]] T& edit(Rows& rows, std::string_view key) {
    return rows.edit<T>(key, &from_bytes<T>, encode_any<T>);
}

template <class T>
void store(Rows& rows, std::string_view key, T value) {
    rows.put_value(key, std::move(value), encode_any<T>);
}

template <class T>
[[nodiscard]] ledger::Result<std::optional<T>> load(const RowStore& rows, std::string_view key) {
    const auto bytes = rows.get(key);
    if (!bytes) return ledger::fail(bytes.error());
    if (!*bytes) return std::nullopt;
    ledger::Result<T> value = from_bytes<T>(**bytes);
    if (!value) return ledger::fail(value.error());
    return std::optional<T>(std::move(*value));
}

}  // namespace projections
