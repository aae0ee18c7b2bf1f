// commands/resolve.hpp: a named person's decision on a difference: what others call repair, fake,
// force. It appends, and rewrites nothing.
//
// Pure     plan_resolution() finds the differences and what the decision means for each; resolve()
//          acts.
// Decides  changed: accept_digest, mark_unapplied. missing: adopt (it stays away), mark_unapplied;
//          applied in part: mark_unapplied; renamed: mark_applied (the new version is, the old one
//          is not; of a chain of them, all at once). out of order: adopt (it may come late),
//          mark_applied. behind: mark_applied, mark_unapplied. ahead, cloned: adopt,
//          mark_unapplied; undone there, or half of a script: mark_applied (it is there, all of
//          it). in doubt: mark_applied and mark_unapplied say it of the statement in doubt. Nothing
//          disagrees: mark_applied, mark_unapplied tell what was done outside.
// Refuses  "resolution-unfit" (that decision says nothing about that difference; the message lists
//          those that do), "nothing-to-resolve" (unless what was settled first is all that there
//          was to decide), "version-unknown".
// Records  TargetRegistered, registrations, a DifferenceResolved each, MarkersWritten.
#pragma once

#include "commands/reconcile.hpp"
#include "commands/services.hpp"
#include "commands/situation.hpp"
#include "ledger/events/difference.hpp"
#include "ledger/result.hpp"
#include "migrations/migration.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace commands {

using ledger::Resolution;

struct ResolveOptions {
    std::vector<ledger::Version> versions;  // empty: every difference that the decision fits
    std::optional<DifferenceKind> kind;     // only differences of this kind
    Resolution resolution{};
};

struct ResolveRequest {
    TargetRequest target;
    std::shared_ptr<const migrations::Folder> folder;
    ResolveOptions options;
};

struct Decision {
    Difference difference;
    Resolution resolution{};
    std::string name;
    std::optional<ledger::Digest> previous_digest;
    std::optional<ledger::Digest> digest;  // as in DifferenceResolved
    bool operator==(const Decision&) const = default;
};

struct ResolveReport {
    std::vector<Decision> decisions;
    std::optional<ledger::Event> settled;  // the end of the attempt that was in doubt
    std::optional<std::string> database;   // that the target is from now on, where that was open
};

// In the order in which they are to count as applied: the markers' own, then the folder's. None:
// the target is this database from now on, and that is all.
[[nodiscard]] ledger::Result<std::vector<Decision>> plan_resolution(
    const Standing& standing, const migrations::Folder& folder, const ResolveOptions& options);

[[nodiscard]] ledger::Result<ResolveReport> resolve(Services& services,
                                                    const ResolveRequest& asked);

}  // namespace commands
