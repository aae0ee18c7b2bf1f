// projections/row_store.hpp: the port through which read models are stored: sorted rows of bytes.
//
// Order     keys compare as unsigned bytes; scan answers ascending.
// Atomic    a write is all or nothing. It need not be durable when it answers: what is lost is
//           folded again, because the position is lost with the rows.
// Errors    unavailable "rows-unavailable": nothing happened; corrupt "rows-damaged".
// Contract  tests/contracts/row_store_contract.hpp says the rest, in code, for every adapter.
#pragma once

#include "ledger/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace projections {

struct Row {
    std::string key;
    std::string value;
    bool operator==(const Row&) const = default;
};

struct RowChange {
    std::string key;
    std::optional<std::string> value;  // nothing: the row is erased, whether it exists or not
    bool operator==(const RowChange&) const = default;
};

class RowStore {
public:
    virtual ~RowStore() = default;

    [[nodiscard]] virtual ledger::Result<std::optional<std::string>> get(
        std::string_view key) const = 0;

    // Every row whose key begins with `prefix`, in the order of their keys.
    [[nodiscard]] virtual ledger::Result<std::vector<Row>> scan(std::string_view prefix) const = 0;

    // Of keys that end with a number of 8 bytes, the highest first: of each group that has all
    // before it in common, the first row whose number is `number` or more. The group's key begins
    // with `prefix`, and with no other group's. What is left out is mostly not read.
    [[nodiscard]] virtual ledger::Result<std::vector<Row>> scan_from(std::string_view prefix,
                                                                     std::uint64_t number) const;

    // All of the changes or none. A key is named at most once.
    virtual ledger::Result<void> write(std::vector<RowChange> changes) = 0;
};

}  // namespace projections
