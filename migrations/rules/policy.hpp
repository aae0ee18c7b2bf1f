// migrations/rules/policy.hpp: how heavy a team holds a finding.
#pragma once

#include "migrations/diagnostic.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace migrations::rules {

struct Rule;

// By rule or by "hazard", "hygiene", "advisory"; nothing: off. A rule's own line wins.
using Severities = std::map<std::string, std::optional<Severity>, std::less<>>;

struct Policy {
    Severities severities;
    double small_table_rows{10'000};
};

// What the policy makes of a rule, whatever the table; nothing: it is off.
[[nodiscard]] std::optional<Severity> severity_of(const Rule& rule, const Policy& policy);

// What an environment says, over what holds for all: its word for a kind outweighs what was said of
// a rule of that kind before.
void lay_over(const Severities& said, Policy& policy);

}  // namespace migrations::rules
