#include "commands/attempt.hpp"

#include "commands/announced.hpp"
#include "commands/attempt_order.hpp"
#include "ledger/fail_point.hpp"
#include "ledger/fold.hpp"

#include <chrono>
#include <future>
#include <utility>
#include <variant>

namespace commands {

using ledger::Result;

namespace {

// Keeps the promise that intent is durable before effect, and tells the ledger of each statement.
class Recorder final : public AttemptObserver {
public:
    Recorder(AttemptScene& scene, const Step& step, const AttemptOrder& order,
             std::future<Result<ledger::Appended>> started)
        : scene_{scene}, step_{step}, order_{order}, started_{std::move(started)} {}

    Result<void> before_effect() override {
        if (!started_.valid()) return {};
        const auto done = started_.get();
        if (!done) return keep(done.error());
        ledger::fail_point("attempt-durable");
        return {};
    }

    Result<void> statement_succeeded(const ledger::StatementResult& result,
                                     std::uint32_t statement_count) override {
        scene_.progress.statement_done(step_, result);
        if (order_.transactional) return {};
        ledger::fail_point("before-statement-recorded");
        const auto done = scene_.journal.append({ledger::StatementSucceeded{order_.marker.attempt,
                                                                            {order_.marker.target},
                                                                            order_.marker.version,
                                                                            statement_count,
                                                                            result}});
        if (!done) return keep(done.error());
        ledger::fail_point("statement-recorded");
        return {};
    }

    std::optional<std::string> cancelled() override {
        scene_.progress.tick();
        return scene_.interruption.requested();
    }

    void answer_is_late() override { scene_.progress.answer_is_late(); }

    // The ledger's first error, if it had one.
    [[nodiscard]] const std::optional<ledger::Error>& error() const { return error_; }

private:
    Result<void> keep(const ledger::Error& error) {
        if (!error_) error_ = error;
        return ledger::fail(error);
    }

    AttemptScene& scene_;
    const Step& step_;
    const AttemptOrder& order_;
    std::future<Result<ledger::Appended>> started_;
    std::optional<ledger::Error> error_;
};

struct Try {
    std::uint32_t number{1};
    bool transactional{};
    std::uint32_t first_statement_index{};
    std::string cause;
    std::optional<std::vector<std::string>> indexes_before;  // known once a try was made
    bool is_begun{};                                         // its first statement is half done
    bool is_announced{};                                     // by the run's plan
    bool is_last{};                                          // of the plan
};

Result<AttemptOrder> order_of(AttemptScene& scene, const Step& step, Try& next) {
    const auto attempt = next.is_announced
                             ? announced_attempt(*scene.journal.context().run, step.entry)
                             : scene.journal.new_id();
    auto order = make_order(scene.journal, scene.facts, step,
                            {attempt, next.transactional, next.first_statement_index});
    if (!order || next.transactional) return order;
    // What a try before this one left behind is ours: the first one's list stays.
    if (!next.indexes_before) {
        auto indexes = scene.database.invalid_indexes(*order->script);
        if (!indexes) return ledger::fail(indexes.error());
        next.indexes_before = std::move(*indexes);
    }
    order->indexes_before = *next.indexes_before;
    order->is_begun = next.is_begun;
    return order;
}

// By a plan that is on disk, which the first step's own start has waited for; and all that its
// start would say follows from the plan.
bool is_announced(const AttemptScene& scene, const Step& step, StepPlace place) {
    return place.number > 1 && scene.journal.context().run && may_be_announced(step.entry) &&
           step.mode_cause.empty() && step.script->text == step.script->bytes;
}

// The first attempt of the step after this one, which needs no word of the ledger's; but not where
// it would have to wait for a ledger that lags, with its locks held.
void expect_next(AttemptScene& scene, const Step* following, StepPlace place) {
    const bool may_wait = scene.lagging.size() + 2 >= announced_lag_max;
    if (may_wait || following == nullptr ||
        !is_announced(scene, *following, {place.number + 1, place.count}))
        return;
    auto order =
        make_order(scene.journal, scene.facts, *following,
                   {announced_attempt(*scene.journal.context().run, following->entry), true, 0});
    if (order) scene.database.expect(*std::move(order));
}

struct Tried {
    AttemptOutcome outcome;
    ledger::Uuid attempt;
};

Result<void> record(AttemptScene& scene, const AttemptOrder& order, const AttemptOutcome& outcome) {
    if (const auto* success = std::get_if<AttemptSucceeded>(&outcome)) {
        auto recorded = succeeded_event(order, *success);
        if (!recorded) return ledger::fail(recorded.error());
        scene.journal.hold(std::move(recorded->event), std::move(recorded->contents));
    } else if (const auto* failure = std::get_if<AttemptFailed>(&outcome)) {
        auto recorded = failed_event(order, *failure);
        scene.journal.hold(std::move(recorded.event), std::move(recorded.contents));
    } else if (const auto* cancelled = std::get_if<AttemptCancelled>(&outcome)) {
        auto recorded = cancelled_event(order, *cancelled);
        scene.journal.hold(std::move(recorded.event), std::move(recorded.contents));
    }
    return {};
}

Result<Tried> attempt_once(AttemptScene& scene, const Step& step, Try& next) {
    if (next.is_announced)
        if (auto level = keep_up(scene, announced_lag_max - 1); !level)
            return ledger::fail(level.error());
    const auto order = order_of(scene, step, next);
    if (!order) return ledger::fail(order.error());
    auto started = started_event(*order, next.number, next.cause);
    std::vector<ledger::Event> events{std::move(started.event)};
    ledger::fail_point("before-attempt-submitted");
    const bool may_wait = next.is_announced && !next.is_last;
    auto submitted =
        scene.journal.submit(std::move(events), std::move(started.contents),
                             may_wait ? announced_patience : std::chrono::milliseconds{0});
    if (next.is_announced) scene.lagging.push_back(std::exchange(submitted, {}));
    Recorder recorder{scene, step, *order, std::move(submitted)};

    ledger::fail_point("attempt-submitted");
    auto outcome = scene.database.execute(*order, recorder);
    ledger::fail_point("attempt-executed");
    // Whatever came of it, the start must be on record before its outcome is.
    const auto durable = recorder.before_effect();
    if (recorder.error()) return ledger::fail(*recorder.error());
    if (!durable) return ledger::fail(durable.error());
    const auto recorded = record(scene, *order, outcome);
    if (!recorded) return ledger::fail(recorded.error());
    ledger::fail_point("outcome-held");
    return Tried{std::move(outcome), order->marker.attempt};
}

// The next try after a failure, or nothing where there is none to make.
std::optional<Try> next_try(const AttemptScene& scene, const Try& last,
                            const AttemptFailed& failure) {
    Try next = last;
    ++next.number;
    next.is_announced = false;
    if (failure.needs_no_transaction && last.transactional && !scene.policy.strict_transactions) {
        next.transactional = false;
        next.cause = failure.sqlstate.value_or("") + ": " + failure.message;
        return next;
    }
    if (!is_passing(scene.policy, failure) || last.number > scene.policy.lock_retries)
        return std::nullopt;
    if (!last.transactional) {
        const bool is_where_it_was = last.first_statement_index == failure.statements_done;
        next.is_begun = !failure.begun.empty() || (is_where_it_was && last.is_begun);
        next.first_statement_index = failure.statements_done;
    }
    next.cause = cause_of_retry(failure);
    return next;
}

StepOutcome ended(StepEnd end, const ledger::Uuid& attempt, std::uint64_t elapsed_us,
                  std::string message = {}) {
    return {end, elapsed_us, std::nullopt, std::move(message), attempt};
}

StepOutcome failed_for_good(const AttemptPolicy& policy, const AttemptFailed& failure,
                            const ledger::Uuid& attempt) {
    StepOutcome outcome{is_about_lock(policy, failure) ? StepEnd::lock_exhausted : StepEnd::failed,
                        failure.elapsed_us, failure, failure.message, attempt};
    outcome.begun = failure.begun;
    return outcome;
}

StepOutcome how_far(StepOutcome outcome, const Try& last, std::uint32_t statements_done) {
    outcome.transactional = last.transactional;
    outcome.statements_done = statements_done;
    return outcome;
}

// Nothing where another try is to be made, which `next` then says.
std::optional<StepOutcome> judge(AttemptScene& scene, const Step& step, StepPlace place,
                                 const Tried& tried, Try& next) {
    if (const auto* success = std::get_if<AttemptSucceeded>(&tried.outcome)) {
        scene.progress.step_succeeded(step, place, success->elapsed_us);
        tell_notices(scene.progress, step, *success);
        return ended(StepEnd::succeeded, tried.attempt, success->elapsed_us);
    }
    if (const auto* stop = std::get_if<AttemptCancelled>(&tried.outcome)) {
        auto outcome = ended(StepEnd::cancelled, tried.attempt, stop->elapsed_us, stop->signal);
        outcome.begun = stop->begun;
        return how_far(std::move(outcome), next, stop->statements_done);
    }
    if (const auto* doubt = std::get_if<AttemptInDoubt>(&tried.outcome)) {
        auto outcome = ended(StepEnd::in_doubt, tried.attempt, doubt->elapsed_us, doubt->message);
        outcome.is_half_done = doubt->is_half_done;
        return how_far(std::move(outcome), next, next.first_statement_index);
    }

    const auto& failure = std::get<AttemptFailed>(tried.outcome);
    const auto again = next_try(scene, next, failure);
    if (!again) {
        scene.progress.step_failed(step, place, failure);
        return how_far(failed_for_good(scene.policy, failure, tried.attempt), next,
                       failure.statements_done);
    }
    const bool wait = is_passing(scene.policy, failure);
    const std::uint64_t pause_us = wait ? pause_before(next.number, scene.journal.new_id()) : 0;
    scene.progress.retrying(step, again->number, pause_us, failure);
    if (wait) scene.interruption.pause(std::chrono::microseconds{pause_us});
    next = *again;
    return std::nullopt;
}

}  // namespace

void tell_notices(Progress& progress, const Step& step, const AttemptSucceeded& success) {
    for (const std::string& notice : success.commit_notices)
        progress.note(step.entry.version.text + ": at its COMMIT the server said: " + notice);
    for (const std::string& note : success.notes)
        progress.note(step.entry.version.text + ": " + note);
}

// What has failed is told at once, however little the ledger lags.
Result<void> keep_up(AttemptScene& scene, std::size_t lag_max) {
    const auto is_known = [](const auto& start) {
        return start.wait_for(std::chrono::seconds{0}) == std::future_status::ready;
    };
    while (scene.lagging.size() > lag_max ||
           (!scene.lagging.empty() && is_known(scene.lagging.front()))) {
        const auto done = scene.lagging.front().get();
        scene.lagging.pop_front();
        if (!done) return ledger::fail(done.error());
    }
    return {};
}

Result<StepOutcome> carry_out(AttemptScene& scene, const Step& step, StepPlace place,
                              const Step* following) {
    Try next{1,
             step.entry.transactional,
             step.entry.first_statement_index,
             step.mode_cause,
             step.indexes_before,
             !step.begun.empty(),
             is_announced(scene, step, place),
             place.number == place.count};
    for (;;) {
        scene.progress.step_started(step, place, next.number);
        expect_next(scene, following, place);
        const auto tried = attempt_once(scene, step, next);
        if (!tried) return ledger::fail(tried.error());
        if (auto outcome = judge(scene, step, place, *tried, next)) return *outcome;
        if (const auto signal = scene.interruption.requested()) {
            const auto flushed = scene.journal.flush();
            if (!flushed) return ledger::fail(flushed.error());
            auto outcome = ended(StepEnd::cancelled, tried->attempt, 0, *signal);
            if (const auto* failure = std::get_if<AttemptFailed>(&tried->outcome))
                outcome.begun = failure->begun;
            return how_far(std::move(outcome), next, next.first_statement_index);
        }
    }
}

}  // namespace commands
