#include "adapters/postgres/rehearsal_database.hpp"

#include "adapters/postgres/catalog_text.hpp"
#include "adapters/postgres/measure_outside.hpp"
#include "adapters/postgres/measure_transaction.hpp"
#include "adapters/postgres/missing_role.hpp"
#include "adapters/postgres/reached_beyond.hpp"
#include "adapters/postgres/rehearsal_session.hpp"
#include "adapters/postgres/sequence_positions.hpp"
#include "adapters/postgres/shadow_defaults.hpp"
#include "adapters/postgres/shadow_history.hpp"
#include "adapters/postgres/shadow_limits.hpp"
#include "adapters/postgres/shadow_room.hpp"
#include "adapters/postgres/steps.hpp"
#include "adapters/postgres/stopwatch.hpp"
#include "adapters/postgres/table_rows.hpp"
#include "adapters/postgres/target_schemas.hpp"
#include "migrations/sql/session_defaults.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace adapters::postgres {

namespace {

using commands::Ending;
using commands::MeasuredStatement;
using commands::RehearsedScript;
using ledger::fail;
using ledger::Result;
using migrations::Script;

class RehearsedDatabase final : public commands::Rehearsal {
public:
    RehearsedDatabase(RehearsalPlace place, std::unique_ptr<Connection> session)
        : place_{std::move(place)},
          session_{std::move(session)},
          schemas_{place_.schemas, place_.on_missing_schema},
          reached_{place_.target_database} {}
    ~RehearsedDatabase() override {
        for (auto& each : beside_) each.reset();
        session_.reset();
        if (place_.on_end) place_.on_end();
    }

    Result<std::vector<std::string>> apply(const Script& script) override;
    Result<RehearsedScript> rehearse(const Script& script, Ending ending) override;
    [[nodiscard]] bool is_spoilt() const override { return is_spoilt_; }
    Result<commands::CatalogText> catalog() override { return read_catalog(*session_); }
    Result<std::map<std::string, commands::DataChecksum>> data() override {
        return read_data(*session_);
    }
    Result<std::vector<commands::SampledTable>> add_sample_rows(
        commands::SampleStyle style) override {
        auto filled = adapters::postgres::add_sample_rows(*session_, style, sampled_);
        if (auto cleaned = clean(); filled && !cleaned) return fail(cleaned.error());
        return filled;
    }
    Result<commands::AllRows> rows() override { return read_rows(*session_); }
    Result<commands::SequencePositions> sequences() override { return read_sequences(*session_); }

private:
    Result<bool> apply_statements(const Script& script, bool is_whole,
                                  std::vector<std::string>& notes);
    Result<void> order(const char* sql);
    Result<void> prepare() {
        auto looked = schemas_.look_as(*session_);
        return looked ? prepare_snapshot(*session_) : looked;
    }
    Result<void> reload();
    Result<void> clean();
    Result<void> be_like_new(const Script& script);
    Result<bool> rehearse_whole(const Script& script, Ending ending, RehearsedScript& rehearsed);
    Result<void> rehearse_stepwise(const Script& script, RehearsedScript& rehearsed);
    void note_refusal(RehearsedScript& rehearsed);
    Result<void> tell_refused(const Script& script, const ledger::Error& why,
                              RehearsedScript& rehearsed);
    Result<void> rehearse_step(const Script& script, const Step& step, RehearsedScript& rehearsed);
    Result<void> run_outside(const Script& script, MeasuredStatement statement,
                             RehearsedScript& rehearsed);
    Result<Connection*> beside(std::size_t index);
    bool makes_what_is_missing(const ServerError& error);
    bool makes_what_history_misses(const ServerError& error);
    bool reaches_beyond(const Script& script, std::uint32_t index, const ServerError& error);
    Result<MeasuredTransaction> measure(const TransactionPlan& plan);
    [[nodiscard]] TransactionPlan plan_of(const Script& script,
                                          const std::vector<std::uint32_t>& body,
                                          Ending ending) const {
        return {script,
                body,
                ending,
                [this, &script](std::uint32_t index) { return why_not(script, index); },
                [this, &script](std::uint32_t index) { return sent_text(script, index, place_); },
                place_.is_measured};
    }
    [[nodiscard]] std::optional<std::string> why_not(const Script& script,
                                                     std::uint32_t index) const {
        if (place_.server_wide)
            if (auto reason = place_.server_wide->why_not(script, index)) return reason;
        if (as_of_shadow(script, index, place_)) return std::nullopt;
        auto reason = why_not_on_shadow(script.statements[index], statement_text(script, index),
                                        place_.server_is_ours);
        return reason ? reason : reached_.why_not(script, index);
    }

    [[nodiscard]] std::optional<std::string> why_not_applied(const Script& script,
                                                             std::uint32_t index) const {
        auto reason = why_not(script, index);
        if (!reason && script.statements[index].needs_no_transaction)
            reason = why_not_outside(script.statements[index], statement_text(script, index));
        return reason;
    }

    friend Result<std::unique_ptr<commands::Rehearsal>> adapters::postgres::open_rehearsal(
        RehearsalPlace place);

    RehearsalPlace place_;
    std::unique_ptr<Connection> session_;
    std::array<std::unique_ptr<Connection>, 3> beside_;
    TargetSchemas schemas_;
    ReachedBeyond reached_;
    RelationBook book_;
    bool is_known_{};  // the book has what the database has
    bool is_spoilt_{};
    std::set<std::string> sampled_;                            // tables that have got rows
    std::optional<MeasuredStatement> refused_in_transaction_;  // by the whole script's
};

Result<Connection*> RehearsedDatabase::beside(std::size_t index) {
    auto& connection = beside_.at(index);
    if (!connection) {
        auto opened = open_session(place_);
        if (!opened) return fail(opened.error());
        connection = std::move(*opened);
    }
    return connection.get();
}

// By another session: that of the script may be in a transaction that has failed.
bool RehearsedDatabase::makes_what_is_missing(const ServerError& error) {
    using Make = bool (*)(Connection&, const std::string&);
    const auto has_made = [&](const std::optional<std::string>& name, Make make,
                              const std::function<void(const std::string&)>& told) {
        if (!name || !told) return false;
        auto other = beside(0);
        if (!other || !make(**other, *name)) return false;
        told(*name);
        return true;
    };
    const Make make = place_.server_is_ours ? make_superuser : make_role;
    return has_made(missing_role(error), make, place_.on_missing_role) ||
           has_made(missing_tablespace(error), make_tablespace, place_.on_missing_tablespace);
}

bool RehearsedDatabase::makes_what_history_misses(const ServerError& error) {
    if (makes_what_is_missing(error)) return true;
    auto other = beside(0);
    return other && schemas_.make_missed(**other, error);
}

// Another server than ours lets scripts reach what they can.
bool RehearsedDatabase::reaches_beyond(const Script& script, std::uint32_t index,
                                       const ServerError& error) {
    return place_.server_is_ours && reached_.learn(script, index, error);
}

Result<MeasuredTransaction> RehearsedDatabase::measure(const TransactionPlan& plan) {
    for (;;) {
        auto measured = measure_transaction(*session_, book_, plan);
        if (!measured || !measured->failure) return measured;
        const std::uint32_t failed = measured->statements.back().index;
        if (!makes_what_is_missing(*measured->failure) &&
            !reaches_beyond(plan.script, failed, *measured->failure))
            return measured;
        if (auto read = reload(); !read) return fail(read.error());
    }
}

Result<void> RehearsedDatabase::reload() {
    auto rows = session_->query({relations_query(), {}});
    if (!rows) return fail(shadow_error(rows.error(), "reading the shadow's catalog", *session_));
    book_.reload(relations_of(rows->values));
    is_known_ = true;
    return {};
}

Result<void> RehearsedDatabase::clean() {
    if (auto cleaned = session_->run("DISCARD ALL"); !cleaned)
        return fail(shadow_error(cleaned.error(), "making the session like new", *session_));
    return prepare_snapshot(*session_);
}

// As a run goes on after such a script: what it has set holds for sessions that begin later.
Result<void> RehearsedDatabase::be_like_new(const Script& script) {
    if (!migrations::sql::sets_session_defaults(script)) return clean();
    session_.reset();
    auto opened = open_session(place_);
    if (!opened) return fail(opened.error());
    session_ = *std::move(opened);
    return prepare();
}

Result<std::vector<std::string>> RehearsedDatabase::apply(const Script& script) {
    std::vector<std::string> notes;
    is_known_ = false;
    auto applied = apply_statements(script, may_be_whole(script), notes);
    if (applied && !*applied) applied = apply_statements(script, false, notes);
    if (!applied) return fail(applied.error());
    if (auto cleaned = be_like_new(script); !cleaned) return fail(cleaned.error());
    return notes;
}

Result<void> RehearsedDatabase::order(const char* sql) {
    if (auto done = session_->run(sql); !done)
        return fail(shadow_error(done.error(), "making the schema to rehearse on", *session_));
    return {};
}

// False where the server has said that it must be no transaction: then nothing of it is left.
Result<bool> RehearsedDatabase::apply_statements(const Script& script, bool is_whole,
                                                 std::vector<std::string>& notes) {
    notes.clear();
    if (is_whole)
        if (auto begun = order("BEGIN"); !begun) return fail(begun.error());
    std::uint32_t block = 0;  // where the transaction begins that is open
    for (std::uint32_t index = 0; index < script.statements.size(); ++index) {
        if (auto reason = why_not_applied(script, index)) {
            notes.push_back(script.path + ":" + std::to_string(script.statements[index].line) +
                            ": not done on the shadow: " + *reason);
            continue;
        }
        if (PQtransactionStatus(session_->raw()) == PQTRANS_IDLE) block = index;
        const auto error = error_of(session_->raw(), sent_text(script, index, place_));
        if (!error) continue;
        const bool goes_on_outside = is_whole && asks_for_no_transaction(*error);
        if (!goes_on_outside && !makes_what_history_misses(*error) &&
            !reaches_beyond(script, index, *error))
            return fail(history_failed(script, index, *error, *session_, place_.way_out));
        if (PQtransactionStatus(session_->raw()) != PQTRANS_IDLE)
            if (auto ended = order("ROLLBACK"); !ended) return fail(ended.error());
        if (goes_on_outside) return false;
        if (is_whole) return apply_statements(script, is_whole, notes);
        index = block - 1;
    }
    if (!is_whole) return true;
    if (const auto done = session_->run("COMMIT"); !done)
        return fail(history_failed(script, 0, done.error(), *session_, place_.way_out));
    return true;
}

// True where the server has said that it must be no transaction.
Result<bool> RehearsedDatabase::rehearse_whole(const Script& script, Ending ending,
                                               RehearsedScript& rehearsed) {
    auto step = one_step(script);
    if (!step) {
        if (auto told = tell_refused(script, step.error(), rehearsed); !told)
            return fail(told.error());
        return false;
    }
    auto measured = measure(plan_of(script, step->body, ending));
    if (!measured) return fail(measured.error());
    if (measured->failure && asks_for_no_transaction(*measured->failure)) {
        refused_in_transaction_ = std::move(measured->statements.back());
        rehearsed.transactional = false;
        rehearsed.mode_cause = measured->failure->message;
        return true;
    }
    rehearsed.statements = std::move(measured->statements);
    rehearsed.failed = measured->failure || measured->end_failure;
    if (measured->end_failure) rehearsed.commit_failure = failure_of(*measured->end_failure);
    return false;
}

Result<void> RehearsedDatabase::run_outside(const Script& script, MeasuredStatement statement,
                                            RehearsedScript& rehearsed) {
    statement.in_transaction = std::exchange(statement.failure, std::nullopt);
    statement.in_transaction_ok = false;
    if (auto reason = why_not_outside(script.statements[statement.index],
                                      statement_text(script, statement.index))) {
        statement.not_run = std::move(reason);
    } else if (script.statements[statement.index].discards_all) {
        if (auto cleaned = clean(); !cleaned) return cleaned;
    } else {
        std::array<Connection*, 3> others{};
        for (std::size_t index = 0; index < others.size(); ++index) {
            auto opened = beside(index);
            if (!opened) return fail(opened.error());
            others.at(index) = *opened;
        }
        if (!place_.is_measured)
            if (auto read = reload(); !read) return read;
        const OutsideScene scene{*session_, *others[0], *others[1], *others[2]};
        if (auto measured = measure_outside(scene, book_, statement); !measured) return measured;
        is_spoilt_ = true;
    }
    rehearsed.failed = statement.failure.has_value();
    rehearsed.statements.push_back(std::move(statement));
    return {};
}

Result<void> RehearsedDatabase::rehearse_step(const Script& script, const Step& step,
                                              RehearsedScript& rehearsed) {
    auto plan = plan_of(script, step.body, step.rolls_back ? Ending::undone : Ending::kept);
    plan.is_given_up = step.rolls_back;
    auto measured = measure(plan);
    if (!measured) return fail(measured.error());
    is_spoilt_ = true;
    const bool is_single = step.body.size() == 1 && !step.begin_index;
    if (is_single && measured->failure && asks_for_no_transaction(*measured->failure))
        return run_outside(script, std::move(measured->statements.front()), rehearsed);
    for (MeasuredStatement& statement : measured->statements)
        rehearsed.statements.push_back(std::move(statement));
    rehearsed.failed = measured->failure || measured->end_failure;
    if (measured->end_failure) rehearsed.commit_failure = failure_of(*measured->end_failure);
    return {};
}

// What no run would begin with. Only what the server says of its two-phase commit is asked.
Result<void> RehearsedDatabase::tell_refused(const Script& script, const ledger::Error& why,
                                             RehearsedScript& rehearsed) {
    rehearsed.failed = true;
    for (std::uint32_t index = 0; index < script.statements.size(); ++index) {
        MeasuredStatement statement = unmeasured(script, index);
        statement.not_run = why.detail;
        if (script.statements[index].control == migrations::Control::prepare &&
            script.statements[index].needs_no_transaction) {
            const std::vector<std::uint32_t> body{index};
            auto measured =
                measure_transaction(*session_, book_, plan_of(script, body, Ending::undone));
            if (!measured) return fail(measured.error());
            if (measured->failure) statement.in_transaction = failure_of(*measured->failure);
            statement.in_transaction_ok = !statement.in_transaction;
        }
        rehearsed.statements.push_back(std::move(statement));
    }
    return {};
}

Result<void> RehearsedDatabase::rehearse_stepwise(const Script& script,
                                                  RehearsedScript& rehearsed) {
    auto steps = steps_of(script);
    if (!steps) return tell_refused(script, steps.error(), rehearsed);
    for (const Step& step : *steps) {
        if (step.body.empty()) continue;
        if (auto done = rehearse_step(script, step, rehearsed); !done) return done;
        if (rehearsed.failed) break;
    }
    return {};
}

// A new value of an enum cannot be used in its own transaction: the statement itself could be in
// one.
void RehearsedDatabase::note_refusal(RehearsedScript& rehearsed) {
    if (!refused_in_transaction_) return;
    for (MeasuredStatement& statement : rehearsed.statements)
        if (statement.index == refused_in_transaction_->index && !statement.in_transaction) {
            statement.in_transaction = refused_in_transaction_->failure;
            statement.in_transaction_ok = statement.in_transaction->sqlstate == "55P04";
        }
    refused_in_transaction_.reset();
}

Result<RehearsedScript> RehearsedDatabase::rehearse(const Script& script, Ending ending) {
    const Stopwatch since;
    RehearsedScript rehearsed;
    rehearsed.path = script.path;
    rehearsed.transactional = script.mode == migrations::TransactionMode::one;
    rehearsed.mode_cause = script.mode_cause;
    if (auto made = schemas_.make_all_for(script, *session_); !made) return fail(made.error());
    if (place_.is_measured && !is_known_)
        if (auto read = reload(); !read) return fail(read.error());
    bool is_stepwise = !rehearsed.transactional;
    if (!is_stepwise) {
        auto refused = rehearse_whole(script, ending, rehearsed);
        if (!refused) return fail(refused.error());
        is_stepwise = *refused;
    }
    if (is_stepwise)
        if (auto done = rehearse_stepwise(script, rehearsed); !done) return fail(done.error());
    note_refusal(rehearsed);
    rehearsed.elapsed_us = since.elapsed_us();
    if (!std::ranges::all_of(script.statements, &migrations::Statement::only_defines))
        if (auto cleaned = be_like_new(script); !cleaned) return fail(cleaned.error());
    return rehearsed;
}

}  // namespace

Result<std::unique_ptr<commands::Rehearsal>> open_rehearsal(RehearsalPlace place) {
    auto session = open_session(place);
    if (!session) return fail(session.error());
    auto database = std::make_unique<RehearsedDatabase>(std::move(place), std::move(*session));
    if (auto prepared = database->prepare(); !prepared) return fail(prepared.error());
    return std::unique_ptr<commands::Rehearsal>{std::move(database)};
}

}  // namespace adapters::postgres
