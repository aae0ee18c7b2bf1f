#include "adapters/postgres/joint_attempts.hpp"

#include "adapters/postgres/stopwatch.hpp"

#include <utility>

namespace adapters::postgres {

namespace {

using ledger::FailureCause;

commands::TogetherOutcome ended_at(std::size_t place, commands::AttemptOutcome end) {
    return {{}, place, std::move(end)};
}

ledger::Result<std::vector<Step>> steps_of(const std::vector<commands::AttemptOrder>& orders,
                                           std::size_t& place) {
    std::vector<Step> steps;
    for (place = 0; place < orders.size(); ++place) {
        auto step = one_step(orders[place].script);
        if (!step) return ledger::fail(step.error());
        step->begin_index.reset();
        step->closing_index.reset();
        steps.push_back(*std::move(step));
    }
    return steps;
}

// The failure, cancellation or doubt that a part has brought about.
commands::AttemptOutcome outcome_of(const JointScene& scene, TransactionEnd& end,
                                    std::uint64_t elapsed_us) {
    if (end.kind == TransactionEnd::Kind::cancelled)
        return commands::AttemptCancelled{scene.dialogue.signal().value_or(""), elapsed_us, 0};
    if (end.kind == TransactionEnd::Kind::in_doubt)
        return commands::AttemptInDoubt{end.failure.message, elapsed_us};
    end.failure.elapsed_us = elapsed_us;
    return std::move(end.failure);
}

}  // namespace

commands::TogetherOutcome run_in_joint_transaction(
    const JointScene& scene, const std::vector<commands::AttemptOrder>& orders,
    const std::vector<Command>& opening, const std::vector<Command>& between) {
    std::size_t place = 0;
    const auto steps = steps_of(orders, place);
    if (!steps)
        return ended_at(
            place, failure_of(FailureCause::refused, steps.error().detail, steps.error().help));
    commands::TogetherOutcome outcome;
    for (place = 0; place < orders.size(); ++place) {
        const Stopwatch stopwatch;
        scene.observer.attempt_begins(place);
        const commands::AttemptOrder& order = orders[place];
        AttemptScene part{scene.connection, scene.dialogue, order,         scene.observer,
                          scene.markers,    scene.lock,     scene.blockers};
        TransactionOrder transaction;
        transaction.step = (*steps)[place];
        transaction.opening = place == 0 ? opening : between;
        transaction.marker =
            scene.markers.insert(order.marker, order.marker.statements_total, lock_token(part));
        transaction.verify = order.verify ? &*order.verify : nullptr;
        transaction.is_whole_attempt = true;
        transaction.continues = place > 0;
        transaction.stays_open = place + 1 < orders.size();
        transaction.fence = orders.front().marker.attempt;
        auto end = run_transaction(part, transaction);
        if (end.kind != TransactionEnd::Kind::open && end.kind != TransactionEnd::Kind::committed)
            return ended_at(place, outcome_of(scene, end, stopwatch.elapsed_us()));
        outcome.succeeded.push_back({std::move(end.results), stopwatch.elapsed_us()});
    }
    outcome.reached = orders.size();
    outcome.end = commands::AttemptSucceeded{};
    return outcome;
}

}  // namespace adapters::postgres
