// adapters/postgres/target.hpp: the port commands::TargetDatabase, on the sessions that it needs.
//
// Shape    target.cpp asks and reads, target_attempts.cpp makes attempts; target_database.hpp opens
//          it. What is read ahead is read while its user does other things, and given once.
#pragma once

#include "adapters/postgres/attempt.hpp"
#include "adapters/postgres/dialogue.hpp"
#include "adapters/postgres/left_session.hpp"
#include "adapters/postgres/marker_table.hpp"
#include "adapters/postgres/opening_lock.hpp"
#include "adapters/postgres/run_lock.hpp"
#include "adapters/postgres/sessions.hpp"
#include "adapters/postgres/stopwatch.hpp"
#include "adapters/postgres/working_session.hpp"
#include "commands/known_checkpoint.hpp"
#include "commands/ports.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace adapters::postgres {

class Target final : public commands::TargetDatabase, public commands::CheckpointHolder {
public:
    Target(Sessions sessions, Sessions::Opened work, TimedFacts facts,
           const commands::SessionSettings& settings, std::shared_ptr<LeftSession> left)
        : sessions_{std::move(sessions)},
          lock_timeout_ms_{settings.lock_timeout_ms},
          marker_schema_{settings.marker_schema},
          facts_{std::move(facts)},
          markers_{settings.marker_schema, static_cast<int>(facts_.version_number)},
          work_{sessions_, markers_, std::move(work)},
          left_{std::move(left)} {}
    Target(const Target&) = delete;
    Target& operator=(const Target&) = delete;
    ~Target() override {
        abandon_ahead();
        auto work = work_.leave();
        if (left_)
            left_->leave(std::move(work.connection), sessions_, work.is_used,
                         {facts_, has_markers_}, std::move(lock_));
    }

    void read_ahead();
    void read_ahead(OpeningLock opening);

    ledger::Result<commands::ServerFacts> facts() override { return facts_.now(); }
    ledger::Result<commands::LockOutcome> lock(std::chrono::milliseconds wait) override;
    ledger::Result<void> prepare_markers() override;
    ledger::Result<void> check_marker_rights(bool updates) override;
    ledger::Result<void> check_creation_rights() override;
    ledger::Result<bool> has_relation_named(const std::vector<std::string>& names) override;
    ledger::Result<std::vector<commands::Marker>> markers() override;
    ledger::Result<std::vector<commands::HeldCheckpoint>> held_checkpoints(
        const ledger::Uuid& ledger, std::uint32_t count_max) override;
    ledger::Result<std::optional<commands::Marker>> settled_marker(
        const ledger::Uuid& attempt, std::chrono::milliseconds wait) override;
    ledger::Result<commands::CatalogVerdict> look_for(
        const migrations::Script& script, std::uint32_t statement_index,
        const commands::BeforeStatement& before) override;
    ledger::Result<std::vector<std::string>> begun(
        const migrations::Script& script, std::uint32_t statement_index,
        ledger::Direction direction, const commands::BeforeStatement& before) override;
    ledger::Result<std::vector<std::string>> invalid_indexes(
        const migrations::Script& script) override;
    ledger::Result<void> write_markers(const std::vector<commands::Marker>& markers) override;
    ledger::Result<void> record_done(const ledger::Uuid& attempt,
                                     std::uint32_t statements_done) override;
    commands::AttemptOutcome execute(const commands::AttemptOrder& order,
                                     commands::AttemptObserver& observer) override;
    void expect(commands::AttemptOrder next) override { expected_ = std::move(next); }
    commands::TogetherOutcome execute_together(const std::vector<commands::AttemptOrder>& orders,
                                               commands::AttemptObserver& observer) override;

private:
    std::optional<commands::AttemptFailed> not_ready();
    template <class Converse>
    auto converse(std::unique_ptr<Dialogue> dialogue, const Converse& with);
    std::optional<std::string> lost_lock(bool is_decisive);
    std::vector<Command> make_ready(bool only_defines);
    // An attempt whose statements are sent behind the COMMIT of another.
    struct Ahead {
        commands::AttemptOrder order;
        Step step;
        std::size_t sent_count{};
        // Once they are, and the other is committed:
        std::unique_ptr<Dialogue> dialogue{};
        Stopwatch since_begun{};
    };
    // An attempt, and whether it was lost before it began.
    struct Made {
        commands::AttemptOutcome outcome;
        bool is_lost_ahead{};
    };
    Made make(const commands::AttemptOrder& order, commands::AttemptObserver& observer,
              std::optional<Ahead> ahead);
    bool is_ended_ahead(const commands::AttemptOrder& order);
    std::optional<commands::AttemptOutcome> outlive_ahead(const commands::AttemptOrder& order);
    std::optional<Ahead> take_ahead(const commands::AttemptOrder& order);
    std::optional<Ahead> take_expected(bool defines);
    bool send_following(const AttemptScene& scene, Ahead& following);
    void keep_ahead(std::unique_ptr<Dialogue> dialogue);
    void abandon_ahead();
    ledger::Result<Connection*> clean_work();

    Sessions sessions_;
    std::uint64_t lock_timeout_ms_{};
    std::string marker_schema_;
    TimedFacts facts_;
    MarkerTable markers_;
    WorkingSession work_;
    std::optional<commands::AttemptOrder> expected_;
    std::optional<Ahead> ahead_;
    std::optional<Stopwatch> since_lost_;  // the run lock, seen while an attempt waited
    std::unique_ptr<RunLock> lock_;
    std::optional<std::vector<commands::Marker>> markers_ahead_;  // none that are older than lock_
    std::optional<bool> has_markers_;                             // when they were read last
    std::optional<ledger::Result<bool>> has_other_tables_;  // of any tool, as of the same moment
    std::shared_ptr<LeftSession> left_;
};

}  // namespace adapters::postgres
