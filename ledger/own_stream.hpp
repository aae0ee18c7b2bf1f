// ledger/own_stream.hpp: the stream that an event belongs to, by its type and its members.
//
// Rule    what is of a target stands in that target's stream, what else is of one migration in that
//         migration's, and everything else in the ledger's own. Nothing of an opaque event.
#pragma once

#include "ledger/event.hpp"

#include <optional>
#include <string>

namespace ledger {

[[nodiscard]] std::optional<std::string> own_stream(const Event& event);

// "it is in the stream migration/1, and belongs to migration/2"; empty where it is in its own.
[[nodiscard]] std::string stream_fault(const Record& record);

}  // namespace ledger
