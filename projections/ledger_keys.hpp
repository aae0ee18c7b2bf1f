// projections/ledger_keys.hpp: what signing asks of history: the keys, a restoration, and who holds
// which checkpoint.
//
// Fold  rows of the status projection, so that nothing is decoded once more for them.
// Use   a cache decides what is signed, never what is believed: who verifies folds the events.
#pragma once

#include "ledger/event.hpp"
#include "ledger/result.hpp"
#include "projections/row_store.hpp"
#include "projections/rows.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace projections {

struct LedgerKey {
    std::string name;
    ledger::PublicKey public_key;
    std::uint64_t position{};                      // of its KeyAdded
    std::optional<std::uint64_t> retired_up_to{};  // its signatures count up to that size
    bool operator==(const LedgerKey&) const = default;
};

// The newest word of a person about events that are known to be gone.
struct Restoration {
    std::uint64_t size{};
    std::uint64_t lost_to{};
    bool operator==(const Restoration&) const = default;
};

struct LedgerKeys {
    std::vector<LedgerKey> keys;  // in the order they were added
    std::optional<Restoration> restored;
    bool operator==(const LedgerKeys&) const = default;
};

void fold_keys(Rows& rows, const ledger::Record& record);

// Of rows that status_projection() has brought level.
[[nodiscard]] ledger::Result<LedgerKeys> read_keys(const RowStore& rows);

// The size of the largest checkpoint that this witness is recorded to hold; 0 where none is.
[[nodiscard]] ledger::Result<std::uint64_t> witnessed_size(const RowStore& rows,
                                                           ledger::WitnessKind kind,
                                                           const std::string& witness);

}  // namespace projections
