// ledger/stream_records.hpp: every event of one stream, in order.
//
// Cost    a look-up and a decoding an event.
// Errors  those of the reader; corrupt where an event is unreadable.
#pragma once

#include "ledger/event.hpp"
#include "ledger/result.hpp"
#include "ledger/store.hpp"

#include <functional>
#include <string_view>

namespace ledger {

[[nodiscard]] Result<void> for_each_record(const Reader& reader, std::string_view stream,
                                           const std::function<void(const Record&)>& visit);

}  // namespace ledger
