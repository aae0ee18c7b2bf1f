// commands/recorded_witnesses.hpp: what the ledger's own events say that each witness has taken.
//
// Rule    whoever took a checkpoint keeps it for good: one that a CheckpointWitnessed names and the
//         witness no longer shows was removed there, or the witness was made anew.
// Anew    of a target, only what it took since the ledger's own events last said that it stands for
//         another database (TargetRegistered), that its markers are right though they are of
//         another one (DifferenceResolved, cloned), or that a person has decided how it goes on
//         without its markers (DifferenceResolved, behind): what is older went elsewhere or is
//         gone, and is told.
// Back    what a target took last before a person decided on what it was put back behind or before
//         (DifferenceResolved, behind or ahead), and lacks without a gap, went the same way: it was
//         restored from a backup. It is told; what is older than a row that it still holds, or was
//         taken after the decision, is missing.
// Astray  earlier versions gave a checkpoint to a database that they had just refused because it
//         was another (RunRefused), and took it for the target's: it is told, too.
// Schema  a target's rows are in the schema that its newest TargetRegistered names.
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
#include <set>
#include <string>
#include <vector>

namespace commands {

class RecordedWitnesses {
public:
    [[nodiscard]] static ledger::Result<RecordedWitnesses> read(const ledger::Reader& reader);

    // Of a stream's events in order; what is about no checkpoint and no target changes nothing.
    void apply(std::uint64_t position, const ledger::Event& event);

    // The verdict on a witness that was asked, and with it what it has taken and holds no more.
    void add_missing(const CheckpointWitness& witness, WitnessVerdict& verdict) const;

    // Where the rows of a target are that has taken one; nothing of another.
    [[nodiscard]] std::optional<std::string> marker_schema(const std::string& target) const;

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
    // What a target stands for, and which event made it another, or its copy, last, or one without
    // its rows.
    struct Standing {
        std::string system_identifier;
        std::uint32_t database_oid{};
        std::string marker_schema;
        std::uint64_t anew_at{};
        bool has_lost_rows{};                 // by that event
        std::vector<std::uint64_t> put_back;  // the decisions on what it was put back from
        std::set<std::uint64_t> strangers;    // sizes of the ledger just after one was refused
    };
    struct Excuses;
    void apply_target(std::uint64_t position, const ledger::Event& event);
    void apply_decision(std::uint64_t position, const ledger::DifferenceResolved& resolved);
    [[nodiscard]] Standing standing_of(const CheckpointWitness& witness) const;
    [[nodiscard]] std::vector<const Taken*> taken_by(const CheckpointWitness& witness) const;
    [[nodiscard]] bool holds(const Taken& taken, const ledger::Verifier& verifier) const;

    std::vector<Taken> taken_;
    std::map<std::uint64_t, std::string> notes_;  // signed, by size
    std::map<ledger::Target, Standing> targets_;
};

}  // namespace commands
