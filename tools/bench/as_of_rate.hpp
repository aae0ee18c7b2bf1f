// tools/bench/as_of_rate.hpp: how long a target's status at any moment of a long history takes.
#pragma once

#include "tools/bench/measure.hpp"

#include <cstdint>
#include <filesystem>

namespace tools::bench {

// Of a ledger of that many events: 2,000 migrations that were applied to one target after the
// other, each in a run of its own.
[[nodiscard]] Measured status_as_of(const std::filesystem::path& where, std::uint64_t event_count,
                                    int rounds);

}  // namespace tools::bench
