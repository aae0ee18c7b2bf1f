// migrations/rules/policy.hpp: how heavy a team holds a finding.
#pragma once

#include "migrations/diagnostic.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace migrations::rules {

struct Policy {
    // By rule or by "hazard", "hygiene", "advisory"; nothing: off. A rule's own line wins.
    std::map<std::string, std::optional<Severity>, std::less<>> severities;
    double small_table_rows{10'000};
};

}  // namespace migrations::rules
