#include "adapters/postgres/attempt.hpp"
#include "adapters/postgres/bare_statement.hpp"
#include "adapters/postgres/fence.hpp"
#include "ledger/fail_point.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace adapters::postgres {

namespace {

using commands::AttemptFailed;
using commands::AttemptOutcome;
using ledger::FailureCause;
using Ended = std::optional<AttemptOutcome>;  // nothing: go on

class StepwiseAttempt {
public:
    explicit StepwiseAttempt(AttemptScene& scene)
        : scene_{scene}, dialogue_{scene.dialogue}, done_{scene.order.first_statement_index} {}

    AttemptOutcome run(const std::vector<Command>& opening) {
        auto outcome = run_steps(opening);
        if (!dialogue_.is_lost()) release_fence();
        ledger::fail_point("fence-released");
        return outcome;
    }

private:
    AttemptOutcome run_steps(const std::vector<Command>& opening);
    Ended begin(const std::vector<Command>& opening, std::vector<Step>& steps);
    Ended run_step(const Step& step, bool is_last);
    Ended run_bare(const Step& step, bool is_last);
    Ended finish_step(TransactionEnd end, const Step& step,
                      std::vector<ledger::StatementResult> results);
    Ended mark_bare(const Step& step, const Reply& reply, bool is_last);
    Ended ended(TransactionEnd& end);
    AttemptOutcome stopped(BareStatement& statement, AttemptFailed failure);
    AttemptOutcome half_done(const Reply& reply, std::uint32_t index) const;
    AttemptOutcome failed(AttemptFailed failure);
    AttemptOutcome cancelled(std::vector<std::string> begun = {});
    void release_fence();

    // A client that is gone without a word would hold the fence for ever. Between two steps ours
    // is only kept waiting by the ledger's sync.
    [[nodiscard]] bool has_idle_session_timeout() const {
        return scene_.connection.server_version() >= 140000;
    }
    void send_idle_session_timeout(const char* value) {
        if (!has_idle_session_timeout()) return;
        dialogue_.send(
            {"SELECT pg_catalog.set_config('idle_session_timeout', $1, false)", {value}});
        dialogue_.sync();
    }

    [[nodiscard]] Command take_fence() const {
        return {"SELECT pg_catalog.pg_try_advisory_lock(" +
                    fence_literal(scene_.order.marker.attempt) + ")",
                {}};
    }

    AttemptScene& scene_;
    Dialogue& dialogue_;
    std::uint32_t done_;
    std::vector<ledger::StatementResult> results_;
    std::vector<std::string> commit_notices_;
    std::vector<std::string> notes_;
    Stopwatch stopwatch_;
};

AttemptOutcome StepwiseAttempt::failed(AttemptFailed failure) {
    failure.elapsed_us = stopwatch_.elapsed_us();
    failure.statements_done = done_;
    failure.needs_no_transaction = false;
    return failure;
}

AttemptOutcome StepwiseAttempt::cancelled(std::vector<std::string> begun) {
    return commands::AttemptCancelled{dialogue_.signal().value_or(""), stopwatch_.elapsed_us(),
                                      done_, std::move(begun)};
}

Ended StepwiseAttempt::ended(TransactionEnd& end) {
    switch (end.kind) {
        case TransactionEnd::Kind::open:  // never: it was not asked to stay open
        case TransactionEnd::Kind::committed:
            return std::nullopt;
        case TransactionEnd::Kind::failed:
            return failed(std::move(end.failure));
        case TransactionEnd::Kind::cancelled:
            return cancelled();
        case TransactionEnd::Kind::in_doubt:
            break;
    }
    return commands::AttemptInDoubt{end.failure.message, stopwatch_.elapsed_us()};
}

AttemptOutcome StepwiseAttempt::run_steps(const std::vector<Command>& opening) {
    auto steps = steps_of(*scene_.order.script);
    if (!steps)
        return failed(failure_of(FailureCause::refused, steps.error().detail, steps.error().help));
    if (auto end = begin(opening, *steps)) return *std::move(end);
    for (const auto& step : *steps) {
        if (step.first_index < done_) continue;
        if (dialogue_.is_cancelled()) return cancelled();
        if (auto end = run_step(step, &step == &steps->back())) return *std::move(end);
    }
    return commands::AttemptSucceeded{std::move(results_), stopwatch_.elapsed_us(),
                                      std::move(commit_notices_), std::move(notes_)};
}

// The fence is obtained before the marker is written: a marker that came later, from a buffer of
// a dead client, would contradict what was settled.
Ended StepwiseAttempt::begin(const std::vector<Command>& opening, std::vector<Step>& steps) {
    const auto first = scene_.order.first_statement_index;
    const auto cuts = [&](const Step& step) {
        return step.first_index < first && first < step.end_index;
    };
    if (std::any_of(steps.begin(), steps.end(), cuts))
        return failed(failure_of(FailureCause::refused,
                                 "an attempt cannot be resumed inside a transaction of the file",
                                 "compare the marker with the file"));
    for (const auto& command : opening) {
        dialogue_.send(command);
        dialogue_.sync();
    }
    send_idle_session_timeout("20s");
    dialogue_.send(take_fence());
    dialogue_.sync();
    for (std::size_t count = has_idle_session_timeout() ? 0 : 1; count <= opening.size(); ++count)
        static_cast<void>(dialogue_.receive());
    const auto reply = dialogue_.receive();
    if (reply.kind == Reply::Kind::lost)
        return failed(failure_of(scene_, FailureCause::connection_lost, reply.error, std::nullopt));
    if (reply.row.empty() || reply.row[0] != "t")
        return failed(failure_of(FailureCause::refused,
                                 "another session still holds the fence of this attempt",
                                 "wait until its backend has ended, then run varve recover"));
    ledger::fail_point("attempt-fenced");
    if (const auto ready = scene_.observer.before_effect(); !ready)
        return failed(failure_of(FailureCause::refused, ready.error().detail, ready.error().help));

    TransactionOrder marker;
    marker.marker = scene_.markers.insert_to_update(scene_.order.marker, first, lock_token(scene_));
    if (steps.empty() && scene_.order.verify) marker.verify = scene_.order.verify.get();
    auto end = run_transaction(scene_, marker);
    if (auto outcome = ended(end)) return outcome;
    ledger::fail_point("attempt-marked");
    if (auto failure = replay_settings(dialogue_, *scene_.order.script, first))
        return failed(*std::move(failure));
    return std::nullopt;
}

Ended StepwiseAttempt::run_step(const Step& step, bool is_last) {
    if (step.is_bare) return run_bare(step, is_last);
    TransactionOrder transaction;
    transaction.step = step;
    transaction.opening = {take_fence()};
    transaction.marker =
        scene_.markers.update(scene_.order.marker.attempt, step.end_index, 0, lock_token(scene_));
    if (is_last && scene_.order.verify) transaction.verify = scene_.order.verify.get();
    auto end = run_transaction(scene_, transaction);
    const bool is_single = !step.begin_index && step.body.size() == 1;
    if (end.kind == TransactionEnd::Kind::failed && end.failure.needs_no_transaction && is_single &&
        end.failure.statement_index)
        return run_bare(step, is_last);
    auto results = std::move(end.results);
    return finish_step(std::move(end), step, std::move(results));
}

Ended StepwiseAttempt::finish_step(TransactionEnd end, const Step& step,
                                   std::vector<ledger::StatementResult> results) {
    if (auto outcome = ended(end)) return outcome;
    ledger::fail_point("step-committed");
    done_ = step.end_index;
    std::move(end.commit_notices.begin(), end.commit_notices.end(),
              std::back_inserter(commit_notices_));
    const auto count = static_cast<std::uint32_t>(scene_.order.script->statements.size());
    for (auto& result : results) {
        results_.push_back(std::move(result));
        const auto told = scene_.observer.statement_succeeded(results_.back(), count);
        if (!told)
            return failed(
                failure_of(FailureCause::refused, told.error().detail, told.error().help));
    }
    return std::nullopt;
}

Ended StepwiseAttempt::run_bare(const Step& step, bool is_last) {
    const auto index = step.body.front();
    if (scene_.lock != nullptr && scene_.lock->has_ended())
        return failed(failure_of(FailureCause::connection_lost,
                                 "the session that holds the run lock has ended",
                                 "run the same command again"));
    BareStatement statement{scene_, index};
    const bool may_be_a_retry = step.first_index == scene_.order.first_statement_index;
    if (auto failure = statement.prepare(take_fence(), may_be_a_retry))
        return stopped(statement, *std::move(failure));
    ledger::fail_point("before-bare-statement");
    auto reply = dialogue_.send_alone(statement.text());
    ledger::fail_point("bare-statement-answered");
    if (reply.kind == Reply::Kind::lost && reply.error.sqlstate != copy_sqlstate)
        return commands::AttemptInDoubt{
            "the connection ended during a statement that runs outside any transaction: " +
                reply.error.message,
            stopwatch_.elapsed_us()};
    if (reply.kind != Reply::Kind::succeeded) {
        if (statement.has_committed_inside()) return half_done(reply, index);
        statement.finish();
        if (may_be_a_retry && statement.is_over()) {
            const auto finished = BareStatement::finished_by_hand(reply);
            notes_.push_back(finished.notices.front());
            return mark_bare(step, finished, is_last);
        }
        const auto cause = is_lock_timeout(reply.error) ? FailureCause::lock_timeout
                                                        : FailureCause::statement_error;
        auto failure = failure_of(scene_, cause, reply.error, index);
        if (const auto left = statement.left_behind())
            failure.hint = failure.hint ? *failure.hint + "\n" + *left : *left;
        return stopped(statement, std::move(failure));
    }
    statement.finish();
    if (auto failure = statement.check()) return failed(*std::move(failure));
    for (const std::string& left : statement.stays()) {
        reply.notices.push_back(left);
        notes_.push_back(left);
    }
    ledger::fail_point("before-bare-marked");
    return mark_bare(step, reply, is_last);
}

// By whoever wanted it, or by what is in its way: either says what is half done by now.
AttemptOutcome StepwiseAttempt::stopped(BareStatement& statement, AttemptFailed failure) {
    auto begun = statement.begun();
    if (dialogue_.signal() && !dialogue_.is_lost()) return cancelled(std::move(begun));
    failure.begun = std::move(begun);
    return failed(std::move(failure));
}

// Neither a failure after which all may be begun again nor one after which it goes on behind it.
AttemptOutcome StepwiseAttempt::half_done(const Reply& reply, std::uint32_t index) const {
    return commands::AttemptInDoubt{
        "statement " + std::to_string(index + 1) + " (line " +
            std::to_string(scene_.order.script->statements[index].line) +
            ") may have committed part of its work before it was ended: " + reply.error.message +
            (reply.error.sqlstate.empty() ? "" : " (SQLSTATE " + reply.error.sqlstate + ")"),
        stopwatch_.elapsed_us(), true};
}

Ended StepwiseAttempt::mark_bare(const Step& step, const Reply& reply, bool is_last) {
    // What has happened is marked even where the run lock is lost by now: under the fence, before
    // which nobody else judges this attempt.
    TransactionOrder transaction;
    transaction.opening = {take_fence()};
    transaction.marker = scene_.markers.update(scene_.order.marker.attempt, step.end_index,
                                               reply.elapsed_us, std::nullopt);
    transaction.is_uncancellable = true;
    if (is_last && scene_.order.verify) transaction.verify = scene_.order.verify.get();
    auto end = run_transaction(scene_, transaction);
    const bool is_verified = transaction.verify != nullptr;
    if (end.kind == TransactionEnd::Kind::failed && (dialogue_.is_lost() || !is_verified))
        return commands::AttemptInDoubt{
            "a statement that runs outside any transaction has succeeded, and is not marked: " +
                end.failure.message,
            stopwatch_.elapsed_us()};
    std::vector<ledger::StatementResult> results{
        statement_result(scene_, step.body.front(), reply)};
    return finish_step(std::move(end), step, std::move(results));
}

void StepwiseAttempt::release_fence() {
    dialogue_.shield();
    send_idle_session_timeout("0");
    dialogue_.send({"SELECT pg_catalog.pg_advisory_unlock_all()", {}});
    dialogue_.sync();
    dialogue_.drain();
    dialogue_.unshield();
}

}  // namespace

AttemptOutcome run_stepwise(AttemptScene& scene, const std::vector<Command>& opening) {
    return StepwiseAttempt{scene}.run(opening);
}

std::optional<AttemptFailed> replay_settings(Dialogue& dialogue, const migrations::Script& script,
                                             std::uint32_t index) {
    std::vector<std::uint32_t> settings;
    for (std::uint32_t each = 0; each < index && each < script.statements.size(); ++each) {
        if (script.statements[each].discards_all) settings.clear();
        if (script.statements[each].session_setting) settings.push_back(each);
    }
    for (const auto each : settings) {
        dialogue.send({statement_text(script, each), {}});
        dialogue.sync();
        const auto reply = dialogue.receive();
        dialogue.drain();
        if (reply.kind == Reply::Kind::succeeded) continue;
        AttemptFailed failure;
        failure.cause = reply.kind == Reply::Kind::lost ? FailureCause::connection_lost
                                                        : FailureCause::statement_error;
        if (!reply.error.sqlstate.empty()) failure.sqlstate = reply.error.sqlstate;
        failure.message = "setting the session as the file had it: " + reply.error.message;
        failure.statement_index = each;
        failure.line = script.statements[each].line;
        return failure;
    }
    return std::nullopt;
}

}  // namespace adapters::postgres
