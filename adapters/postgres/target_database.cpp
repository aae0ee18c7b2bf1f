#include "adapters/postgres/target_database.hpp"

#include "adapters/postgres/attempt.hpp"
#include "adapters/postgres/begun_work.hpp"
#include "adapters/postgres/blockers.hpp"
#include "adapters/postgres/catalog_verdict.hpp"
#include "adapters/postgres/concurrent_index.hpp"
#include "adapters/postgres/creation_rights.hpp"
#include "adapters/postgres/joint_attempts.hpp"
#include "adapters/postgres/marker_reading.hpp"
#include "adapters/postgres/marker_table.hpp"
#include "adapters/postgres/marker_writing.hpp"
#include "adapters/postgres/no_further_session.hpp"
#include "adapters/postgres/opening_lock.hpp"
#include "adapters/postgres/run_lock.hpp"
#include "adapters/postgres/sessions.hpp"
#include "adapters/postgres/stopwatch.hpp"
#include "adapters/postgres/witness_rows.hpp"
#include "commands/known_checkpoint.hpp"
#include "migrations/sql/session_defaults.hpp"

#include <algorithm>
#include <chrono>
#include <future>
#include <thread>
#include <utility>

namespace adapters::postgres {

namespace {

using ledger::Result;

constexpr std::uint64_t last_word_us = 500'000;

class Target final : public commands::TargetDatabase, public commands::CheckpointHolder {
public:
    Target(Sessions sessions, Sessions::Opened work, TimedFacts facts,
           const commands::SessionSettings& settings, std::shared_ptr<LeftSession> left)
        : sessions_{std::move(sessions)},
          work_{std::move(work.connection)},
          work_pid_{work.backend_pid},
          lock_timeout_ms_{settings.lock_timeout_ms},
          marker_schema_{settings.marker_schema},
          facts_{std::move(facts)},
          markers_{settings.marker_schema, static_cast<int>(facts_.version_number)},
          left_{std::move(left)} {}
    Target(const Target&) = delete;
    Target& operator=(const Target&) = delete;
    ~Target() override {
        if (has_old_defaults_) work_.reset();
        if (left_)
            left_->leave(std::move(work_), sessions_, work_is_used_, {facts_, has_markers_},
                         std::move(lock_));
    }

    void read_ahead();
    void read_ahead(OpeningLock opening);

    Result<commands::ServerFacts> facts() override { return facts_.now(); }
    Result<commands::LockOutcome> lock(std::chrono::milliseconds wait) override;
    Result<void> prepare_markers() override;
    Result<void> check_marker_rights(bool updates) override;
    Result<void> check_creation_rights() override;
    Result<std::vector<commands::Marker>> markers() override;
    Result<std::vector<commands::HeldCheckpoint>> held_checkpoints(
        const ledger::Uuid& ledger, std::uint32_t count_max) override;
    Result<std::optional<commands::Marker>> settled_marker(const ledger::Uuid& attempt,
                                                           std::chrono::milliseconds wait) override;
    Result<commands::CatalogVerdict> look_for(const migrations::Script& script,
                                              std::uint32_t statement_index,
                                              const commands::BeforeStatement& before) override;
    Result<std::vector<std::string>> begun(const migrations::Script& script,
                                           std::uint32_t statement_index,
                                           ledger::Direction direction,
                                           const commands::BeforeStatement& before) override;
    Result<std::vector<std::string>> invalid_indexes(const migrations::Script& script) override;
    Result<void> write_markers(const std::vector<commands::Marker>& markers) override;
    Result<void> record_done(const ledger::Uuid& attempt, std::uint32_t statements_done) override;
    commands::AttemptOutcome execute(const commands::AttemptOrder& order,
                                     commands::AttemptObserver& observer) override;
    commands::TogetherOutcome execute_together(const std::vector<commands::AttemptOrder>& orders,
                                               commands::AttemptObserver& observer) override;

private:
    std::optional<commands::AttemptFailed> not_ready();
    template <class Converse>
    auto converse(commands::AttemptObserver& observer, const Converse& with);
    std::optional<std::string> lost_lock(bool is_decisive);
    bool only_defines(const commands::AttemptOrder& order);
    std::vector<Command> make_ready(bool only_defines);
    Result<void> open_work();
    Result<Connection*> clean_work();

    Sessions sessions_;
    std::unique_ptr<Connection> work_;
    std::int64_t work_pid_{};
    std::uint64_t lock_timeout_ms_{};
    std::string marker_schema_;
    bool work_is_used_{};                  // a file has run in it, and may have left something
    bool has_old_defaults_{};              // a file has changed what sessions begin with
    bool only_defined_{};                  // by such files alone
    bool is_prepared_{};                   // fence and marker, in that session
    bool has_code_beside_{};               // as of then
    std::optional<Stopwatch> since_lost_;  // the run lock, seen while an attempt waited
    std::unique_ptr<RunLock> lock_;
    TimedFacts facts_;
    MarkerTable markers_;
    std::optional<std::vector<commands::Marker>> markers_ahead_;  // none that are older than lock_
    std::optional<bool> has_markers_;                             // when they were read last
    std::shared_ptr<LeftSession> left_;
};

Result<void> Target::open_work() {
    const bool is_anew = std::exchange(has_old_defaults_, false);
    if (work_ && !work_->has_ended() && !is_anew) return {};
    work_.reset();
    auto opened = is_anew ? sessions_.open_after_end() : sessions_.open(Sessions::Purpose::work);
    if (!opened) return ledger::fail(opened.error());
    work_ = std::move(opened->connection);
    work_pid_ = opened->backend_pid;
    work_is_used_ = false;
    is_prepared_ = false;
    return {};
}

Result<Connection*> Target::clean_work() {
    if (const auto opened = open_work(); !opened) return ledger::fail(opened.error());
    if (!std::exchange(work_is_used_, false)) return work_.get();
    is_prepared_ = false;
    for (const auto& command : sessions_.cleaning())
        if (const auto answer = work_->query(command); !answer) {
            const auto error = to_error(answer.error(), "making the session like a fresh one");
            work_.reset();
            return ledger::fail(error);
        }
    return work_.get();
}

Result<commands::LockOutcome> Target::lock(std::chrono::milliseconds wait) {
    // Nobody has kept its lease yet: after a long look at the files it may be over.
    if (!lock_ || lock_->has_ended()) {
        auto opened = open_lock(sessions_);
        if (!opened) return ledger::fail(no_further_session(opened.error()));
        lock_ = std::move(*opened);
        markers_ahead_.reset();
    }
    return lock_->obtain(wait);
}

Result<void> Target::prepare_markers() {
    markers_ahead_.reset();
    has_markers_.reset();
    const auto connection = clean_work();
    if (!connection) return ledger::fail(connection.error());
    return markers_.prepare(**connection);
}

Result<void> Target::check_marker_rights(bool updates) {
    const auto connection = clean_work();
    if (!connection) return ledger::fail(connection.error());
    return markers_.check_rights(**connection, updates);
}

Result<void> Target::check_creation_rights() {
    const auto connection = clean_work();
    if (!connection) return ledger::fail(connection.error());
    return may_create(**connection);
}

Result<std::vector<commands::Marker>> Target::markers() {
    const auto connection = clean_work();
    if (!connection) return ledger::fail(connection.error());
    auto ahead = std::exchange(markers_ahead_, std::nullopt);
    if (ahead && !(lock_ && lock_->has_ended())) return *std::move(ahead);
    auto read = read_markers(**connection, markers_);
    if (read) has_markers_ = !read->empty();
    return read;
}

// An error is met again, and told, by who asks.
void Target::read_ahead() {
    if (auto read = markers()) markers_ahead_ = *std::move(read);
}

// The lock was tried already, beside the first session. Where we have it, nobody but we changes the
// markers any more.
void Target::read_ahead(OpeningLock opening) {
    auto opened = opening.get();
    if (!opened || !*opened) return;
    lock_ = *std::move(opened);
    markers_ahead_.reset();
    if (lock_->is_obtained()) read_ahead();
}

// A table that is not there, not ours or not to be read says nothing: it is a witness, and no run
// depends on one. Where row security hides rows, those that are seen say what they say, and whoever
// gives it the next one is told.
Result<std::vector<commands::HeldCheckpoint>> Target::held_checkpoints(const ledger::Uuid& ledger,
                                                                       std::uint32_t count_max) {
    const auto connection = clean_work();
    if (!connection) return ledger::fail(connection.error());
    auto answer = (*connection)->query(select_held(marker_schema_, ledger, count_max));
    std::vector<commands::HeldCheckpoint> all;
    if (!answer && answer.error().connection_ended)
        return ledger::fail(to_error(answer.error(), "reading the checkpoints"));
    if (!answer) return all;
    for (const auto& row : held_rows(*std::move(answer)).rows)
        if (auto held = held_of(row)) all.push_back(*std::move(held));
    return all;
}

Result<std::optional<commands::Marker>> Target::settled_marker(const ledger::Uuid& attempt,
                                                               std::chrono::milliseconds wait) {
    markers_ahead_.reset();  // it may be committed only now
    const auto connection = clean_work();
    if (!connection) return ledger::fail(connection.error());
    return read_settled_marker(**connection, markers_, attempt, wait);
}

Result<commands::CatalogVerdict> Target::look_for(const migrations::Script& script,
                                                  std::uint32_t statement_index,
                                                  const commands::BeforeStatement& before) {
    const auto connection = clean_work();
    if (!connection) return ledger::fail(connection.error());
    work_is_used_ = true;
    return verdict_of(**connection, markers_, script, statement_index, before);
}

Result<std::vector<std::string>> Target::begun(const migrations::Script& script,
                                               std::uint32_t statement_index,
                                               ledger::Direction direction,
                                               const commands::BeforeStatement& before) {
    const auto connection = clean_work();
    if (!connection) return ledger::fail(connection.error());
    work_is_used_ = true;
    return begun_work(**connection, script, statement_index, direction, before);
}

Result<std::vector<std::string>> Target::invalid_indexes(const migrations::Script& script) {
    const auto connection = clean_work();
    if (!connection) return ledger::fail(connection.error());
    return invalid_indexes_of([&](const Command& command) { return (*connection)->query(command); },
                              script);
}

Result<void> Target::write_markers(const std::vector<commands::Marker>& markers) {
    markers_ahead_.reset();
    const auto connection = clean_work();
    if (!connection) return ledger::fail(connection.error());
    auto written = postgres::write_markers(**connection, markers_, markers);
    if (!written) work_.reset();
    return written;
}

Result<void> Target::record_done(const ledger::Uuid& attempt, std::uint32_t statements_done) {
    markers_ahead_.reset();
    const auto connection = clean_work();
    if (!connection) return ledger::fail(connection.error());
    return correct_marker(**connection, markers_, attempt, statements_done);
}

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

// The session like a fresh one; with the fence and the marker prepared where the attempt leaves
// them alone.
std::vector<Command> Target::make_ready(bool only_defines) {
    const bool keeps_prepared = only_defined_ && only_defines;
    std::vector<Command> commands;
    if (std::exchange(work_is_used_, true)) {
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

}  // namespace

Result<std::unique_ptr<commands::TargetDatabase>> connect(
    const commands::SessionSettings& settings, const std::shared_future<LockSession>& lock_session,
    std::shared_ptr<LeftSession> left) {
    auto string = parse_connection_string(settings.url);
    if (!string) return ledger::fail(string.error());
    Sessions sessions{*std::move(string), settings};
    OpeningLock beside;
    // A pooler may have no second session to give while it is looked at whether it keeps them.
    if (!settings.pooler_is_session) beside = open_lock_beside(sessions, lock_session);
    TimedFacts facts;
    auto work = sessions.open_first(facts);
    if (!work && beside.valid())
        if (const auto lock = beside.get(); lock && *lock)
            return ledger::fail(no_further_session(work.error()));
    if (!work) return ledger::fail(work.error());
    auto target = std::make_unique<Target>(std::move(sessions), *std::move(work), std::move(facts),
                                           settings, std::move(left));
    if (!beside.valid()) return target;
    if (!is_told(lock_session)) target->read_ahead();
    target->read_ahead(std::move(beside));
    return target;
}

Result<std::unique_ptr<commands::TargetDatabase>> connect(const commands::SessionSettings& settings,
                                                          LockSession lock_session,
                                                          std::shared_ptr<LeftSession> left) {
    std::promise<LockSession> told;
    told.set_value(lock_session);
    return connect(settings, told.get_future().share(), std::move(left));
}

}  // namespace adapters::postgres
