// ledger/events/ledger.hpp: facts about the ledger itself.
//
// Frozen  once released an event never changes; a new meaning is a new struct with a new tag.
#pragma once

#include "ledger/digest.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ledger {

// The first event of every ledger.
struct LedgerCreated {
    static constexpr std::string_view tag = "ledger-created.1";
    std::uint32_t format{};    // of what is stored around the records; 1
    std::string organisation;  // names the ledger in its checkpoints
    std::string origin;        // first line of its checkpoints: <organisation>/varve/<ledger uuid>
    bool operator==(const LedgerCreated&) const = default;
};

struct PublicKey {
    std::array<std::uint8_t, 32> bytes{};
    bool operator==(const PublicKey&) const = default;
};

// A signing key whose signatures count from here on.
struct KeyAdded {
    static constexpr std::string_view tag = "key-added.1";
    std::string name;       // as in the signature lines of a checkpoint
    std::string algorithm;  // "ed25519"
    PublicKey public_key;
    bool operator==(const KeyAdded&) const = default;
};

// A signing key whose signatures no longer count on checkpoints of more than `valid_up_to_size`
// events; those on smaller ones stay good.
struct KeyRetired {
    static constexpr std::string_view tag = "key-retired.1";
    std::string name;
    PublicKey public_key;
    std::uint64_t valid_up_to_size{};
    bool operator==(const KeyRetired&) const = default;
};

// The ledger has signed its head. The event stands behind the `size` events that it speaks of, and
// is on disk before the note leaves the machine.
struct CheckpointSigned {
    static constexpr std::string_view tag = "checkpoint-signed.1";
    std::uint64_t size{};
    Digest root;
    std::string note;  // the signed note, exactly as it is given to others
    bool operator==(const CheckpointSigned&) const = default;
};

enum class WitnessKind {
    cosigner,  // a C2SP witness, which has checked consistency and signed
    target,    // a database under management, beside its markers
    folder,    // a place that holds what it was given
    webhook,   // an address that has taken it
};

// Somebody outside the ledger holds a checkpoint now.
struct CheckpointWitnessed {
    static constexpr std::string_view tag = "checkpoint-witnessed.1";
    std::uint64_t size{};
    Digest root;
    WitnessKind kind{};
    std::string witness;  // the key's name, the target's, the folder, the address without secrets
    std::optional<std::string> cosignature;       // its line of the note, of a cosigner
    std::optional<std::string> verifier;          // its verifier key as it was known then
    std::optional<std::int64_t> witnessed_at_us;  // as the cosignature says
    bool operator==(const CheckpointWitnessed&) const = default;
};

enum class VerificationScope {
    full,       // everything from the events alone
    fast,       // what came since the last checkpoint that was verified
    witnesses,  // against what others have seen
};

// Somebody has verified the ledger, and what came of it.
struct LedgerVerified {
    static constexpr std::string_view tag = "ledger-verified.1";
    VerificationScope scope{};
    std::uint64_t from_size{};  // what was taken as verified before; 0 in full
    std::uint64_t size{};
    Digest root;
    std::uint64_t fault_count{};
    std::vector<std::string> faults;     // the first ones, a sentence each
    std::vector<std::string> witnesses;  // that were asked and agree
    bool operator==(const LedgerVerified&) const = default;
};

// Content was deleted because it must be forgotten. Who and why is in the envelope; every proof
// stays valid.
struct ContentRedacted {
    static constexpr std::string_view tag = "content-redacted.1";
    Digest digest;
    std::uint64_t byte_count{};
    std::string kind;
    static constexpr std::size_t positions_max = 100;
    std::vector<std::uint64_t> positions;  // of the first events before it that name it
    bool operator==(const ContentRedacted&) const = default;
};

// A copy of the ledger was made, up to `size`.
struct LedgerCopied {
    static constexpr std::string_view tag = "ledger-copied.1";
    std::uint64_t size{};
    Digest root;
    std::string destination;
    std::uint64_t file_count{};
    std::uint64_t byte_count{};
    bool operator==(const LedgerCopied&) const = default;
};

// The ledger goes on from an older copy; events `size` up to `lost_to` are known to have been
// there and are gone. There may have been more, which nobody who was asked has seen. Where the two
// are equal nothing is known to be lost. A person's word: signing waits for it.
struct LedgerRestored {
    static constexpr std::string_view tag = "ledger-restored.1";
    std::uint64_t size{};  // of the copy
    Digest root;
    std::uint64_t lost_to{};
    std::optional<Digest> lost_root;    // over `lost_to` events
    std::vector<std::string> known_by;  // "anchor", "target production", a witness's name
    std::string source;
    bool operator==(const LedgerRestored&) const = default;
};

// Evidence was handed out.
struct ExportProduced {
    static constexpr std::string_view tag = "export-produced.1";
    std::string kind;   // "evidence"
    std::string scope;  // "migration 20261122093000", "run ...", "from ... to ..."
    std::uint64_t event_count{};
    std::uint64_t size{};  // of the ledger that it was made from
    Digest root;
    Digest digest;  // SHA-256 of the archive
    std::uint64_t byte_count{};
    bool operator==(const ExportProduced&) const = default;
};

// Somebody has examined events `from_position` up to, not with, `to_position`. What they found is
// the envelope's reason.
struct LogReviewed {
    static constexpr std::string_view tag = "log-reviewed.1";
    std::uint64_t from_position{};
    std::uint64_t to_position{};
    Digest root;                      // over `to_position` events
    std::uint64_t exception_count{};  // failures, refusals, decisions and forced steps among them
    bool operator==(const LogReviewed&) const = default;
};

}  // namespace ledger
