#include "adapters/rocksdb/event_order.hpp"

namespace adapters::rocksdb {

EventPlace place_of(const ledger::Record& record) {
    return {record.recorded_at_us, record.batch_index, record.batch_length};
}

std::string_view order_fault(const EventPlace& before, const EventPlace& after) {
    if (after.recorded_at_us <= before.recorded_at_us) return "it is not later than the one before";
    const bool batch_goes_on = before.batch_index + 1 < before.batch_length;
    const bool fits = batch_goes_on ? after.batch_index == before.batch_index + 1 &&
                                          after.batch_length == before.batch_length
                                    : after.batch_index == 0;
    return fits ? std::string_view{} : "it tears an append apart";
}

}  // namespace adapters::rocksdb
