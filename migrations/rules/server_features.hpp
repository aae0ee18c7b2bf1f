// migrations/rules/server_features.hpp: what a statement uses that not every server version has.
#pragma once

#include "migrations/rules/rule.hpp"
#include "migrations/rules/table_changes.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace migrations::rules {

struct Feature {
    std::string name;
    std::uint32_t since{};  // the first major version that has it, or `no_version`
    std::string instead{};  // of what no version can do
};

using Features = std::vector<Feature>;
inline constexpr std::uint32_t no_version = 9999;

// What a partitioned table could not have, or cannot have to this day.
void of_partitioned(const Situation& situation, const std::vector<std::string>& words,
                    Features& features);

}  // namespace migrations::rules
