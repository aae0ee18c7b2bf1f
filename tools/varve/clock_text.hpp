// tools/varve/clock_text.hpp: that clocks disagree, as it is said to people and programs.
#pragma once

#include "commands/progress.hpp"
#include "tools/varve/json_document.hpp"

#include <cstdint>
#include <string>

namespace tools::varve {

[[nodiscard]] std::string text_of(const commands::EventsAhead& ahead);
[[nodiscard]] Json to_json(const commands::EventsAhead& ahead);

[[nodiscard]] std::string server_clock_text(std::int64_t server_us, std::int64_t ours_us);

}  // namespace tools::varve
