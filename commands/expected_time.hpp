// commands/expected_time.hpp: how long a statement will hold its locks where there are more rows.
//
// Measured  where the copy had rows enough, the time there times the ratio of rows.
// Else      by bytes: what is read at 200 MiB/s, what is written at 50 MiB/s, and a million rows in
//           2.5 s for every index that is built or that they are entered in. What changes rows is
//           taken to change them all. A new foreign key reads the keys that are referred to, a
//           million in 1 s, or looks up each that it needs, 10,000 in 1 s. What is emptied takes no
//           time. Figures of a middling server: they tell seconds from minutes, no more; the
//           arithmetic is said with the result, of many tables that of the largest.
// Both      where the copy had rows enough of some of the tables alone: the longer of the two.
#pragma once

#include "commands/rehearsal.hpp"
#include "commands/rehearsal_ports.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace commands {

struct ExpectedTime {
    std::uint64_t us{};
    std::string arithmetic;
    bool operator==(const ExpectedTime&) const = default;
};

// Nothing where the statement's time does not grow with the rows of what is there.
[[nodiscard]] std::optional<ExpectedTime> expected_time(
    const MeasuredStatement& statement, const std::map<RelationName, RelationFigures>& target);

}  // namespace commands
