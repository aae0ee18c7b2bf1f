// tools/varve/rehearsal_view.hpp: what a rehearsal has measured, for people and as JSON.
#pragma once

#include "commands/rehearsal.hpp"
#include "migrations/migration.hpp"
#include "tools/varve/console.hpp"
#include "tools/varve/json_document.hpp"

namespace tools::varve {

// A line a statement, with what it locks, rewrites and reads under it.
void print(const Console& console, const commands::RehearsedScript& rehearsed);

// The failure at its place in the script, as a diagnostic.
void print_failure(const Console& console, const commands::RehearsedScript& rehearsed,
                   const migrations::Script& script);

[[nodiscard]] Json to_json(const commands::MeasuredStatement& statement, const std::string& file);

}  // namespace tools::varve
