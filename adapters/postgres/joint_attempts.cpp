#include "adapters/postgres/joint_attempts.hpp"

#include "adapters/postgres/attempt.hpp"
#include "adapters/postgres/stopwatch.hpp"

#include <utility>
#include <variant>

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
        auto step = one_step(*orders[place].script);
        if (!step) return ledger::fail(step.error());
        step->begin_index.reset();
        step->closing_index.reset();
        steps.push_back(*std::move(step));
    }
    return steps;
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
        auto transaction = whole_attempt(part, (*steps)[place], place == 0 ? opening : between);
        transaction.continues = place > 0;
        transaction.stays_open = place + 1 < orders.size();
        transaction.fence = orders.front().marker.attempt;
        auto end = run_transaction(part, transaction);
        auto ended = outcome_of(scene.dialogue, std::move(end), stopwatch.elapsed_us());
        auto* success = std::get_if<commands::AttemptSucceeded>(&ended);
        if (success == nullptr) return ended_at(place, std::move(ended));
        outcome.succeeded.push_back(std::move(*success));
    }
    outcome.reached = orders.size();
    outcome.end = commands::AttemptSucceeded{};
    return outcome;
}

}  // namespace adapters::postgres
