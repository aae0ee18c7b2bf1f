#include "commands/run_together.hpp"

#include "commands/announced.hpp"
#include "commands/ask_again.hpp"
#include "commands/attempt_events.hpp"
#include "commands/attempt_order.hpp"
#include "ledger/fail_point.hpp"
#include "migrations/sql/session_defaults.hpp"
#include "migrations/sql/words.hpp"

#include <algorithm>
#include <chrono>
#include <future>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace commands {

using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

constexpr std::size_t attempts_per_append_max = 100;

// Waits for RunStarted before COMMIT, and tells a person how far it has come.
class Watch final : public AttemptObserver {
public:
    Watch(Services& services, const std::vector<Step>& steps, std::uint32_t try_number,
          std::future<Result<ledger::Appended>> started)
        : services_{services},
          steps_{steps},
          try_number_{try_number},
          started_{std::move(started)} {}

    void attempt_begins(std::size_t place) override {
        place_ = place;
        services_.progress.step_started(steps_[place], {place + 1, steps_.size()}, try_number_);
    }

    Result<void> before_effect() override {
        if (!started_.valid()) return {};
        const auto done = started_.get();
        if (!done) error_ = done.error();
        if (!done) return fail(done.error());
        ledger::fail_point("run-durable");
        return {};
    }

    Result<void> statement_succeeded(const ledger::StatementResult& result,
                                     std::uint32_t /*statement_count*/) override {
        services_.progress.statement_done(steps_[place_], result);
        return {};
    }

    std::optional<std::string> cancelled() override {
        services_.progress.tick();
        return services_.interruption.requested();
    }

    void answer_is_late() override { services_.progress.answer_is_late(); }

    [[nodiscard]] const std::optional<ledger::Error>& error() const { return error_; }

private:
    Services& services_;
    const std::vector<Step>& steps_;
    std::uint32_t try_number_;
    std::future<Result<ledger::Appended>> started_;
    std::size_t place_{};
    std::optional<ledger::Error> error_;
};

class JointRun {
public:
    JointRun(Services& services, const TargetRequest& request, Situation& situation,
             const AttemptPolicy& policy, RunReport& report)
        : services_{services},
          request_{request},
          situation_{situation},
          journal_{*situation.journal},
          policy_{policy},
          report_{report} {}

    Result<void> run() {
        started_ = journal_.submit({});
        while (!services_.interruption.requested()) {
            auto outcome = try_once();
            if (!outcome) return fail(outcome.error());
            const auto again = conclude(*outcome);
            if (!again) return fail(again.error());
            if (!*again) return {};
        }
        report_.end = RunEnd::cancelled;
        report_.last = StepOutcome{
            StepEnd::cancelled, 0, std::nullopt, *services_.interruption.requested(), {}};
        return {};
    }

private:
    Result<TogetherOutcome> try_once() {
        orders_.clear();
        for (const Step& step : report_.plan.steps) {
            auto order = make_order(journal_, situation_.facts, step,
                                    {announced_attempt(*report_.run, step.entry), true, 0});
            if (!order) return fail(order.error());
            orders_.push_back(std::move(*order));
        }
        Watch watch{services_, report_.plan.steps, try_number_, std::move(started_)};
        ledger::fail_point("before-together");
        auto outcome = situation_.database->execute_together(orders_, watch);
        ledger::fail_point("together-executed");
        const auto durable = watch.before_effect();
        if (watch.error()) return fail(*watch.error());
        if (!durable) return fail(durable.error());
        return outcome;
    }

    // Whether there is to be another try.
    Result<bool> conclude(TogetherOutcome& outcome) {
        report_.stopped_at = std::min(outcome.reached, orders_.size() - 1);
        if (std::holds_alternative<AttemptSucceeded>(outcome.end))
            return finished(keep_success(outcome.succeeded, std::nullopt));
        if (const auto* failure = std::get_if<AttemptFailed>(&outcome.end))
            return after_failure(*failure);
        if (const auto* stop = std::get_if<AttemptCancelled>(&outcome.end))
            return finished(after_cancelling(*stop));
        return finished(settle(std::get<AttemptInDoubt>(outcome.end)));
    }

    static Result<bool> finished(Result<void> done) {
        if (!done) return fail(done.error());
        return false;
    }

    Result<void> keep_success(const std::vector<AttemptSucceeded>& succeeded,
                              const std::optional<std::string>& settled_from) {
        const std::size_t count = orders_.size();
        for (std::size_t place = 0; place < count; ++place) {
            auto started = started_event(orders_[place], try_number_, cause_);
            journal_.hold(std::move(started.event), std::move(started.contents));
            auto recorded = succeeded_event(orders_[place], succeeded[place]);
            if (!recorded) return fail(recorded.error());
            std::get<ledger::AttemptSucceeded>(recorded->event).settled_from = settled_from;
            journal_.hold(std::move(recorded->event), std::move(recorded->contents));
            if ((place + 1) % attempts_per_append_max != 0) continue;
            if (auto kept = journal_.flush(); !kept) return kept;
        }
        for (std::size_t place = 0; place < count; ++place) {
            const Step& step = report_.plan.steps[place];
            services_.progress.step_succeeded(step, {place + 1, count},
                                              succeeded[place].elapsed_us);
            tell_notices(services_.progress, step, succeeded[place]);
        }
        report_.end = RunEnd::succeeded;
        report_.done_count = static_cast<std::uint32_t>(count);
        return {};
    }

    // The attempt that ended it, under an id of its own: the announced one may succeed yet.
    AttemptOrder& ended_attempt() {
        AttemptOrder& order = orders_[report_.stopped_at];
        order.marker.attempt = journal_.new_id();
        auto started = started_event(order, try_number_, cause_);
        journal_.hold(std::move(started.event), std::move(started.contents));
        return order;
    }

    Result<bool> after_failure(const AttemptFailed& failure) {
        const AttemptOrder& order = ended_attempt();
        const AttemptFailed told = explained(failure);
        auto failed = failed_event(order, told);
        name_survivors(std::get<ledger::AttemptFailed>(failed.event));
        journal_.hold(std::move(failed.event), std::move(failed.contents));
        if (auto kept = journal_.flush(); !kept) return fail(kept.error());
        const Step& step = report_.plan.steps[report_.stopped_at];
        if (is_passing(policy_, failure) && try_number_ <= policy_.lock_retries) {
            pause(step, failure);
            return true;
        }
        services_.progress.step_failed(step, {report_.stopped_at + 1, orders_.size()}, told);
        const bool is_lock = is_about_lock(policy_, failure);
        report_.end = is_lock ? RunEnd::lock_exhausted : RunEnd::failed;
        report_.last = StepOutcome{is_lock ? StepEnd::lock_exhausted : StepEnd::failed,
                                   failure.elapsed_us, told, failure.message, order.marker.attempt};
        return false;
    }

    // Of those before it too: they are undone with it.
    void name_survivors(ledger::AttemptFailed& event) const {
        std::set<std::string> names{event.survivors.begin(), event.survivors.end()};
        for (std::size_t place = 0; place < report_.stopped_at; ++place)
            for (const auto& statement : orders_[place].script->statements)
                names.insert(statement.survivors.begin(), statement.survivors.end());
        event.survivors.assign(names.begin(), names.end());
    }

    // What sharing a transaction has to do with it, beside what the server says.
    static AttemptFailed explained(AttemptFailed failure) {
        if (failure.needs_no_transaction)
            failure.hint = (failure.hint ? *failure.hint + " " : "") +
                           "It cannot share a transaction: varve run, without --transaction all.";
        return failure;
    }

    void pause(const Step& step, const AttemptFailed& failure) {
        ++try_number_;
        cause_ = cause_of_retry(failure);
        const std::uint64_t pause_us = pause_before(try_number_, journal_.new_id());
        services_.progress.retrying(step, try_number_, pause_us, failure);
        services_.interruption.pause(std::chrono::microseconds{pause_us});
    }

    Result<void> after_cancelling(const AttemptCancelled& stop) {
        const AttemptOrder& order = ended_attempt();
        journal_.hold(cancelled_event(order, stop).event);
        report_.end = RunEnd::cancelled;
        report_.last = StepOutcome{StepEnd::cancelled, stop.elapsed_us, std::nullopt, stop.signal,
                                   order.marker.attempt};
        return {};
    }

    // COMMIT may have happened: all markers are there, or none.
    Result<void> settle(const AttemptInDoubt& doubt) {
        const ledger::Uuid& first = orders_.front().marker.attempt;
        auto database = ask_again(services_, situation_.facts, first, request_.fence_wait);
        if (!database) return stay_in_doubt(doubt, database.error());
        const auto marker = (*database)->settled_marker(first, request_.fence_wait);
        if (!marker) return stay_in_doubt(doubt, marker.error());
        if (*marker) return keep_success(std::vector<AttemptSucceeded>(orders_.size()), "marker");
        AttemptFailed failure;
        failure.cause = ledger::FailureCause::interrupted;
        failure.message = doubt.message + "; nothing was applied";
        failure.elapsed_us = doubt.elapsed_us;
        const auto again = after_failure(failure);
        if (!again) return fail(again.error());
        return {};
    }

    Result<void> stay_in_doubt(const AttemptInDoubt& doubt, const ledger::Error& why) {
        report_.end = RunEnd::in_doubt;
        report_.last = StepOutcome{StepEnd::in_doubt,
                                   doubt.elapsed_us,
                                   std::nullopt,
                                   doubt.message + "; " + why.detail,
                                   {}};
        report_.last->why_untold = why.detail;
        return {};
    }

    Services& services_;
    const TargetRequest& request_;
    Situation& situation_;
    Journal& journal_;
    const AttemptPolicy& policy_;
    RunReport& report_;
    std::vector<AttemptOrder> orders_;
    std::future<Result<ledger::Appended>> started_;
    std::uint32_t try_number_{1};
    std::string cause_;  // of a try after the first
};

bool begins_with_mode(const std::vector<std::string>& words) {
    return words.size() > 2 ||
           (words.size() == 2 && words[1] != "work" && words[1] != "transaction");
}

// SET TRANSACTION ..., SET LOCAL transaction_isolation ...
bool sets_mode(const std::vector<std::string>& words) {
    return !words.empty() && words[0] == "set" &&
           std::any_of(words.begin(), words.end(),
                       [](const std::string& word) { return word.starts_with("transaction"); });
}

// It would be the mode of all, or come too late.
const migrations::Statement* statement_with_mode(const migrations::Script& script) {
    for (const migrations::Statement& statement : script.statements) {
        const auto words = migrations::sql::leading_words(
            std::string_view{script.text}.substr(statement.begin, statement.end - statement.begin),
            3);
        const bool begins = statement.control == migrations::Control::begin;
        if (begins ? begins_with_mode(words) : sets_mode(words)) return &statement;
    }
    return nullptr;
}

tl::unexpected<ledger::Error> cannot_share(const Step& step, const std::string& why) {
    return fail(
        Code::refused, "not-one-transaction", step.entry.path + why,
        "apply it by itself, without --transaction all: varve run --to " + step.entry.version.text);
}

}  // namespace

Result<ledger::GateVerdict> check_together(const Plan& plan) {
    for (const Step& step : plan.steps) {
        if (!may_be_announced(step.entry))
            return cannot_share(step,
                                " is no transaction of its own, and so cannot share one" +
                                    (step.mode_cause.empty() ? "" : " (" + step.mode_cause + ")"));
        if (step.script->text != step.script->bytes)
            return cannot_share(step,
                                " has placeholders, and what is executed for them must be on "
                                "record before it is applied");
        if (const auto* begin = statement_with_mode(*step.script))
            return cannot_share(step, ":" + std::to_string(begin->line) +
                                          ": a transaction with a mode of its own cannot be "
                                          "shared with others");
        if (&step != &plan.steps.back() && migrations::sql::sets_session_defaults(*step.script))
            return cannot_share(step,
                                " may change what sessions begin with (ALTER DATABASE or ROLE ... "
                                "SET), which would not hold for those after it yet");
    }
    return ledger::GateVerdict{"transaction", true,
                               plan.steps.size() == 1 ? "one migration, in one transaction"
                                                      : "all " + std::to_string(plan.steps.size()) +
                                                            " migrations in one transaction"};
}

Result<void> run_together(Services& services, const TargetRequest& request, Situation& situation,
                          const AttemptPolicy& policy, RunReport& report) {
    report.together = true;
    return JointRun{services, request, situation, policy, report}.run();
}

}  // namespace commands
