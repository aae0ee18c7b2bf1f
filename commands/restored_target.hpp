// commands/restored_target.hpp: whether a target was put back (restored from a backup, in place),
// as the ledger's own events of it tell.
//
// Rule    whoever puts a database back has all of one moment again, and nothing newer. So a person
//         has decided that the target lacks the newest of what was changed there
//         (DifferenceResolved: behind, and not there or with a text that it had before; ahead, and
//         undone or decided on since), and whatever else counts as applied is older and stands.
// Not     a marker of another ledger; one that is gone where a newer one stands, or that a person
//         has written again because only the marker was gone: no restoring explains that.
// Once    the decisions between two runs or rollbacks are on one restoring: neither begins while
//         anything differs.
#pragma once

#include "ledger/digest.hpp"
#include "ledger/event.hpp"
#include "ledger/result.hpp"
#include "ledger/store.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace commands {

// All by the positions of events.
struct PutBack {
    std::uint64_t decision{};  // the first that tells of it
    std::size_t decisions_count{};
    std::uint64_t noticed{};  // the first refusal or decision because of it
    // To a moment between these two: the newest that stands was begun, the oldest that it lacks was
    // done.
    std::uint64_t later_than{};
    std::uint64_t earlier_than{};
    std::uint64_t at_after{};  // and not before that: the target was as the ledger has it
    bool operator==(const PutBack&) const = default;
};

// Whether what was refused was another database than the target's. That it is another ledger's, or
// a copy, does not tell.
[[nodiscard]] bool refused_another(const ledger::RunRefused& refused);

// Whether what was refused had other markers than the ledger says that the target has: it may be
// the target, or a physical copy of it, which has the same identity.
[[nodiscard]] bool refused_as_differing(const ledger::RunRefused& refused);

// Whether an event from `position` on says so of the target.
[[nodiscard]] ledger::Result<bool> is_refused_as_differing(const ledger::Reader& reader,
                                                           const ledger::Target& target,
                                                           std::uint64_t position);

class RestoredTarget {
public:
    // Of one target's events in order; what changes nothing there changes nothing here.
    void apply(std::uint64_t position, const ledger::Event& event);

    [[nodiscard]] std::vector<PutBack> put_back() const;

private:
    // What counts as applied from then on; nothing: it does not, or is half done.
    struct Change {
        std::uint64_t began{};
        std::uint64_t position{};
        std::optional<ledger::Digest> text;
    };
    struct Lacked {
        std::uint64_t decision{};
        std::uint64_t change{};
    };
    // Since the last run or rollback.
    struct Decided {
        std::uint64_t noticed{};
        std::set<ledger::Version> versions;
        std::vector<Lacked> lacked;
        Change had;  // the newest that it has in place of what it lacks
    };
    void begin_run(std::uint64_t position);
    void notice(std::uint64_t position);
    void decide(std::uint64_t position, const ledger::DifferenceResolved& resolved);
    void note_lacked(std::uint64_t position, const ledger::DifferenceResolved& resolved);
    [[nodiscard]] Change newest_that_stands() const;
    [[nodiscard]] std::optional<PutBack> decided_now() const;

    std::map<ledger::Version, std::vector<Change>> changes_;
    std::uint64_t run_began_{};
    Decided decided_;
    std::vector<PutBack> before_;  // those that a run or a rollback came after
};

}  // namespace commands
