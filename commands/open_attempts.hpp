// commands/open_attempts.hpp: which attempts have begun and have no end, among some events.
//
// Pure  but for reading. Of the same events always the same answer: what ended later, or is under
//       way, has no end among them either.
#pragma once

#include "ledger/result.hpp"
#include "ledger/store.hpp"

#include <cstdint>
#include <set>

namespace commands {

// Positions of AttemptStarted from `from` up to, not with, `to`.
[[nodiscard]] ledger::Result<std::set<std::uint64_t>> open_attempts(const ledger::Reader& reader,
                                                                    std::uint64_t from,
                                                                    std::uint64_t to);

}  // namespace commands
