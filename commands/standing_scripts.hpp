// commands/standing_scripts.hpp: which of the replayed scripts each migration stands on, and what
// a person's decision makes of them.
//
// Unapplied  what a migration stood on is left out, where nothing that was run before the decision
//            names what it touches. Else it stays, and the SQL that undid it is missing; but a
//            repeatable that a down script has dropped, or that was applied again, is whole.
// Renamed    one version marked as applied, another with the very text as not applied: the script
//            that ran stays where it ran, and stands for the new version; for both, where the old
//            one is said to be there again.
// Older text where the target was said to have an older text of what is marked as not applied, that
//            one stays: a repeatable is applied again over it.
// Squashed   one version marked as applied, and others, whose objects it makes, as not applied
// after
//            that: what ran stays where it ran, and the squash is left out.
#pragma once

#include "commands/replay_sql.hpp"
#include "ledger/event.hpp"

#include <map>
#include <optional>
#include <vector>

namespace commands {

class StandingScripts {
public:
    // Outlives this; only ever added to until finish().
    explicit StandingScripts(std::vector<ReplayedScript>& scripts) : scripts_{scripts} {}

    // The script that is about to be added, of an attempt or in its place.
    void add(const ReplayedScript& script);
    // A down script has run to its end.
    void undo(const ledger::Version& version) { standing_[version].clear(); }

    // By index: ups, and what is done of a down script since.
    [[nodiscard]] const std::vector<std::size_t>& of(const ledger::Version& version) {
        return standing_[version];
    }

    // That a migration which stood on an up script is there, whole, though half undone.
    void mark_applied(const ledger::Record& record, const ledger::DifferenceResolved& event);
    void mark_unapplied(const ledger::Record& record, const ledger::DifferenceResolved& event);
    // The script that is about to stand for what was marked as applied: left out where its text is
    // there already, under a version that was marked as not applied.
    void match_renamed(ReplayedScript& script);
    // The script that was added last stands for what a person has marked as applied: others, marked
    // as not applied later, may have been squashed into it.
    void note_decided() { decided_.push_back(scripts_.size() - 1); }

    // Leaves out what can be, and puts in what is missing.
    void finish();

private:
    // What is to be left out because of a decision, and stands in its place where it cannot be.
    struct Candidate {
        std::vector<std::size_t> indexes;
        std::size_t end{};  // of the scripts when it was decided
        ReplayedScript undoing;
        std::optional<std::size_t> kept_for{};  // what was run in between, and may need it
        bool is_withdrawn{};
    };

    void offer(const ledger::Record& record, const ledger::DifferenceResolved& event,
               std::vector<std::size_t> indexes);
    [[nodiscard]] bool is_shared(const ledger::Version& version);
    [[nodiscard]] std::size_t older_text(const ledger::DifferenceResolved& event);
    bool stands_elsewhere(ReplayedScript& script);
    [[nodiscard]] bool is_whole(const std::vector<std::size_t>& indexes) const;
    bool has_other_version(const ledger::DifferenceResolved& event);
    [[nodiscard]] bool is_made_again(const Candidate& candidate) const;
    void leave_out_squashes();
    [[nodiscard]] std::vector<std::size_t> marked_unapplied_after(std::size_t decided) const;
    void keep_what_is_needed();

    std::vector<ReplayedScript>& scripts_;
    std::map<ledger::Version, std::vector<std::size_t>> standing_;
    std::vector<Candidate> candidates_;
    std::vector<std::size_t> decided_;  // indexes of scripts
};

}  // namespace commands
