// commands/recorded_witnesses.hpp: what the ledger's own events say that each witness has taken.
//
// Rule    whoever took a checkpoint keeps it for good: one that a CheckpointWitnessed names and the
//         witness no longer shows was removed there, or the witness was made anew.
// Far     one that cannot be asked has given its word: the cosignature that the ledger keeps, by
//         the key that the caller trusts.
#pragma once

#include "commands/compare_witnesses.hpp"
#include "ledger/events/ledger.hpp"
#include "ledger/note.hpp"
#include "ledger/result.hpp"
#include "ledger/store.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace commands {

class RecordedWitnesses {
public:
    [[nodiscard]] static ledger::Result<RecordedWitnesses> read(const ledger::Reader& reader);

    // Of events in order; what is about no checkpoint changes nothing.
    void apply(std::uint64_t position, const ledger::Event& event);

    // The verdict on a witness that was asked, and with it what it has taken and holds no more.
    void add_missing(const CheckpointWitness& witness, WitnessVerdict& verdict) const;

    // The verdict on one that cannot be asked, and with it the last that it has taken. `verifier`:
    // the key of a cosigner.
    void add_last_word(const CheckpointWitness& witness,
                       const std::optional<ledger::Verifier>& verifier,
                       WitnessVerdict& verdict) const;

private:
    struct Taken {
        std::uint64_t position{};
        ledger::CheckpointWitnessed data;
    };
    [[nodiscard]] std::vector<const Taken*> taken_by(const CheckpointWitness& witness) const;
    [[nodiscard]] bool holds(const Taken& taken, const ledger::Verifier& verifier) const;

    std::vector<Taken> taken_;
    std::map<std::uint64_t, std::string> notes_;  // signed, by size
};

}  // namespace commands
