#include "adapters/postgres/attempt.hpp"
#include "adapters/postgres/blockers.hpp"
#include "adapters/postgres/joint_attempts.hpp"
#include "adapters/postgres/target.hpp"
#include "adapters/postgres/transaction_sending.hpp"
#include "migrations/sql/session_defaults.hpp"

#include <algorithm>
#include <utility>

namespace adapters::postgres {

namespace {

constexpr std::uint64_t last_word_us = 500'000;
constexpr std::size_t ahead_bytes_max = 16 * 1024;
constexpr std::uint64_t away_us_max = 250'000;
constexpr std::uint64_t abandoning_us_max = 5'000'000;

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

std::vector<Command> Target::make_ready(bool only_defines) {
    return work_.make_ready(only_defines, lock_ ? lock_->token() : std::nullopt);
}

std::optional<commands::AttemptFailed> Target::not_ready() {
    markers_ahead_.reset();
    abandon_ahead();
    if (const auto opened = work_.open(); !opened)
        return failure_of(ledger::FailureCause::connection_lost, opened.error().detail,
                          opened.error().help);
    if (lock_ && lock_->has_ended())
        return failure_of(ledger::FailureCause::connection_lost,
                          "the session that holds the run lock has ended",
                          "run the same command again");
    if (const auto found = markers_.find(work_.connection()); !found)
        return failure_of(ledger::FailureCause::marker_error, found.error().detail,
                          found.error().help);
    return std::nullopt;
}

template <class Converse>
auto Target::converse(std::unique_ptr<Dialogue> dialogue, const Converse& with) {
    Blockers blockers{sessions_, work_.backend_pid(), lock_timeout_ms_};
    const auto beside = [&](const Awaited& awaited) {
        blockers.advance(awaited);
        return blockers.lost() ? blockers.lost() : lost_lock(awaited.is_decisive);
    };
    dialogue->tell_beside(beside, [&] { return blockers.awaited(); });
    since_lost_.reset();
    auto outcome = with(*dialogue, blockers);
    // A cancel request that came too late must not meet the next statement.
    const bool is_used_up = dialogue->is_lost() || dialogue->signal();
    if (ahead_) keep_ahead(std::move(dialogue));
    if (ahead_ && is_used_up) abandon_ahead();
    dialogue.reset();
    if (is_used_up) work_.close();
    return outcome;
}

// Whoever was told by it so far may be gone before it is taken.
void Target::keep_ahead(std::unique_ptr<Dialogue> dialogue) {
    dialogue->tell(nullptr);
    dialogue->tell_beside({}, {});
    ahead_->dialogue = std::move(dialogue);
    ahead_->since_begun = Stopwatch{};
}

// Nothing where another one is executed, the run lock is lost, or its client was away for long: the
// server may have ended its transaction, and how long it took nobody has seen. It is abandoned
// then.
std::optional<Target::Ahead> Target::take_ahead(const commands::AttemptOrder& order) {
    const bool is_this = ahead_ && ahead_->order.marker.attempt == order.marker.attempt &&
                         ahead_->order.script == order.script &&
                         ahead_->since_begun.elapsed_us() < away_us_max;
    if (!is_this || (lock_ && lock_->has_ended())) return std::nullopt;
    return std::exchange(ahead_, std::nullopt);
}

// Nothing where this one does more than define, or the one that is expected: then something has to
// be asked between them. Of one statement, so that its time is its own; and it goes out whole: with
// its end the server is idle in a transaction, which it ends where its client does not come back.
std::optional<Target::Ahead> Target::take_expected(bool defines) {
    auto expected = std::exchange(expected_, std::nullopt);
    if (!expected || !defines || work_.has_old_defaults() ||
        !postgres::only_defines(*expected, markers_) || expected->script->statements.size() != 1 ||
        expected->script->text.size() > ahead_bytes_max)
        return std::nullopt;
    auto step = one_step(*expected->script);
    if (!step) return std::nullopt;
    return Ahead{*std::move(expected), *std::move(step)};
}

// Its statements fail where that COMMIT does (MarkerTable::fence_prepared): so it begins only where
// it would have.
bool Target::send_following(const AttemptScene& scene, Ahead& following) {
    AttemptScene next{scene.connection, scene.dialogue, following.order, scene.observer,
                      scene.markers,    scene.lock,     nullptr,         true};
    next.after = scene.order.marker.attempt;
    following.sent_count =
        send_ahead(next, whole_attempt(next, following.step, work_.make_ready_again()));
    return following.sent_count > 0;
}

// Where the server does not answer, it ends the transaction itself.
void Target::abandon_ahead() {
    auto ahead = std::exchange(ahead_, std::nullopt);
    if (!ahead) return;
    const Stopwatch stopwatch;
    ahead->dialogue->tell_beside(
        [&](const Awaited&) -> std::optional<std::string> {
            if (stopwatch.elapsed_us() < abandoning_us_max) return std::nullopt;
            return "the server does not answer";
        },
        {});
    undo_transaction(*ahead->dialogue);
    static_cast<void>(work_.connection().take_notices());
    const bool is_lost = ahead->dialogue->is_lost();
    ahead.reset();
    work_.note_undone();
    if (is_lost) work_.close();
}

Target::Made Target::make(const commands::AttemptOrder& order, commands::AttemptObserver& observer,
                          std::optional<Ahead> ahead) {
    if (!ahead)
        if (auto failure = not_ready()) return {*std::move(failure)};
    const bool defines = ahead || work_.only_defines(order);
    const auto opening = ahead ? work_.make_ready_again() : make_ready(defines);
    auto dialogue =
        ahead ? std::move(ahead->dialogue) : std::make_unique<Dialogue>(work_.connection());
    dialogue->tell(&observer);
    work_.note_defaults(migrations::sql::sets_session_defaults(*order.script));
    auto following = take_expected(defines);
    bool is_lost_ahead = false;
    auto outcome = converse(std::move(dialogue), [&](Dialogue& with, Blockers& blockers) {
        AttemptScene scene{work_.connection(), with,        order,     observer,
                           markers_,           lock_.get(), &blockers, defines};
        if (ahead) scene.sent_count = ahead->sent_count;
        if (ahead) scene.since_begun = ahead->since_begun;
        if (following) scene.send_following = [&] { return send_following(scene, *following); };
        auto made = order.transactional ? run_in_one_transaction(scene, opening)
                                        : run_stepwise(scene, opening);
        if (following && following->sent_count > 0 &&
            std::holds_alternative<commands::AttemptSucceeded>(made))
            ahead_ = std::move(following);
        is_lost_ahead = scene.is_lost_ahead;
        return made;
    });
    if (!std::holds_alternative<commands::AttemptSucceeded>(outcome)) work_.note_undone();
    return {std::move(outcome), is_lost_ahead};
}

bool Target::is_ended_ahead(const commands::AttemptOrder& order) {
    return ahead_ && ahead_->order.marker.attempt == order.marker.attempt && work_.has_ended();
}

// The server process may still be on its way out, with its fence and what it has locked; and where
// it was cut off, at work. Its COMMIT was never sent.
std::optional<commands::AttemptOutcome> Target::outlive_ahead(const commands::AttemptOrder& order) {
    ahead_.reset();
    work_.close();
    if (auto failure = not_ready()) return *std::move(failure);
    constexpr std::chrono::milliseconds ending_max{5'000};
    const auto marker = settled_marker(order.marker.attempt, ending_max);
    if (!marker)
        return failure_of(ledger::FailureCause::connection_lost, marker.error().detail,
                          marker.error().help);
    if (*marker) return commands::AttemptInDoubt{"a marker of the attempt is there already", 0};
    return std::nullopt;
}

// Another attempt finds the session ended before it begins, and has one opened: so has this one,
// once, where it was lost before anything came of it.
commands::AttemptOutcome Target::execute(const commands::AttemptOrder& order,
                                         commands::AttemptObserver& observer) {
    if (!is_ended_ahead(order)) {
        auto made = make(order, observer, take_ahead(order));
        if (!made.is_lost_ahead) return std::move(made.outcome);
    }
    if (auto outcome = outlive_ahead(order)) return *std::move(outcome);
    return make(order, observer, std::nullopt).outcome;
}

commands::TogetherOutcome Target::execute_together(
    const std::vector<commands::AttemptOrder>& orders, commands::AttemptObserver& observer) {
    if (auto failure = not_ready()) return {{}, 0, *std::move(failure)};
    const auto opening = make_ready(false);
    work_.note_defaults(std::any_of(orders.begin(), orders.end(), [](const auto& order) {
        return migrations::sql::sets_session_defaults(*order.script);
    }));
    return converse(std::make_unique<Dialogue>(work_.connection(), observer),
                    [&](Dialogue& dialogue, Blockers& blockers) {
                        const JointScene scene{work_.connection(), dialogue,    observer,
                                               markers_,           lock_.get(), &blockers};
                        return run_in_joint_transaction(scene, orders, opening,
                                                        sessions_.cleaning_within());
                    });
}

}  // namespace adapters::postgres
