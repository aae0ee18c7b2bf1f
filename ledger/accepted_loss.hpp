// ledger/accepted_loss.hpp: events that somebody knew once, and that this history goes on without.
//
// Rule  a loss is accepted by a LedgerRestored of the history itself. It stands for what was seen
//       before it was written down: what is seen later, of the same sizes, is no part of it.
#pragma once

#include "ledger/events/ledger.hpp"
#include "ledger/result.hpp"
#include "ledger/store.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace ledger {

struct AcceptedLoss {
    std::uint64_t position{};  // of its LedgerRestored
    std::int64_t recorded_at_us{};
    LedgerRestored data;
};

[[nodiscard]] Result<std::vector<AcceptedLoss>> accepted_losses(const Reader& reader);
// For who reads the events anyway.
void add_loss(const Record& record, std::vector<AcceptedLoss>& losses);

// The loss that a ledger of `size` events, as somebody has seen it, is part of; where it is told
// when that was, only a later loss counts.
[[nodiscard]] const AcceptedLoss* loss_of(std::uint64_t size,
                                          const std::optional<std::int64_t>& seen_at_us,
                                          const std::vector<AcceptedLoss>& losses);

}  // namespace ledger
