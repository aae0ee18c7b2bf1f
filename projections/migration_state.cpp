#include "projections/migration_state.hpp"

#include "ledger/spelling.hpp"

#include <utility>

namespace projections {

namespace {

// Position 0 is the ledger's own first event, so 0 means that nothing has moved this yet.
void touch(MigrationState& state, const ledger::Record& record) {
    if (state.last_position == 0) state.first_position = record.position;
    state.last_position = record.position;
}

template <class Event>
const OpenAttempt* own(const std::optional<OpenAttempt>& open, const Event& event) {
    return open && open->attempt == event.attempt ? &*open : nullptr;
}

// A chain of tries keeps the list of its first: what a try before this one left behind is ours,
// also where the rest of the script has been corrected in between.
std::vector<std::string> indexes_before(const MigrationState& state, const OpenAttempt* open,
                                        const Resumption& next) {
    const auto& last = state.resumption;
    if (last && last->direction == next.direction) return last->indexes_before;
    return open ? open->indexes_before : std::vector<std::string>{};
}

// Those who did not look, since they never came to that statement, know nothing better.
bool has_looked(const ledger::AttemptFailed& event) {
    if (event.settled_from) return *event.settled_from != "marker";
    return event.statement_index == event.statements_done &&
           event.cause != ledger::FailureCause::connection_lost;
}

bool has_looked(const ledger::AttemptCancelled&) { return false; }

std::vector<std::string> told(const ledger::AttemptFailed& event) { return event.survivors; }

std::vector<std::string> told(const ledger::AttemptCancelled&) { return {}; }

template <class Stopped>
std::vector<std::string> begun(const MigrationState& state, const Stopped& event) {
    auto now = told(event);
    const auto& last = state.resumption;
    const bool is_where_it_was = last && last->direction == event.direction &&
                                 last->statements_done == event.statements_done;
    return now.empty() && is_where_it_was && !has_looked(event) ? last->begun : std::move(now);
}

template <class Stopped>
void stop_half_done(MigrationState& state, const Stopped& event, const OpenAttempt* open) {
    Resumption next;
    next.attempt = event.attempt;
    next.direction = event.direction;
    next.digest = event.digest;
    if (open) next.executed = open->executed;
    next.statements_done = event.statements_done;
    next.statement_count = event.statement_count;
    next.indexes_before = indexes_before(state, open, next);
    next.begun = begun(state, event);
    state.resumption = std::move(next);
    state.state = event.direction == ledger::Direction::up ? State::partially_applied
                                                           : State::partially_rolled_back;
}

void end_application(MigrationState& state, bool by_decision) {
    if (!state.applied) return;
    state.former = FormerApplication{state.applied->digest, state.applied->position,
                                     state.applied->is_order_known, by_decision};
    state.applied.reset();
}

Application application(const ledger::Record& record, const ledger::AttemptSucceeded& event,
                        const OpenAttempt* open) {
    Application made;
    made.attempt = event.attempt;
    made.run = open ? open->run : record.run;
    made.digest = event.digest;
    made.position = record.position;
    made.applied_at_us = record.recorded_at_us;
    made.actor = open ? open->actor : record.actor;
    made.elapsed_us = event.elapsed_us;
    made.statement_count = event.statement_count;
    made.settled_from = event.settled_from;
    return made;
}

}  // namespace

std::string_view to_text(State state) { return ledger::spell(state); }

OpenAttempt open_attempt(const ledger::Record& record, const ledger::AttemptStarted& event) {
    OpenAttempt open;
    open.attempt = event.attempt;
    open.run = record.run;
    open.version = event.version;
    open.name = event.name;
    open.direction = event.direction;
    open.digest = event.digest;
    open.executed = event.executed;
    open.try_number = event.try_number;
    open.transactional = event.transactional;
    open.statement_count = event.statement_count;
    open.first_statement_index = event.first_statement_index;
    open.statements_done = event.first_statement_index;
    open.indexes_before = event.indexes_before;
    open.position = record.position;
    open.since_us = record.recorded_at_us;
    open.actor = record.actor;
    return open;
}

void apply(MigrationState& state, const ledger::Record& record,
           const ledger::AttemptStarted& event) {
    touch(state, record);
    state.name = event.name;
    ++state.attempts_count;
}

void apply(MigrationState& state, const ledger::Record& record,
           const ledger::AttemptSucceeded& event, const std::optional<OpenAttempt>& open) {
    touch(state, record);
    state.resumption.reset();
    state.lateness_accepted = false;
    if (event.direction == ledger::Direction::up) {
        state.state = State::applied;
        state.applied = application(record, event, own(open, event));
        state.former.reset();
    } else {
        state.state = State::rolled_back;
        end_application(state, false);
        state.absence_accepted = false;
    }
}

void apply(MigrationState& state, const ledger::Record& record, const ledger::AttemptFailed& event,
           const std::optional<OpenAttempt>& open) {
    touch(state, record);
    ++state.failures_count;
    if (event.resumable) {
        stop_half_done(state, event, own(open, event));
    } else if (event.direction == ledger::Direction::up && state.state == State::pending) {
        state.state = State::failed;
    }
}

void apply(MigrationState& state, const ledger::Record& record,
           const ledger::AttemptCancelled& event, const std::optional<OpenAttempt>& open) {
    touch(state, record);
    if (event.resumable) stop_half_done(state, event, own(open, event));
}

namespace {

void count_as_applied(MigrationState& state, const ledger::Record& record, Application made) {
    made.run = record.run;
    made.actor = record.actor;
    state.owed = OwedMarker{made.attempt, ledger::Direction::up, made.digest};
    state.applied = std::move(made);
    state.former.reset();
    state.state = State::applied;
    state.resumption.reset();
    state.lateness_accepted = false;
}

// What a marker says has its place among the markers, which are decided in their order; but of what
// was undone here and is marked, it does not say whether it was made again. What was begun here was
// finished after all else.
void take_place(Application& made, const MigrationState& state, const ledger::Record& record,
                ledger::DifferenceKind kind) {
    const auto& former = state.former;
    const bool is_marked = kind == ledger::DifferenceKind::cloned ||
                           (kind == ledger::DifferenceKind::ahead && !former);
    const bool was_begun = state.resumption && state.resumption->direction == ledger::Direction::up;
    made.position = record.position;
    made.is_order_known = is_marked || was_begun;
    if (!former || former->digest != made.digest || kind == ledger::DifferenceKind::cloned) return;
    if (!former->was_ended_by_decision) return;
    made.position = former->position;
    made.is_order_known = former->is_order_known;
}

// It was applied when it was: its place in the order of applications stays.
void stay_applied(MigrationState& state, const ledger::DifferenceResolved& event) {
    state.applied->digest = *event.digest;
    const bool is_text_alone = event.kind == ledger::DifferenceKind::changed;
    // A marker of the whole of it would say that nothing of it is undone.
    if (is_text_alone && state.resumption && state.resumption->is_half_undone()) return;
    state.owed = OwedMarker{event.attempt, ledger::Direction::up, event.digest};
    if (is_text_alone) return;
    state.state = State::applied;
    state.resumption.reset();
    state.lateness_accepted = false;
}

void count_as_unapplied(MigrationState& state, const ledger::DifferenceResolved& event) {
    state.owed = OwedMarker{event.attempt, ledger::Direction::down, event.previous_digest};
    end_application(state, true);
    state.resumption.reset();
    state.state = State::pending;
    state.absence_accepted = false;
}

}  // namespace

void apply(MigrationState& state, const ledger::Record& record,
           const ledger::DifferenceResolved& event) {
    touch(state, record);
    if (!event.name.empty()) state.name = event.name;
    if (event.kind == ledger::DifferenceKind::in_doubt) return;  // the attempt's end follows
    const bool adopts = event.resolution == ledger::Resolution::adopt;
    if (adopts && event.kind == ledger::DifferenceKind::missing) {
        state.absence_accepted = true;
    } else if (adopts && event.kind == ledger::DifferenceKind::out_of_order) {
        state.lateness_accepted = true;
    } else if (event.digest && event.kind != ledger::DifferenceKind::cloned && state.applied) {
        stay_applied(state, event);
    } else if (event.digest) {
        Application made;
        made.attempt = event.attempt;
        made.digest = *event.digest;
        made.applied_at_us = record.recorded_at_us;
        made.settled_from = "decision";
        take_place(made, state, record, event.kind);
        count_as_applied(state, record, std::move(made));
    } else {
        count_as_unapplied(state, event);
    }
}

void apply(MigrationState& state, const ledger::Record& record,
           const ledger::MigrationAdopted& event) {
    touch(state, record);
    state.name = event.name;
    state.absence_accepted = !event.digest;  // the import itself has named it
    if (event.source == ledger::AdoptionSource::import)
        state.imported = ImportedRow{event.applied_at_us, event.recorded_checksum};
    Application made;
    made.attempt = event.attempt;
    made.digest = event.digest.value_or(ledger::Digest{});
    made.applied_at_us = event.applied_at_us.value_or(record.recorded_at_us);
    made.elapsed_us = event.elapsed_us.value_or(0);
    made.settled_from = ledger::spell(event.source);
    made.position = record.position;
    count_as_applied(state, record, std::move(made));
}

}  // namespace projections
