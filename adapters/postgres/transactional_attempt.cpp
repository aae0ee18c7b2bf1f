#include "adapters/postgres/attempt.hpp"

#include <algorithm>
#include <utility>

namespace adapters::postgres {

TransactionOrder whole_attempt(const AttemptScene& scene, const Step& step,
                               const std::vector<Command>& opening) {
    const auto& order = scene.order;
    TransactionOrder transaction;
    transaction.step = step;
    transaction.opening = opening;
    if (!scene.only_defines)
        transaction.marker =
            scene.markers.insert(order.marker, order.marker.statements_total, lock_token(scene));
    transaction.verify = order.verify.get();
    transaction.is_whole_attempt = true;
    return transaction;
}

commands::AttemptOutcome outcome_of(const Dialogue& dialogue, TransactionEnd end,
                                    std::uint64_t elapsed_us) {
    switch (end.kind) {
        case TransactionEnd::Kind::open:
        case TransactionEnd::Kind::committed:
            return commands::AttemptSucceeded{std::move(end.results), elapsed_us,
                                              std::move(end.commit_notices)};
        case TransactionEnd::Kind::cancelled:
            return commands::AttemptCancelled{dialogue.signal().value_or(""), elapsed_us, 0};
        case TransactionEnd::Kind::in_doubt:
            return commands::AttemptInDoubt{end.failure.message, elapsed_us};
        case TransactionEnd::Kind::failed:
            break;
    }
    end.failure.elapsed_us = elapsed_us;
    return std::move(end.failure);
}

commands::AttemptOutcome run_in_one_transaction(AttemptScene& scene,
                                                const std::vector<Command>& opening) {
    const Stopwatch stopwatch = scene.since_begun;
    const auto step = one_step(*scene.order.script);
    if (!step)
        return failure_of(ledger::FailureCause::refused, step.error().detail, step.error().help);
    auto end = run_transaction(scene, whole_attempt(scene, *step, opening));
    return outcome_of(scene.dialogue, std::move(end), stopwatch.elapsed_us());
}

bool only_defines(const commands::AttemptOrder& order, const MarkerTable& markers) {
    const auto& statements = order.script->statements;
    const auto is_harmless = [&](const migrations::Statement& statement) {
        const bool is_outer = &statement == &statements.front() || &statement == &statements.back();
        return statement.only_defines ||
               (is_outer && (statement.control == migrations::Control::begin ||
                             statement.control == migrations::Control::commit));
    };
    return order.transactional && !order.verify && !statements.empty() &&
           std::all_of(statements.begin(), statements.end(), is_harmless) &&
           !markers.is_named_in(order.script->text);
}

}  // namespace adapters::postgres
