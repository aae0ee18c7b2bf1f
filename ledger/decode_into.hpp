// ledger/decode_into.hpp: a line read into a record that is there already, for who reads very many.
//
// Cost    the record's memory is used again, where the event is of the same type.
// Errors  as decode(); after one there is nothing in particular in the record.
#pragma once

#include "ledger/event.hpp"
#include "ledger/result.hpp"

#include <string_view>

namespace ledger {

[[nodiscard]] Result<void> decode_into(std::string_view line, Record& record);

}  // namespace ledger
