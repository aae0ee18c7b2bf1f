// tools/varve/examination_view.hpp: what is in doubt, for people and as JSON.
#pragma once

#include "commands/examination.hpp"
#include "ledger/store.hpp"
#include "migrations/folder.hpp"
#include "projections/status.hpp"
#include "tools/varve/console.hpp"
#include "tools/varve/json_document.hpp"

#include <optional>

namespace tools::varve {

// Of the attempt in doubt, if there is one. Without a folder its file is named as it was
// registered.
[[nodiscard]] std::optional<commands::Examination> examination_in(
    const ledger::Reader& reader, const migrations::Folder* folder,
    const projections::TargetStatus& status);

// As of then: whoever settled it since has looked.
enum class Seen { now, then };
void print(const Console& console, const commands::Examination& examination, Seen seen = Seen::now);
[[nodiscard]] Json to_json(const commands::Examination& examination);

}  // namespace tools::varve
