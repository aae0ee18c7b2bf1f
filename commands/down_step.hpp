// commands/down_step.hpp: the script that undoes a migration: the folder's, or the one that the
// ledger keeps.
//
// Belongs  a down script undoes the text that stands beside it. Where the folder's up script is no
//          longer what was applied (edited, or another migration has taken the version), its down
//          script may be another migration's: then the one that was registered with the applied
//          text is taken, and none where the ledger has none. Earlier versions registered a new
//          text that had no down script with that of the text before: what came unchanged with
//          another text is trusted to no kept copy.
#pragma once

#include "commands/rollback.hpp"

#include <memory>
#include <optional>

namespace commands {

// nullptr: it has none of that version.
[[nodiscard]] const migrations::Migration* find_migration(const migrations::Folder& folder,
                                                          const ledger::Version& version);

// How the ledger knows the text that is applied there; how it knows the newest where none is.
[[nodiscard]] std::optional<projections::Registered> as_applied(const Known& known,
                                                                const ledger::Version& version,
                                                                const KeptScripts& find);

// The folder's migration of that version, with another text than the one that is applied. A
// repeatable one may have that.
[[nodiscard]] const migrations::Migration* file_of_another_text(const Known& known,
                                                                const migrations::Folder& folder,
                                                                const ledger::Version& version);

[[nodiscard]] std::optional<Step> down_step(const Known& known,
                                            const std::shared_ptr<const migrations::Folder>& folder,
                                            const ledger::Version& version,
                                            const KeptScripts& find);

}  // namespace commands
