// commands/recorded_witnesses.hpp: what the ledger's own events say that each witness has taken.
//
// Rule    whoever took a checkpoint keeps it for good: one that a CheckpointWitnessed names and the
//         witness no longer shows was removed there, or the witness was made anew.
// Anew    of a target, only what it took since the ledger's own events last said that it stands for
//         another database (TargetRegistered), that its markers are right though they are of
//         another one (DifferenceResolved, cloned), or that a person has decided how it goes on
//         without its markers (DifferenceResolved, behind): what is older went elsewhere or is
//         gone, and is told.
// Back    what a target was given before it was put back (restored from a backup, in place), and
//         lost by that, is told, once a person has decided on what it lacks: by its events, as
//         RestoredTarget reads them, and by the rows that it holds. It has all of the moment that
//         it was put back to, so it owes what is older than that or than a row that it holds from
//         then, and what it took since.
// Astray  earlier versions gave a checkpoint to a database that they had just refused because it
//         was another (RunRefused), and noted it as the target's when they were refused there
//         again: it is told, too. So it is of one that was refused as it differed, once a run or
//         rollback has begun and nobody had decided anything: then it was not the target, but a
//         physical copy of it.
// Schema  a target's rows are in the schema that its newest TargetRegistered names.
// Unasked one that these events name and the configuration does not is told. Nothing is missed of a
//         folder whose checkpoints another folder holds now, and of a cosigner that has taken
//         nothing since a loss was accepted: it refuses what came after that for ever.
// Far     one that cannot be asked has given its word: the cosignature that the ledger keeps, by
//         the key that the caller trusts.
#pragma once

#include "commands/compare_witnesses.hpp"
#include "commands/restored_target.hpp"
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

    // The verdict on each that has taken what is still expected of it and is none of the `asked`,
    // in the words of witness_text(). Their verdicts tell what they hold.
    [[nodiscard]] std::vector<WitnessVerdict> not_asked(
        const std::set<std::string>& asked, const std::vector<WitnessVerdict>& verdicts) const;

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
        std::uint64_t noted_after{};  // the last event before it that notes no such thing
        ledger::CheckpointWitnessed data;
    };
    // What a target stands for, and which event made it another, or its copy, last, or one without
    // its rows.
    struct Standing {
        std::string system_identifier;
        std::uint32_t database_oid{};
        std::string marker_schema;
        std::uint64_t anew_at{};
        bool has_lost_rows{};  // by that event
        RestoredTarget restored;
        std::set<std::uint64_t> refused_another;    // the events by which another database was
        std::set<std::uint64_t> refused_differing;  // and what may be the target, or a copy of it

        void become(std::uint64_t position, const ledger::TargetRegistered& registered);
        void begin_anew(std::uint64_t position, const ledger::DifferenceResolved& resolved);
        void refuse(std::uint64_t position, const ledger::RunRefused& refused);
        void begin_run();
        [[nodiscard]] bool is_astray(const Taken& taken) const;
    };
    struct Excuses;
    void apply_target(std::uint64_t position, const ledger::Event& event);
    [[nodiscard]] std::uint64_t noted_after(std::uint64_t position) const;
    [[nodiscard]] const Standing& standing_of(ledger::WitnessKind kind,
                                              const std::string& name) const;
    [[nodiscard]] bool is_expected(const Taken& taken) const;
    [[nodiscard]] WitnessVerdict unasked(const std::string& witness,
                                         const std::vector<const Taken*>& taken,
                                         const std::vector<WitnessVerdict>& verdicts) const;
    [[nodiscard]] std::vector<const Taken*> taken_by(const CheckpointWitness& witness) const;
    [[nodiscard]] bool holds(const Taken& taken, const ledger::Verifier& verifier) const;

    std::vector<Taken> taken_;
    std::map<std::uint64_t, std::string> notes_;  // signed, by size
    std::map<ledger::Target, Standing> targets_;
    std::uint64_t loss_at_{};  // the newest LedgerRestored
};

}  // namespace commands
