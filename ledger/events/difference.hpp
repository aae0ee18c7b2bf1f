// ledger/events/difference.hpp: what came about on a target without an attempt of ours: a person's
// decision on a difference, a baseline, another tool's history.
//
// Order   the event first, then the markers that it owes to the target, then MarkersWritten. What a
//         crash leaves owed, the next command that may write pays.
// Frozen  once released an event never changes; a new meaning is a new struct with a new tag.
#pragma once

#include "ledger/content.hpp"
#include "ledger/identity.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ledger {

// How ledger, marker table and migration files can disagree on one migration.
enum class DifferenceKind {
    changed,       // a file's digest differs from what was applied
    missing,       // applied, but the file is gone
    out_of_order,  // pending, but older than the newest applied
    behind,        // the target lacks what the ledger says it has
    ahead,         // the target has a marker that this ledger never wrote
    cloned,        // a marker of this ledger, but of another target or database
    in_doubt,      // a statement may or may not have happened, and the catalog cannot tell; or
                   // another tool has begun a migration, and never said how it ended
    none,          // nothing disagrees: what happened outside is told to the ledger
};

enum class Resolution {
    mark_applied,    // it is there, whoever made it so
    mark_unapplied,  // it is not there
    accept_digest,   // the file as it is now stands for what was applied
    adopt,           // what is found is right: the file stays away, the late one may come late, the
                     // foreign marker counts
};

// A named person's decision on a difference: what others call repair, fake, force. It rewrites
// nothing. The person, the reason and the ticket are in the envelope. Of what is in doubt it is the
// word alone: what follows from it is the next event (the attempt's end, MigrationAdopted).
struct DifferenceResolved {
    static constexpr std::string_view tag = "difference-resolved.1";
    Target target;
    Version version;
    std::string name;
    DifferenceKind kind{};
    Resolution resolution{};
    std::optional<Digest> previous_digest;  // that counted as applied until now
    std::optional<Digest> digest;           // that counts from now on; nothing: it is not applied
    Uuid attempt;                           // of the marker that is owed
    std::string detail;                     // the difference, as the person was shown it
    bool operator==(const DifferenceResolved&) const = default;
};

enum class AdoptionSource { baseline, import };

// A migration counts as applied that nothing of ours has applied.
struct MigrationAdopted {
    static constexpr std::string_view tag = "migration-adopted.1";
    Target target;
    Version version;
    std::string name;
    AdoptionSource source{};
    std::optional<Digest> digest;  // of the file that stands for it; nothing: its file is gone
    Uuid attempt;                  // of the marker that is owed
    // As the other tool's table has it; nothing where it keeps none.
    std::optional<std::string> recorded_version;
    std::optional<std::string> recorded_checksum;
    std::optional<bool> checksum_agrees;  // with the file; nothing: it cannot be compared
    std::optional<std::int64_t> applied_at_us;
    std::optional<std::string> applied_by;  // a database role; people are content
    std::optional<std::uint64_t> elapsed_us;
    bool operator==(const MigrationAdopted&) const = default;
};

// A database that is already there is taken over: everything up to `version` counts as applied.
struct BaselineTaken {
    static constexpr std::string_view tag = "baseline-taken.1";
    Target target;
    Version version;
    std::uint32_t migration_count{};
    bool operator==(const BaselineTaken&) const = default;
};

// Another tool's bookkeeping was read, and what it says taken over.
struct HistoryImported {
    static constexpr std::string_view tag = "history-imported.1";
    Target target;
    std::string tool;   // "flyway", ...
    std::string table;  // qualified
    std::uint32_t row_count{};
    std::uint32_t adopted_count{};
    std::vector<std::string> findings;     // what the tool skipped or hid, a sentence each
    std::optional<ContentReference> rows;  // kind "import": the table's rows, a line of JSON each
    bool operator==(const HistoryImported&) const = default;
};

// Every marker that was owed to the target is there.
struct MarkersWritten {
    static constexpr std::string_view tag = "markers-written.1";
    Target target;
    std::uint32_t marker_count{};
    bool operator==(const MarkersWritten&) const = default;
};

}  // namespace ledger
