// adapters/http/cosigner.hpp: a C2SP witness, asked for its cosignature.
//
// Shape   add-checkpoint with the size that it cosigned last, as far as that is known; where it
//         knows another size it says so, and is asked once more with the proof from there.
// Trust   a cosignature counts only where the key that was configured made it, at a time that an
//         event can hold; all else in the answer is ignored.
// Errors  those of CheckpointWitness; corrupt "witness-contradicts" also where it has cosigned more
//         than this ledger holds, or refuses a proof. Statuses alone say nothing: what is no
//         witness at all answers with 409 and 422 too.
// Source  https://c2sp.org/tlog-witness
#pragma once

#include "adapters/http/client.hpp"
#include "commands/checkpoint_witness.hpp"
#include "ledger/note.hpp"

#include <functional>
#include <string>
#include <vector>

namespace adapters::http {

using ConsistencyProof = std::function<ledger::Result<std::vector<ledger::Digest>>(
    std::uint64_t old_size, std::uint64_t size)>;

class Cosigner final : public commands::CheckpointWitness {
public:
    // `url` is the witness's submission prefix. `known_size`: what it cosigned last, or 0.
    Cosigner(std::string url, ledger::Verifier verifier, std::uint64_t known_size,
             ConsistencyProof proof, IsStopped is_stopped = {})
        : url_{std::move(url)},
          verifier_{std::move(verifier)},
          known_size_{known_size},
          proof_{std::move(proof)},
          is_stopped_{std::move(is_stopped)} {}

    [[nodiscard]] ledger::WitnessKind kind() const override {
        return ledger::WitnessKind::cosigner;
    }
    [[nodiscard]] std::string name() const override { return verifier_.name; }
    [[nodiscard]] bool can_be_asked() const override { return false; }
    ledger::Result<commands::Receipt> publish(
        const commands::PublishedCheckpoint& checkpoint) override;
    ledger::Result<std::vector<commands::HeldCheckpoint>> largest(const ledger::Uuid& ledger,
                                                                  std::uint32_t count_max) override;
    ledger::Result<std::vector<commands::HeldCheckpoint>> all(const ledger::Uuid& ledger) override;
    ledger::Result<std::optional<std::uint64_t>> taken_size(
        const commands::PublishedCheckpoint& checkpoint) override;

private:
    [[nodiscard]] ledger::Result<Answer> submit(std::uint64_t old_size,
                                                std::vector<ledger::Digest> proof,
                                                const std::string& note) const;

    std::string url_;
    ledger::Verifier verifier_;
    std::uint64_t known_size_;
    ConsistencyProof proof_;
    IsStopped is_stopped_;
};

// The line that `witness` has signed among what was answered, as it goes into the note.
[[nodiscard]] ledger::Result<commands::Receipt> receipt_from(std::string_view answer,
                                                             const std::string& note,
                                                             const ledger::Verifier& witness);

}  // namespace adapters::http
