// commands/announced.hpp: attempts that a run's plan announces, so that they need not wait for
// their own start to be on disk.
//
// Why      a run's first event names its plan, and is on disk before the first attempt. The id of a
//          step's first attempt follows from the run and the step: so who settles that run can ask
//          the target for its marker, whether the ledger has its AttemptStarted or not.
// Format   the id is the first 16 bytes of SHA-256 over "varve attempt", the run's 16 bytes, the
//          direction's word and the version, each but the run followed by a zero byte; its version
//          is 8 (RFC 9562).
// Order    the ledger may lag behind the target by `announced_lag_max` attempts, not more; by
//          the whole plan where it is one transaction (commands/run_together.hpp).
// Syncs    the start of one waits at most `announced_patience` for those after it: a sync of the
//          ledger beside each COMMIT would make that one slower, on one disk by about a half.
#pragma once

#include "ledger/event.hpp"
#include "ledger/result.hpp"
#include "ledger/store.hpp"
#include "projections/target_state.hpp"

#include <chrono>
#include <cstddef>
#include <vector>

namespace commands {

inline constexpr std::size_t announced_lag_max = 16;
inline constexpr std::chrono::milliseconds announced_patience{10};

// Whether the first attempt of such a step may be announced: it is one transaction, from its
// beginning.
[[nodiscard]] bool may_be_announced(const ledger::PlannedMigration& step);

[[nodiscard]] ledger::Uuid announced_attempt(const ledger::Uuid& run,
                                             const ledger::PlannedMigration& step);

// As the ledger would hold it open, had it been told.
[[nodiscard]] projections::OpenAttempt announced_open_attempt(const ledger::Uuid& run,
                                                              const ledger::PlannedMigration& step);

// The steps of a run that was cut off, in order, from its plan in the ledger.
[[nodiscard]] ledger::Result<std::vector<ledger::PlannedMigration>> plan_of(
    const ledger::Reader& reader, const projections::OpenRun& run);

}  // namespace commands
