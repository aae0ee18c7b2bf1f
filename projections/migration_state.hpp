// projections/migration_state.hpp: what one target has been through with one migration.
//
// Shape  a small state machine, moved by the events of attempts alone:
//        up succeeded     -> applied
//        down succeeded   -> rolled_back
//        up stopped       -> partially_applied where resumable; else as before, and a migration
//                            that was never applied is `failed` after a failure
//        down stopped     -> partially_rolled_back where resumable; else as before
// Words  an application stands from its success until a down script has succeeded: also while a
//        rollback of it, or a new try of a repeatable one, is half done.
// Order  a decision on what stands leaves it its place in the order of applications. One that says
//        of what did not stand that it is there cannot tell since when, unless it takes back what
//        another decision has said.
#pragma once

#include "ledger/event.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace projections {

enum class State {
    pending,
    applied,
    failed,
    partially_applied,
    rolled_back,
    partially_rolled_back,
};

constexpr auto spellings(State /*tag*/) {
    return std::array<std::string_view, 6>{"pending",     "applied",
                                           "failed",      "partially-applied",
                                           "rolled-back", "partially-rolled-back"};
}

[[nodiscard]] std::string_view to_text(State state);

// An attempt without an outcome yet: in doubt, unless it is running right now.
struct OpenAttempt {
    ledger::Uuid attempt;
    std::optional<ledger::Uuid> run;
    ledger::Version version;
    std::string name;
    ledger::Direction direction{};
    ledger::Digest digest;
    std::optional<ledger::ContentReference> executed;
    std::uint32_t try_number{};
    bool transactional{};
    std::uint32_t statement_count{};
    std::uint32_t first_statement_index{};
    std::uint32_t statements_done{};  // as far as the ledger knows; 0 where transactional
    std::vector<std::string> indexes_before;
    std::uint64_t position{};  // of AttemptStarted
    std::int64_t since_us{};
    ledger::Actor actor;
    bool operator==(const OpenAttempt&) const = default;
};

// The newest success of the up script.
struct Application {
    ledger::Uuid attempt;
    std::optional<ledger::Uuid> run;
    ledger::Digest digest;
    std::uint64_t position{};      // its place among applications: where its event stands
    bool is_order_known{true};     // not: a person said that it is there, and not since when
    std::int64_t applied_at_us{};  // when the ledger learned of it
    ledger::Actor actor;           // who started the attempt, whoever settled it
    std::uint64_t elapsed_us{};
    std::uint32_t statement_count{};
    // "marker", "catalog": settled after a crash. "decision", "baseline", "import": no attempt of
    // ours applied it.
    std::optional<std::string> settled_from;
    bool operator==(const Application&) const = default;
};

// The application that stood last, of what stands no more.
struct FormerApplication {
    ledger::Digest digest;
    std::uint64_t position{};
    bool is_order_known{true};
    bool was_ended_by_decision{};  // not: by a down script
    bool operator==(const FormerApplication&) const = default;
};

// Where a half-done script goes on, and with which bytes alone.
struct Resumption {
    ledger::Uuid attempt;  // the one that stopped
    ledger::Direction direction{};
    ledger::Digest digest;
    std::optional<ledger::ContentReference> executed;
    std::uint32_t statements_done{};  // the first statement's index of the next attempt
    std::uint32_t statement_count{};
    std::vector<std::string> indexes_before;  // those of the first attempt: still not ours to drop
    // What the statement at that index has left half done, in words; empty: nothing is known of it.
    std::vector<std::string> begun;
    bool operator==(const Resumption&) const = default;

    // Not: a later attempt begins as if there had been none.
    [[nodiscard]] bool has_effect() const { return statements_done > 0 || !begun.empty(); }
    [[nodiscard]] bool is_half_undone() const {
        return direction == ledger::Direction::down && has_effect();
    }
};

// A marker that the target is still owed, for what no attempt of ours brought about.
struct OwedMarker {
    ledger::Uuid attempt;
    ledger::Direction direction{};
    std::optional<ledger::Digest> digest;
    bool operator==(const OwedMarker&) const = default;
};

// What another tool's table said of it when it was taken over, whatever became of it since.
struct ImportedRow {
    std::optional<std::int64_t> applied_at_us;  // nothing: the tool keeps none
    std::optional<std::string> checksum;
    bool operator==(const ImportedRow&) const = default;
};

struct MigrationState {
    std::string name;
    State state{};
    std::optional<Application> applied;       // as long as it stands
    std::optional<FormerApplication> former;  // as long as none stands
    std::optional<Resumption> resumption;
    std::optional<OwedMarker> owed;
    std::optional<ImportedRow> imported;
    bool absence_accepted{};   // a person has decided that its file stays away
    bool lateness_accepted{};  // a person has decided that it may be applied late
    std::uint32_t attempts_count{};
    std::uint32_t failures_count{};
    std::uint64_t first_position{};  // of the first and the newest event that moved this
    std::uint64_t last_position{};
    bool operator==(const MigrationState&) const = default;
};

[[nodiscard]] OpenAttempt open_attempt(const ledger::Record& record,
                                       const ledger::AttemptStarted& event);

// `open` is the target's open attempt before the event, looked at where it is this attempt's.
void apply(MigrationState& state, const ledger::Record& record,
           const ledger::AttemptStarted& event);
void apply(MigrationState& state, const ledger::Record& record,
           const ledger::AttemptSucceeded& event, const std::optional<OpenAttempt>& open);
void apply(MigrationState& state, const ledger::Record& record, const ledger::AttemptFailed& event,
           const std::optional<OpenAttempt>& open);
void apply(MigrationState& state, const ledger::Record& record,
           const ledger::AttemptCancelled& event, const std::optional<OpenAttempt>& open);

void apply(MigrationState& state, const ledger::Record& record,
           const ledger::DifferenceResolved& event);
void apply(MigrationState& state, const ledger::Record& record,
           const ledger::MigrationAdopted& event);

}  // namespace projections
