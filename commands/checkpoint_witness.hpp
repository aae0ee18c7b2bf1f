// commands/checkpoint_witness.hpp: somebody outside the ledger who holds its checkpoints.
//
// Who       a target's witness table, a folder, a webhook, a C2SP witness: one adapter each.
// Keeps     what it has taken for good, and never another root for a size that it knows.
// Repeat    publishing the same checkpoint again is well, and changes nothing.
// Errors    unavailable "witness-unreachable" (it does not answer), "witness-unwritable" (it cannot
//           take it); corrupt "witness-contradicts" (it holds another root of that size).
//           Whoever runs migrations warns of them and goes on.
#pragma once

#include "ledger/digest.hpp"
#include "ledger/events/ledger.hpp"
#include "ledger/identity.hpp"
#include "ledger/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace commands {

// A checkpoint as it is given away. CheckpointSigned is on disk before.
struct PublishedCheckpoint {
    ledger::Uuid ledger;
    std::uint64_t size{};
    ledger::Digest root;
    std::string note;  // the signed note, with every signature known
    bool operator==(const PublishedCheckpoint&) const = default;
};

// What the witness answered.
struct Receipt {
    std::optional<std::string> cosignature;       // its line of the note, without the newline
    std::optional<std::string> verifier;          // its verifier key: name+id+key
    std::optional<std::int64_t> witnessed_at_us;  // as the cosignature says
    bool operator==(const Receipt&) const = default;
};

// A checkpoint that a witness holds. `size` and `root` are the witness's own word, `note` is not
// verified.
struct HeldCheckpoint {
    std::uint64_t size{};
    ledger::Digest root;
    std::string note;
    std::optional<std::int64_t> seen_at_us;  // by the witness's clock, where it tells
    bool operator==(const HeldCheckpoint&) const = default;
};

// Before anything is signed or changed, so many of the largest are held against the ledger. A copy
// that went its own way from a smaller size than all of them have is left to verify --witnesses:
// more would cost every run.
constexpr std::uint32_t looked_at_max = 16;

class CheckpointWitness {
public:
    virtual ~CheckpointWitness() = default;

    [[nodiscard]] virtual ledger::WitnessKind kind() const = 0;

    // The key's name, the target's, the folder, the address without secrets: as in
    // CheckpointWitnessed.
    [[nodiscard]] virtual std::string name() const = 0;

    // Whether it can be asked what it holds. Of one that cannot, largest() and all() answer
    // none; and that it took a checkpoint is recorded at once, since nobody can look it up.
    [[nodiscard]] virtual bool can_be_asked() const { return true; }

    // Answers once the witness holds it durably.
    virtual ledger::Result<Receipt> publish(const PublishedCheckpoint& checkpoint) = 0;

    // Of what it holds of this ledger, at most `count_max` of the largest, largest first.
    virtual ledger::Result<std::vector<HeldCheckpoint>> largest(const ledger::Uuid& ledger,
                                                                std::uint32_t count_max) = 0;

    // All that it holds of this ledger, smallest first.
    virtual ledger::Result<std::vector<HeldCheckpoint>> all(const ledger::Uuid& ledger) = 0;

    // Of one that cannot be asked what it holds: how many events the last has that it took. It is
    // shown `checkpoint`, one of the ledger's, and takes nothing new. Nothing: it does not tell.
    virtual ledger::Result<std::optional<std::uint64_t>> taken_size(
        const PublishedCheckpoint& checkpoint) {
        static_cast<void>(checkpoint);
        return std::optional<std::uint64_t>{};
    }
};

}  // namespace commands
