// projections/state_hash.hpp: 32 bytes that say whether two sets of rows are the same, and how
// many they are.
//
// Shape   the sum, modulo 2^256, of SHA-256(length of the key in 8 bytes ‖ key ‖ value) over all
//         rows: the order in which rows came and went leaves no trace.
// Trust   finds faults, not forgers: a sum of hashes can be made to collide by who tries. The
//         truth is the ledger's own tree; a read model is only a cache of it.
#pragma once

#include "ledger/digest.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace projections {

class StateHash {
public:
    StateHash() = default;
    explicit StateHash(const ledger::Digest& sum, std::uint64_t row_count = 0)
        : sum_(sum), row_count_(row_count) {}

    void add(std::string_view key, std::string_view value);
    void remove(std::string_view key, std::string_view value);

    // Many at once, in half the time.
    struct Row {
        std::string_view key;
        std::string_view value;
    };
    void add(std::span<const Row> rows);
    void remove(std::span<const Row> rows);

    [[nodiscard]] const ledger::Digest& digest() const { return sum_; }
    [[nodiscard]] std::uint64_t row_count() const { return row_count_; }
    bool operator==(const StateHash&) const = default;

private:
    ledger::Digest sum_;
    std::uint64_t row_count_{};
};

}  // namespace projections
