// commands/attempt_order.hpp: a step of a plan as the order that a target is given.
#pragma once

#include "commands/journal.hpp"
#include "commands/plan.hpp"
#include "commands/ports.hpp"
#include "ledger/result.hpp"

#include <cstdint>

namespace commands {

struct AttemptKind {
    ledger::Uuid attempt;
    bool transactional{};
    std::uint32_t first_statement_index{};
};

// Its marker names the ledger as it stands now. The ledger's error; refused "script-unread".
[[nodiscard]] ledger::Result<AttemptOrder> make_order(Journal& journal, const ServerFacts& facts,
                                                      const Step& step, const AttemptKind& kind);

}  // namespace commands
