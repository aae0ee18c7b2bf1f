// commands/squashed_scripts.hpp: of migrations that were marked as not applied, those that another
// one, marked as applied before, stands for.
//
// Pure     by what the scripts say. Rather none than one too many: what is not found is told as
//          missing, and what is found is believed.
#pragma once

#include "migrations/migration.hpp"

#include <cstddef>
#include <vector>

namespace commands {

// By index, in order; empty where it is no squash. `undone` are the scripts of each, in the order
// in which they ran. They have to do with what the squash makes, or with what such a one has to do
// with; each thing that they touch is named in the squash, or gone again by one of them; and all
// that the squash makes is there after them.
[[nodiscard]] std::vector<std::size_t> squashed_into(
    const migrations::Script& squash, const std::vector<std::vector<migrations::Script>>& undone);

}  // namespace commands
