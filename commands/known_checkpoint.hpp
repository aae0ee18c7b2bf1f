// commands/known_checkpoint.hpp: a checkpoint that somebody holds of this ledger, held against it.
//
// Whose    what no key of this ledger has signed is nobody's word, and decides nothing.
// Lost     a checkpoint of events that a person has said are gone contradicts nothing, if it was
//          there before they said so: one that came later is of the ledger that went on.
// Errors   corrupt "checkpoint-contradicted" (the ledger is not what was signed),
//          "ledger-behind-witness" (there were more events: this is an older copy).
#pragma once

#include "commands/checkpoint_witness.hpp"
#include "commands/ports.hpp"
#include "ledger/accepted_loss.hpp"
#include "ledger/note.hpp"
#include "ledger/result.hpp"
#include "ledger/store.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace commands {

// A note of this ledger that is held somewhere, and what the ledger has at its size.
struct KnownCheckpoint {
    std::string holder;  // "target production", "the ledger itself"
    std::string note;
    std::uint64_t size{};
    ledger::Digest root;
    std::optional<ledger::Digest> root_here;  // nothing: the ledger does not reach so far
    bool is_own{};                            // counts as it stands: the ledger keeps it
    std::optional<std::int64_t> seen_at_us{};
    std::optional<ledger::WitnessKind> kind{};  // of the holder, who is asked in its turn

    [[nodiscard]] bool agrees() const { return root_here == root; }
};

// What decides whose word a checkpoint is, and what it may say.
struct OwnHistory {
    std::uint64_t size{};
    std::string origin;
    // Retired or not: a copy that went its own way could retire the key of the whole ledger.
    std::vector<ledger::Verifier> keys;
    std::vector<ledger::AcceptedLoss> losses;
};

[[nodiscard]] bool is_signed_here(const OwnHistory& own, const KnownCheckpoint& known);
[[nodiscard]] ledger::Result<void> check_known(const OwnHistory& own, const KnownCheckpoint& known);

[[nodiscard]] ledger::Result<KnownCheckpoint> known_checkpoint(const ledger::Reader& reader,
                                                               const ledger::Head& head,
                                                               std::string holder,
                                                               const HeldCheckpoint& held);

// "target production", "folder /var/checkpoints"
[[nodiscard]] std::string name_of(const CheckpointWitness& witness);

// From the events of the ledger's own stream: it costs their number.
[[nodiscard]] ledger::Result<OwnHistory> read_own_history(const ledger::Reader& reader);

// A target that can be asked for the checkpoints that it was given, in the session it has.
class CheckpointHolder {
public:
    virtual ~CheckpointHolder() = default;

    // At most `count_max` of that ledger, largest first; none where it keeps none, or they may not
    // be read. What they hold is not verified.
    virtual ledger::Result<std::vector<HeldCheckpoint>> held_checkpoints(
        const ledger::Uuid& ledger, std::uint32_t count_max) = 0;
};

// Where the largest agree (looked_at_max of them) no other is asked for.
[[nodiscard]] ledger::Result<void> check_held(const ledger::Reader& reader,
                                              CheckpointHolder& holding,
                                              const ledger::Target& target);
// A target that holds none contradicts nothing.
[[nodiscard]] ledger::Result<void> check_held(const ledger::Reader& reader,
                                              TargetDatabase& database,
                                              const ledger::Target& target);
// Why a witness was not asked; nothing where it was.
using Unasked = std::optional<std::string>;

// Nor does a witness that does not answer. May be null.
[[nodiscard]] ledger::Result<Unasked> check_beside(const ledger::Reader& reader,
                                                   CheckpointWitness* witness);

}  // namespace commands
