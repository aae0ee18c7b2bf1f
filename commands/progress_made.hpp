// commands/progress_made.hpp: how far a script came that stopped half done, in words.
#pragma once

#include "projections/migration_state.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace commands {

// Begins what the hint of a failed concurrent build says of what it has left. AttemptFailed events
// have it, and a report of evidence finds it there: these words stay.
inline constexpr std::string_view invalid_index_stays = "An invalid index stays: ";

// "2 of 3 statements"; "0 of 1 statements; the index public.a is dropped by half, ...".
[[nodiscard]] std::string progress_made(const projections::Resumption& resumption);

// Of a rollback that stopped half done.
[[nodiscard]] std::string how_to_finish(const ledger::Version& version);

// "; the index public.a is dropped by half, ...": what goes after such a count; empty where nothing
// is begun.
[[nodiscard]] std::string and_begun(const std::vector<std::string>& begun);

}  // namespace commands
