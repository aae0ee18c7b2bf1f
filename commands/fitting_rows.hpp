// commands/fitting_rows.hpp: which sample rows suit a script: varied ones, plainer ones, or none.
#pragma once

#include "commands/rehearsal_ports.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace commands {

using TriedRows = std::optional<SampleStyle>;  // nothing: without any
inline constexpr std::array<TriedRows, 3> tried_rows{TriedRows{SampleStyle::varied},
                                                     TriedRows{SampleStyle::plain}, TriedRows{}};

// Whether a script that failed on these may succeed on the next.
[[nodiscard]] bool may_suit_others(TriedRows tried, const RehearsedScript& failed);
// "tested without them, since others do not suit it: ..."
[[nodiscard]] std::string tried_text(TriedRows tried, const std::string& unsuited);
// How many tables have rows, and what could not be put in.
[[nodiscard]] std::string fill_text(const std::vector<SampledTable>& tables, const AllRows& rows);

}  // namespace commands
