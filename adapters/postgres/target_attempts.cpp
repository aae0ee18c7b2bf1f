#include "adapters/postgres/attempt.hpp"
#include "adapters/postgres/blockers.hpp"
#include "adapters/postgres/joint_attempts.hpp"
#include "adapters/postgres/target.hpp"
#include "migrations/sql/session_defaults.hpp"

#include <algorithm>
#include <utility>

namespace adapters::postgres {

namespace {

constexpr std::uint64_t last_word_us = 500'000;

}  // namespace

// An answer is worth nothing to an attempt that cannot be committed any more; and where the run
// lock's session hears nothing, the other one will not either. But a server that ends both may say
// why, so it is given a moment.
std::optional<std::string> Target::lost_lock(bool is_decisive) {
    if (!lock_ || !lock_->has_ended()) return std::nullopt;
    if (lock_->is_silent()) return "the server does not answer any more";
    if (is_decisive) return std::nullopt;
    if (!since_lost_) since_lost_ = Stopwatch{};
    if (since_lost_->elapsed_us() < last_word_us) return std::nullopt;
    return "the session that holds the run lock has ended";
}

// Event triggers would run somebody's code in every script, whatever it does itself, and a trigger
// on the marker table may keep the marker out. Looked for where fence and marker are to be
// prepared: after any script that may have made one.
bool Target::only_defines(const commands::AttemptOrder& order) {
    if (!postgres::only_defines(order, markers_)) return false;
    if (is_prepared_ && (!work_is_used_ || only_defined_)) return !has_code_beside_;
    const auto answer = work_->query(markers_.code_beside());
    has_code_beside_ = !answer || answer->first().at(0) != "0";
    return !has_code_beside_;
}

// The server makes the session like a fresh one while its client keeps what has happened; the
// replies are taken by whoever uses it next.
void Target::begin_cleaning() {
    cleaning_ = std::make_unique<Dialogue>(*work_);
    cleaning_->tell_beside(
        [this](const Awaited& awaited) { return lost_lock(awaited.is_decisive); }, {});
    since_lost_.reset();
    for (const auto& command : sessions_.cleaning(true))
        cleaning_->send(command, Dialogue::Haste::with_the_next);
    cleaning_->sync();
    cleaning_->flush();
}

void Target::finish_cleaning() {
    if (!cleaning_) return;
    is_cleaned_ = true;
    for (std::size_t count = sessions_.cleaning(true).size(); count > 0; --count)
        if (cleaning_->receive().kind != Reply::Kind::succeeded) is_cleaned_ = false;
    cleaning_->drain();
    cleaning_.reset();
    if (!is_cleaned_) work_.reset();
}

// The session like a fresh one; with the fence and the marker prepared where the attempt leaves
// them alone.
std::vector<Command> Target::make_ready(bool only_defines) {
    const bool keeps_prepared = only_defined_ && only_defines;
    std::vector<Command> commands;
    const bool is_cleaned = std::exchange(is_cleaned_, false) && keeps_prepared;
    if (std::exchange(work_is_used_, true) && !is_cleaned) {
        commands = sessions_.cleaning(keeps_prepared);
        is_prepared_ = is_prepared_ && keeps_prepared;
    }
    only_defined_ = only_defines;
    if (!only_defines || std::exchange(is_prepared_, true)) return commands;
    for (auto& command : markers_.preparations(lock_ ? lock_->token() : std::nullopt))
        commands.push_back(std::move(command));
    return commands;
}

std::optional<commands::AttemptFailed> Target::not_ready() {
    markers_ahead_.reset();
    if (const auto opened = open_work(); !opened)
        return failure_of(ledger::FailureCause::connection_lost, opened.error().detail,
                          opened.error().help);
    if (lock_ && lock_->has_ended())
        return failure_of(ledger::FailureCause::connection_lost,
                          "the session that holds the run lock has ended",
                          "run the same command again");
    if (const auto found = markers_.find(*work_); !found)
        return failure_of(ledger::FailureCause::marker_error, found.error().detail,
                          found.error().help);
    return std::nullopt;
}

template <class Converse>
auto Target::converse(commands::AttemptObserver& observer, const Converse& with) {
    Blockers blockers{sessions_, work_pid_, lock_timeout_ms_};
    auto dialogue = std::make_unique<Dialogue>(*work_, observer);
    const auto beside = [&](const Awaited& awaited) {
        blockers.advance(awaited);
        return blockers.lost() ? blockers.lost() : lost_lock(awaited.is_decisive);
    };
    dialogue->tell_beside(beside, [&] { return blockers.awaited(); });
    since_lost_.reset();
    auto outcome = with(*dialogue, blockers);
    // A cancel request that came too late must not meet the next statement.
    const bool is_used_up = dialogue->is_lost() || dialogue->signal();
    dialogue.reset();
    if (is_used_up) work_.reset();
    return outcome;
}

commands::AttemptOutcome Target::execute(const commands::AttemptOrder& order,
                                         commands::AttemptObserver& observer) {
    if (auto failure = not_ready()) return *std::move(failure);
    const bool defines = only_defines(order);
    const auto opening = make_ready(defines);
    auto outcome = converse(observer, [&](Dialogue& dialogue, Blockers& blockers) {
        AttemptScene scene{*work_,   dialogue,    order,     observer,
                           markers_, lock_.get(), &blockers, defines};
        return order.transactional ? run_in_one_transaction(scene, opening)
                                   : run_stepwise(scene, opening);
    });
    if (!std::holds_alternative<commands::AttemptSucceeded>(outcome)) only_defined_ = false;
    if (only_defined_ && work_) begin_cleaning();
    has_old_defaults_ = migrations::sql::sets_session_defaults(*order.script);
    return outcome;
}

commands::TogetherOutcome Target::execute_together(
    const std::vector<commands::AttemptOrder>& orders, commands::AttemptObserver& observer) {
    if (auto failure = not_ready()) return {{}, 0, *std::move(failure)};
    const auto opening = make_ready(false);
    has_old_defaults_ = std::any_of(orders.begin(), orders.end(), [](const auto& order) {
        return migrations::sql::sets_session_defaults(*order.script);
    });
    return converse(observer, [&](Dialogue& dialogue, Blockers& blockers) {
        const JointScene scene{*work_, dialogue, observer, markers_, lock_.get(), &blockers};
        return run_in_joint_transaction(scene, orders, opening, sessions_.cleaning_within());
    });
}

}  // namespace adapters::postgres
