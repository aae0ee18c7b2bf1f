// adapters/rocksdb/event_order.hpp: what two events that follow each other have to agree on.
// Internal.
#pragma once

#include "ledger/event.hpp"

#include <cstdint>
#include <string_view>

namespace adapters::rocksdb {

struct EventPlace {
    std::int64_t recorded_at_us{};
    std::uint32_t batch_index{};
    std::uint32_t batch_length{};
};

[[nodiscard]] EventPlace place_of(const ledger::Record& record);

// What is wrong with `after` behind `before`: time rises, appends are whole. Empty: nothing.
[[nodiscard]] std::string_view order_fault(const EventPlace& before, const EventPlace& after);

}  // namespace adapters::rocksdb
