// commands/prove.hpp: one event's place in the ledger, and the ledger's growth, proven to others.
//
// Shape   a proof rests on a signed checkpoint; it is checked as its receiver would, before it is
//         handed out.
// Errors  refused "event-unknown", "checkpoint-missing" (none covers the event yet),
//         "checkpoint-unknown" (none was signed of that size), "size-out-of-range"; corrupt
//         "proof-invalid", "checkpoint-differs"; those of the reader. Of a kept checkpoint also
//         refused "checkpoint-unfit" (another ledger's), corrupt "tail-cut" (it has seen more than
//         is here), and those of ledger::check_signed().
#pragma once

#include "ledger/digest.hpp"
#include "ledger/result.hpp"
#include "ledger/signing_keys.hpp"
#include "ledger/store.hpp"
#include "ledger/tlog_proof.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace commands {

struct EventProof {
    std::string line;
    ledger::Digest leaf;
    ledger::Checkpoint checkpoint;
    ledger::TlogProof proof;
};

// In the checkpoint of `checkpoint_size` events, or the newest one.
[[nodiscard]] ledger::Result<EventProof> prove_event(const ledger::Reader& reader,
                                                     std::uint64_t position,
                                                     std::optional<std::uint64_t> checkpoint_size);

struct GrowthProof {
    std::uint64_t old_size{};
    ledger::Digest old_root;
    std::uint64_t size{};
    ledger::Digest root;
    std::vector<ledger::Digest> path;
    std::optional<std::string> checkpoint;  // the signed note of `size`, where there is one
};

[[nodiscard]] ledger::Result<GrowthProof> prove_growth(const ledger::Reader& reader,
                                                       std::uint64_t old_size, std::uint64_t size);

// A checkpoint that somebody kept: this ledger's, signed by a key that counts on it, and of events
// that are still what it has seen.
[[nodiscard]] ledger::Result<void> check_kept(const ledger::Reader& reader,
                                              const ledger::Note& note,
                                              const ledger::Checkpoint& kept);

// Every key of the ledger, as its events say.
[[nodiscard]] ledger::Result<ledger::SigningKeys> read_signing_keys(const ledger::Reader& reader);

}  // namespace commands
