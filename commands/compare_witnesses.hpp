// commands/compare_witnesses.hpp: the ledger held against what somebody outside has seen of it.
//
// Rule    every checkpoint that the witness holds is compared: its size reached, its root the same,
//         its note signed by a key that counts on that size. The first that does not fit decides.
// Lost    what lies in a loss that the ledger has accepted (LedgerRestored) is told, and no fault.
// Trust   a checkpoint that no key of the ledger signed says something of the witness, not of the
//         ledger; one that is signed and does not fit says that events are gone or were replaced.
#pragma once

#include "commands/checkpoint_witness.hpp"
#include "ledger/result.hpp"
#include "ledger/signing_keys.hpp"
#include "ledger/store.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace commands {

enum class Agreement {
    agrees,
    holds_nothing,  // of this ledger
    knows_lost,     // all that it has seen is accepted as lost
    ahead,          // it has seen more events: those are cut off, or this is an older copy
    contradicts,    // it has seen another history
    signature_bad,  // what it holds was not signed by this ledger: it was changed there
    key_retired,    // what it holds was signed by a key alone that did not count any more
    forgot,         // what it holds fits, and something that it took is gone
    unreachable,
    cannot_be_asked,
    not_named,   // by the configuration, and so not asked
    not_needed,  // as that, and nothing is missed by it
};

[[nodiscard]] std::string_view agreement_text(Agreement agreement);

// "folder /srv/checkpoints": as it is called wherever it is told.
[[nodiscard]] std::string witness_text(ledger::WitnessKind kind, const std::string& name);

struct WitnessVerdict {
    std::string witness;  // "target production", "folder /srv/checkpoints"
    Agreement agreement{};
    std::optional<std::uint64_t> size;  // the newest that it holds; the one that decided
    // Where the two part: the first event that is gone, or may be another.
    std::optional<std::uint64_t> position;
    std::string detail;
    std::vector<std::uint64_t> held_sizes;  // of one that was asked and fits
};

// Whether it says that something is wrong.
[[nodiscard]] bool is_fault(Agreement agreement);

[[nodiscard]] ledger::Result<WitnessVerdict> compare_with(CheckpointWitness& witness,
                                                          const ledger::Reader& reader,
                                                          const ledger::SigningKeys& keys);

// Whether the `taken` events that a cosigner has cosigned last are this history's. It is shown the
// ledger's own checkpoint of that size where there is one, and so takes nothing new; else the
// newest, with the proof from there. corrupt "witness-contradicts"; and as publish().
[[nodiscard]] ledger::Result<void> expect_same_history(CheckpointWitness& witness,
                                                       const ledger::Reader& reader,
                                                       std::uint64_t taken);

}  // namespace commands
