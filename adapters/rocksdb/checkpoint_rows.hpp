// adapters/rocksdb/checkpoint_rows.hpp: the rows of `checkpoints`, as the events imply them.
// Internal.
//
// Shape   a checkpoint that is signed makes revision 0 of its size, or the next one; the first
//         cosignature of each witness's key makes another: the last note of that size with one line
//         more, up to the 64 that a note may carry.
#pragma once

#include "ledger/event.hpp"
#include "ledger/result.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace adapters::rocksdb {

struct CheckpointRow {
    std::uint64_t size{};
    std::uint64_t revision{};
    std::string note;
    bool operator==(const CheckpointRow&) const = default;
};

// The last row of that size so far.
using LastCheckpointRow =
    std::function<ledger::Result<std::optional<CheckpointRow>>(std::uint64_t size)>;

// Nothing where the event adds none.
[[nodiscard]] ledger::Result<std::optional<CheckpointRow>> checkpoint_row_of(
    const ledger::Event& event, const LastCheckpointRow& last);

[[nodiscard]] std::string checkpoint_key(std::uint64_t size, std::uint64_t revision);
[[nodiscard]] std::optional<CheckpointRow> checkpoint_row_of(std::string_view key,
                                                             std::string_view value);

}  // namespace adapters::rocksdb
