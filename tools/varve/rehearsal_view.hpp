// tools/varve/rehearsal_view.hpp: what a rehearsal has measured, for people and as JSON.
#pragma once

#include "commands/rehearsal.hpp"
#include "migrations/migration.hpp"
#include "tools/varve/console.hpp"
#include "tools/varve/json_document.hpp"

#include <string>

namespace tools::varve {

// A line a statement, with what it locks, rewrites and reads under it.
void print(const Console& console, const commands::RehearsedScript& rehearsed);

// The failure at its place in the script, as a diagnostic; with that help where something is not
// there.
void print_failure(const Console& console, const commands::RehearsedScript& rehearsed,
                   const migrations::Script& script, const std::string& where_absent = {});

// Of a shadow that has only what the ledger says was applied.
inline constexpr const char* not_on_shadow =
    "the shadow has what the ledger says was applied, and no more: where the target has it all the "
    "same, --shadow-from target rehearses on its schema";

[[nodiscard]] Json to_json(const commands::MeasuredStatement& statement, const std::string& file);

}  // namespace tools::varve
