#include "projections/row_store.hpp"

#include "projections/row_key.hpp"

#include <cstddef>
#include <utility>

namespace projections {

ledger::Result<std::vector<Row>> RowStore::scan_from(std::string_view prefix,
                                                     std::uint64_t number) const {
    constexpr std::size_t number_bytes = 8;
    auto all = scan(prefix);
    if (!all) return all;
    std::vector<Row> found;
    for (Row& row : *all) {
        if (row.key.size() < prefix.size() + number_bytes) continue;
        const std::string_view key = row.key;
        const std::string_view group = key.substr(0, key.size() - number_bytes);
        if (from_big_endian(key.substr(group.size())) < number) continue;
        const bool is_found = !found.empty() && found.back().key.size() == key.size() &&
                              found.back().key.starts_with(group);
        if (!is_found) found.push_back(std::move(row));
    }
    return found;
}

}  // namespace projections
