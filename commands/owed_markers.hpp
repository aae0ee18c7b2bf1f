// commands/owed_markers.hpp: the markers that stand for what no attempt of ours brought about.
//
// Order    their events come first; then the markers, all in one transaction; then MarkersWritten.
//          Whatever a crash leaves owed, the next command that may write pays, before it decides.
// Records  MarkersWritten, where any were owed.
#pragma once

#include "commands/journal.hpp"
#include "commands/ports.hpp"
#include "ledger/result.hpp"
#include "projections/target_state.hpp"

#include <cstdint>
#include <vector>

namespace commands {

[[nodiscard]] bool owes_markers(const projections::TargetState& state);

// One for every migration that is owed one, in the order of their events.
[[nodiscard]] ledger::Result<std::vector<Marker>> owed_markers(
    const Journal& journal, const ServerFacts& facts, const projections::TargetState& state);

// How many were written. Under the target's run lock.
[[nodiscard]] ledger::Result<std::uint32_t> write_owed_markers(
    Journal& journal, TargetDatabase& database, const ServerFacts& facts,
    const projections::TargetState& state);

}  // namespace commands
