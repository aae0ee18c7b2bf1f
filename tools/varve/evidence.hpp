// tools/varve/evidence.hpp: what a bundle of evidence says, gathered from a ledger and checked.
//
// Shape   values; the files of the bundle are made from them (evidence_documents, evidence_report).
// Trust   the checkpoint's root is the ledger's own, signed by a key that the ledger names; every
//         line has its proof under it. Anything else is corrupt, and nothing is handed out.
// Errors  refused "checkpoint-missing", "event-unknown"; corrupt "ledger-damaged".
#pragma once

#include "commands/evidence.hpp"
#include "ledger/checkpoint.hpp"
#include "ledger/content.hpp"
#include "ledger/event.hpp"
#include "ledger/note.hpp"
#include "ledger/result.hpp"
#include "ledger/store.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tools::varve {

struct EvidenceEvent {
    std::string line;
    ledger::Record record;
    commands::EvidenceRole role{};
};

struct EvidenceContent {
    ledger::ContentReference reference;
    std::vector<std::uint64_t> positions;      // of the events that name it
    std::optional<std::string> bytes;          // nothing: redacted, or lost
    std::optional<std::uint64_t> redacted_by;  // position, where that event is in the ledger
};

struct EvidenceKey {
    ledger::Verifier verifier;
    std::uint64_t since{};                    // position of its event
    std::optional<std::uint64_t> until;       // size up to which its signatures count
    std::optional<std::uint64_t> retired_by;  // position
};

struct EvidenceEdge {
    std::uint64_t position{};
    std::int64_t recorded_at_us{};
};

struct Evidence {
    commands::EvidenceScope scope;
    ledger::Uuid ledger;
    std::string organisation;
    std::string note;  // the checkpoint, with every signature
    ledger::Checkpoint checkpoint;
    std::vector<std::string> signed_by;  // names whose signatures hold
    std::int64_t recorded_at_us{};       // of the last event that the checkpoint covers
    std::vector<EvidenceEvent> events;   // by position
    std::map<ledger::Digest, EvidenceContent> contents;
    std::vector<EvidenceKey> keys;
    std::vector<std::string> witnesses;  // verifier keys of the cosigners, as they were told
    std::optional<EvidenceEdge> before;  // of a range
    std::optional<EvidenceEdge> after;
    // Of events that are here: attempts whose end is not among those that the checkpoint covers.
    std::set<std::uint64_t> in_doubt;
    std::vector<std::uint64_t> beyond;  // selected, and not covered by the checkpoint
    std::map<std::string, std::uint64_t> beyond_types;  // how many of each
    std::uint64_t entries_begin{};  // bundles of entries: first, and one after the last
    std::uint64_t entries_end{};
};

// Contents that are gone from the store, while no event says that they were redacted.
[[nodiscard]] std::vector<const EvidenceContent*> absent_contents(const Evidence& evidence);

[[nodiscard]] ledger::Result<Evidence> gather_evidence(const ledger::Reader& reader,
                                                       const commands::EvidenceScope& scope,
                                                       bool all_entries);

// The proof of that event under the checkpoint, found good; it is made anew each time, because many
// of them would be as large as the events.
[[nodiscard]] ledger::Result<std::vector<ledger::Digest>> checked_proof(
    const ledger::Reader& reader, const EvidenceEvent& event, const ledger::Checkpoint& checkpoint);

// How many events a checkpoint should cover for this scope; 0 where there are none.
[[nodiscard]] ledger::Result<std::uint64_t> size_needed(const ledger::Reader& reader,
                                                        const commands::EvidenceScope& scope);

// Every version that an event names.
[[nodiscard]] ledger::Result<std::vector<ledger::Version>> known_versions(
    const ledger::Reader& reader);

// "migration 20261122093000", "from 2026-11-01T00:00:00.000000Z to ...": as the export's event
// says it.
[[nodiscard]] std::string scope_text(const commands::EvidenceScope& scope);

}  // namespace tools::varve
