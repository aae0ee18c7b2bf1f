// tools/varve/examination_view.hpp: what is in doubt, for people and as JSON.
#pragma once

#include "commands/examination.hpp"
#include "tools/varve/console.hpp"
#include "tools/varve/json_document.hpp"

namespace tools::varve {

void print(const Console& console, const commands::Examination& examination);
[[nodiscard]] Json to_json(const commands::Examination& examination);

}  // namespace tools::varve
