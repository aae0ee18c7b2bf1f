// ledger/event_types.hpp: the names on disk of all events that this program knows.
#pragma once

#include <string_view>
#include <vector>

namespace ledger {

// "run-started.1", in the order of EventVariant; Opaque has none.
[[nodiscard]] std::vector<std::string_view> event_types();

}  // namespace ledger
