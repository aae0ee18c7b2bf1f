// commands/reconcile.hpp: ledger, marker table and migration files held against each other.
//
// Pure     the same three give the same answer; nothing is skipped silently.
// Words    changed: a file's digest differs from what was applied. missing: applied, but the file
//          is gone, or has another version. out_of_order: pending, but older than the newest
//          applied. behind: the target lacks what the ledger says it has. ahead: the target has
//          markers that this ledger never wrote. cloned: markers of this ledger, but of another
//          target or database. What a person has decided with resolve is a difference no more.
#pragma once

#include "commands/ports.hpp"
#include "commands/services.hpp"
#include "ledger/events/difference.hpp"
#include "ledger/identity.hpp"
#include "ledger/result.hpp"
#include "ledger/store.hpp"
#include "migrations/migration.hpp"
#include "projections/target_state.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace commands {

using ledger::DifferenceKind;

[[nodiscard]] std::string to_text(DifferenceKind kind);  // "out-of-order"

struct Difference {
    DifferenceKind kind{};
    ledger::Version version;
    std::string detail;  // a sentence for people
    std::string help{};  // what to do where it is not the usual of its kind
    // Missing, and the file of this migration, which is not applied, has its very text.
    std::optional<ledger::Version> renamed_to{};
    // Renamed, to a version that is applied as well, or from one that another's file has by now.
    bool is_in_chain{};
    // Missing, and what is applied of it is a part.
    bool is_in_part{};
    // Ahead or cloned: the ledger has it as applied, and the marker says that it was undone.
    bool is_undone{};
    // Changed or missing: the digest of what was applied, and whether the ledger lacks its text.
    std::optional<ledger::Digest> applied{};
    bool is_text_lost{};
    // Cloned, and half of what this ledger goes on with, once the target is this database.
    bool stays_half{};
    bool operator==(const Difference&) const = default;
};

struct Pending {
    const migrations::Migration* migration{};  // of the folder
    std::uint32_t first_statement_index{};     // above 0: an earlier attempt is resumed
};

struct Reconciliation {
    std::vector<Difference> differences;
    std::vector<Pending> pending;  // in the order to apply
};

// Where the target stands, as read from the ledger and from the target itself.
struct Standing {
    const projections::TargetState& state;
    const std::vector<Marker>& markers;
    const ServerFacts& facts;
    const TargetRequest& target;
    ledger::Uuid ledger;
};

[[nodiscard]] Reconciliation reconcile(const Standing& standing, const migrations::Folder& folder);

// Those that need no database to see: changed, missing, out of order.
[[nodiscard]] std::vector<Difference> file_differences(const projections::TargetState& state,
                                                       const migrations::Folder& folder);

// What to do about it.
[[nodiscard]] std::string help_of(const Difference& difference);

// Those that need no files to see: behind, ahead, cloned.
[[nodiscard]] std::vector<Difference> target_differences(const Standing& standing);

// Whether the detail of a difference `behind` says that the target had no marker at all, or none in
// the schema where they are looked for now.
[[nodiscard]] bool tells_that_all_are_gone(const std::string& detail);

// Whether the detail of a difference `ahead` says that the target has what this ledger's rollback
// or decision took away since.
[[nodiscard]] bool tells_of_an_older_state(const std::string& detail);

// The older text that the target has, where the detail of a difference `behind` says so.
[[nodiscard]] std::optional<ledger::Digest> text_of_marker(const std::string& detail);

// What of a folder is to be applied, by the ledger alone.
[[nodiscard]] std::vector<Pending> pending_of(const projections::TargetState& state,
                                              const migrations::Folder& folder);

// By ledger and files alone there is nothing to do, and nothing in doubt or different.
[[nodiscard]] bool is_up_to_date(const projections::TargetState& state,
                                 const migrations::Folder& folder);

// The same, with what the ledger has no text of.
[[nodiscard]] std::vector<Difference> with_lost_texts(const ledger::Reader& reader,
                                                      std::vector<Difference> differences);

// The differences that stand in the way, as the error a person is shown; nothing where none does.
[[nodiscard]] std::optional<ledger::Error> refusal(const std::vector<Difference>& differences,
                                                   bool out_of_order_allowed);

}  // namespace commands
