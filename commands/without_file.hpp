// commands/without_file.hpp: what was taken over from another tool while its file was gone, and a
// file that has come since.
//
// Same   the version's own file; else one that is not applied and has the checksum that the tool
//        has kept, or the same number: "4" is what such a tool keeps of 00004.
#pragma once

#include "ledger/identity.hpp"
#include "migrations/migration.hpp"
#include "projections/target_state.hpp"

#include <optional>

namespace commands {

// It is applied, and the ledger never had a text of it.
[[nodiscard]] bool is_without_file(const projections::MigrationState& known);

// Whether that text is what was applied; nothing: the tool keeps no checksum.
[[nodiscard]] std::optional<bool> is_imported_text(const projections::TargetState& state,
                                                   const projections::MigrationState& known,
                                                   const migrations::Script& script);

// Whether the file stands for what is applied, without one, as another version.
[[nodiscard]] bool stands_for(const projections::TargetState& state, const ledger::Version& applied,
                              const migrations::Migration& file);

}  // namespace commands
