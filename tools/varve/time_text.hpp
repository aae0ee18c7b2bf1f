// tools/varve/time_text.hpp: instants and durations as people and programs write them.
//
// Format  instants are RFC 3339 in UTC, to the microsecond ("2026-11-23T04:05:06.789012Z").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tools::varve {

[[nodiscard]] std::string instant_text(std::int64_t time_us);
[[nodiscard]] std::string instant_short(std::int64_t time_us);  // "2026-11-23 04:05:06Z"

// What somebody means by RFC 3339 with any offset, by a date and time without one (UTC), or by a
// date: of a date its whole day, of a time without a fraction its whole second, both ends included.
struct TimeSpan {
    std::int64_t first_us{};
    std::int64_t last_us{};
};
[[nodiscard]] std::optional<TimeSpan> time_span_from_text(std::string_view text);

// Which of a span's is meant.
enum class Edge { begin, end };

[[nodiscard]] std::string duration_text(std::uint64_t elapsed_us);  // "12 ms", "3.4 s", "2 min 5 s"

}  // namespace tools::varve
