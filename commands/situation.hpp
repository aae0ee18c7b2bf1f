// commands/situation.hpp: where a target stands when a command that may write begins: connected,
// locked, settled, and read.
//
// Order   1. check_held()  2. the run lock, and check_held() again where another may have had it
//         since  3. what is in doubt is settled  4. the read models.
// Errors  conflict "lock-not-obtained" (kept as LockWaited); unavailable "interrupted" and
//         "terminated", where a signal ends a wait; refused "target-read-only",
//         "ledger-newer" (it holds events of a newer program); those of the ports, of check_held()
//         before anything is written, of check_same_database(), and in_doubt of settle().
#pragma once

#include "commands/journal.hpp"
#include "commands/ports.hpp"
#include "commands/services.hpp"
#include "commands/settle.hpp"
#include "ledger/result.hpp"
#include "migrations/folder.hpp"
#include "migrations/migration.hpp"
#include "projections/target_state.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace commands {

using RegisteredMigrations = std::map<ledger::Version, projections::Registered>;

// What the ledger knows, brought level with it.
struct Known {
    projections::TargetState state;
    RegisteredMigrations registered;
};

// Of one target alone, and nothing of what is registered.
[[nodiscard]] ledger::Result<projections::TargetState> read_state(const ledger::Reader& reader,
                                                                  projections::RowStore& rows,
                                                                  const ledger::Target& target);

[[nodiscard]] ledger::Result<Known> read_known(const ledger::Reader& reader,
                                               projections::RowStore& rows,
                                               const ledger::Target& target);

// What a run need not read: scripts that are applied as they stand. They were judged when they were
// applied, and only their digests are looked at again.
[[nodiscard]] migrations::LeaveUnread all_but_pending(const Known& known);

struct Situation {
    std::unique_ptr<TargetDatabase> database;
    ServerFacts facts;
    Known known;
    std::unique_ptr<Journal> journal;
    Settlement settlement;
    bool database_adopted{};  // on a person's word, before anything was settled
};

// "target-read-only".
[[nodiscard]] ledger::Result<void> check_writable(const ServerFacts& facts);

// `folder` may be null: then scripts are looked for in the ledger alone.
// `known`: read already by the caller, who has the ledger's lock.
[[nodiscard]] ledger::Result<Situation> enter(Services& services, const TargetRequest& request,
                                              const migrations::Folder* folder,
                                              std::optional<Known> known = std::nullopt);

// The same in two parts, for who may find between them that no lock is needed: what is read until
// then is as it was without one.
[[nodiscard]] ledger::Result<Situation> approach(Services& services, const TargetRequest& request,
                                                 std::optional<Known> known);
[[nodiscard]] ledger::Result<void> lock_and_settle(Services& services, const TargetRequest& request,
                                                   const migrations::Folder* folder,
                                                   Situation& situation);

// The script that an attempt ran: from the folder where it still has those bytes, else from the
// ledger's own content.
[[nodiscard]] std::optional<migrations::Script> find_script(
    const ledger::Reader& reader, const migrations::Folder* folder,
    const projections::OpenAttempt& attempt);

}  // namespace commands
