// adapters/postgres/attempt.hpp: the two ways of making an attempt.
//
// Shape  run_in_one_transaction: everything, or nothing. run_stepwise: a committed marker of where
//        it stands, then step after step, each transaction with its marker update inside, each bare
//        statement followed by one; resumable at the first step that is not done.
// Order  `opening` makes the session like a fresh one; it is sent along with the first BEGIN.
#pragma once

#include "adapters/postgres/transaction.hpp"
#include "commands/ports.hpp"

#include <cstdint>
#include <vector>

namespace adapters::postgres {

[[nodiscard]] commands::AttemptOutcome run_in_one_transaction(AttemptScene& scene,
                                                              const std::vector<Command>& opening);

// The whole attempt as one transaction, or as its part of one.
[[nodiscard]] TransactionOrder whole_attempt(const AttemptScene& scene, const Step& step,
                                             const std::vector<Command>& opening);
// What such a transaction has come to: success too where it stays open.
[[nodiscard]] commands::AttemptOutcome outcome_of(const Dialogue& dialogue, TransactionEnd end,
                                                  std::uint64_t elapsed_us);

[[nodiscard]] commands::AttemptOutcome run_stepwise(AttemptScene& scene,
                                                    const std::vector<Command>& opening);

// Whether the attempt is one transaction of statements that only define, none of which may mean the
// marker table: it leaves the session as it was, and what is prepared in it.
[[nodiscard]] bool only_defines(const commands::AttemptOrder& order, const MarkerTable& markers);

// Sends again what the statements before `index` set for the session. Nothing where all went well.
[[nodiscard]] std::optional<commands::AttemptFailed> replay_settings(
    Dialogue& dialogue, const migrations::Script& script, std::uint32_t index);

}  // namespace adapters::postgres
