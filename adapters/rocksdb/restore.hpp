// adapters/rocksdb/restore.hpp: a ledger put in place from a copy of it.
//
// Trust    the manifest's digests, then a full verification of what was put beside the place; only
//          then does it get its name. A copy without a manifest is read line by line.
// Never    writes over a ledger: with `replaces` the old folder is renamed, with its date.
// Known    what others have seen of the ledger, and what its old folder and anchor say: where that
//          is more than the copy has, the events are lost, and nothing may be written until
//          somebody has said so (accept_loss). The same where somebody could not be asked. Where it
//          is something else, nothing is restored; where it is the old folder alone that parts from
//          the copy, it is said where, and how a person puts it out of the way. What the old folder
//          says was redacted since, and which keys it says were added and retired since, is named:
//          the copy undoes both.
// Errors   refused "ledger-exists", "not-a-backup"; corrupt "backup-damaged", "copy-damaged",
//          "restore-contradicted"; conflict "ledger-locked"; unavailable "ledger-full".
#pragma once

#include "adapters/rocksdb/store.hpp"
#include "ledger/clock.hpp"
#include "ledger/note.hpp"
#include "ledger/result.hpp"
#include "ledger/store.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace adapters::rocksdb {

// What somebody outside the copy knows of the ledger.
struct Known {
    std::string by;  // "anchor", "old ledger", "target production", a witness's name
    ledger::Uuid ledger;
    std::uint64_t size{};
    std::optional<ledger::Digest> root{};      // where it is known
    std::optional<std::int64_t> seen_at_us{};  // by the clock of who has seen it
};

// What stands in the file `restored` of a ledger that has not yet said so itself.
struct Restored {
    ledger::Uuid event;  // its id, so that saying it twice is saying it once
    ledger::LedgerRestored data;
    std::vector<std::string> unasked{};  // who may know more, and could not be asked
    // What the old folder says of the time after the copy was made.
    std::vector<ledger::Digest> redacted_since{};   // the copy has their bytes still
    std::vector<ledger::Verifier> added_since{};    // keys that the copy does not know
    std::vector<ledger::Verifier> retired_since{};  // keys that count again
    bool operator==(const Restored&) const = default;
};

struct RestoreRequest {
    std::filesystem::path source;  // a backup, or any copy of a ledger's folder
    std::filesystem::path ledger;
    bool replaces{};
    std::vector<Known> known;            // beyond what the old folder says
    std::function<bool()> is_stopped{};  // ends it without a trace
    std::vector<std::string> unasked{};  // who may know more, and could not be asked
    std::uint64_t reserve_bytes{OpenOptions{}.reserve_bytes};  // without it nothing can be written
};

struct Restoration {
    Restored restored;
    std::optional<std::filesystem::path> moved_to;  // the old folder
    std::vector<std::string> agreeing;              // who knows no more than the copy has
};

[[nodiscard]] ledger::Result<Restoration> restore(const RestoreRequest& request,
                                                  ledger::Clock& clock);

// Whether a person has to say that it goes on: something is lost, or it is unknown.
[[nodiscard]] bool waits_for_decision(const Restored& restored);

// One sentence: what is lost, who knows of it, and who could not be asked.
[[nodiscard]] std::string loss_of(const Restored& restored);

// Nothing where it is not restored, or has said so.
[[nodiscard]] ledger::Result<std::optional<Restored>> read_restored(
    const std::filesystem::path& ledger);

// Writes the event, which names too who could not be asked, and takes the mark away: from here on
// the ledger is like any other.
[[nodiscard]] ledger::Result<ledger::Appended> accept_loss(const std::filesystem::path& ledger,
                                                           const Restored& restored,
                                                           const ledger::Context& context,
                                                           ledger::Clock& clock);

}  // namespace adapters::rocksdb
