#include "adapters/postgres/measure_transaction.hpp"

#include "adapters/postgres/shadow_room.hpp"
#include "adapters/postgres/steps.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace adapters::postgres {

namespace {

using commands::MeasuredStatement;
using ledger::fail;
using ledger::Result;

bool mentions(std::string text, std::string_view word) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char each) { return static_cast<char>(std::tolower(each)); });
    return text.find(word) != std::string::npos;
}

bool may_deallocate(const std::string& statement) {
    return mentions(statement, "deallocate") || mentions(statement, "discard");
}

// A foreign key.
bool may_validate(const MeasuredStatement& statement) {
    return statement.kind == "alter-table" || statement.kind == "do";
}

const char* name_of(Look look) {
    return look == Look::whole ? "varve_snapshot" : "varve_snapshot_news";
}

Command snapshot_preparation(Look look) {
    return {snapshot_query(look), {}, Command::Form::preparation, name_of(look)};
}

// ROLLBACK TO gives tables back the files that they had: it does nothing to them itself.
void forget_effects(MeasuredStatement& statement) {
    for (auto* names : {&statement.rewritten, &statement.reindexed, &statement.dropped,
                        &statement.index_files_reused})
        names->clear();
    statement.new_files.clear();
}

// That others can see.
bool has_effect(const MeasuredStatement& statement) {
    return std::ranges::any_of(statement.taken, [](const auto& lock) { return !lock.is_new; }) ||
           !(statement.only_read.empty() && statement.scans.empty() &&
             statement.rewritten.empty() && statement.reindexed.empty() &&
             statement.dropped.empty() && statement.new_files.empty());
}

class Measuring {
public:
    Measuring(Connection& connection, RelationBook& book, const TransactionPlan& plan)
        : connection_{connection}, book_{book}, plan_{plan} {}

    Result<MeasuredTransaction> run() {
        Dialogue dialogue{connection_};
        if (auto begun = begin(dialogue); !begun) return fail(begun.error());
        for (std::size_t place = settings_; place < plan_.body.size() && !done_.failure; ++place)
            if (auto measured = measure(dialogue, plan_.body[place]); !measured)
                return fail(measured.error());
        if (auto ended = end(dialogue); !ended) return fail(ended.error());
        for (const auto& failure : {done_.failure, done_.end_failure})
            if (failure && is_out_of_room(failure->sqlstate, failure->source_function))
                return fail(no_room(failure->message, connection_));
        return std::move(done_);
    }

private:
    // Several commands of one round trip; the first that fails is the answer. Of those that are
    // under way already nobody asks what they say.
    Result<std::vector<Reply>> exchange(Dialogue& dialogue, const std::vector<Command>& all,
                                        std::size_t under_way = 0) {
        for (const Command& command : all) dialogue.send(command);
        dialogue.sync();
        for (std::size_t count = 0; count < under_way; ++count)
            if (const Reply reply = dialogue.receive(); reply.kind == Reply::Kind::lost)
                return fail(server_ended(reply.error, connection_));
        std::vector<Reply> replies;
        for (std::size_t count = 0; count < all.size(); ++count) {
            replies.push_back(dialogue.receive());
            if (replies.back().kind == Reply::Kind::lost)
                return fail(server_ended(replies.back().error, connection_));
        }
        dialogue.drain();
        return replies;
    }

    Result<void> begin(Dialogue& dialogue) {
        settings_ = transaction_settings_count(plan_.script, plan_.body);
        const bool is_flushed = plan_.is_measured && flush_counts(dialogue);
        std::vector<Command> opening{{"BEGIN", {}}};
        for (std::size_t place = 0; place < settings_; ++place)
            opening.push_back({statement_text(plan_.script, plan_.body[place]), {}});
        if (plan_.is_measured) opening.push_back({wal_query(), {}});
        auto replies = exchange(dialogue, opening, is_flushed ? 1 : 0);
        if (!replies) return fail(replies.error());
        for (std::size_t place = 0; place < settings_ && !done_.failure; ++place)
            note_setting(place, replies->at(place + 1));
        if (done_.failure || !plan_.is_measured) return {};
        std::map<Oid64, commands::Scan> scanned;
        if (!is_flushed) {
            auto scans = dialogue.ask({scans_query(), {}});
            if (!scans) return fail(server_ended(scans.error(), connection_));
            scanned = scans_of(scans->values);
        }
        book_.begin(std::move(scanned), snapshot_of(replies->back().row).wal_position);
        return {};
    }

    // What was read before the transaction is reported then, and its counts begin with nothing.
    // Only newer servers can be asked to; the question goes out with what comes next.
    bool flush_counts(Dialogue& dialogue) {
        if (connection_.server_version() < can_flush_since) return false;
        dialogue.send({"SELECT pg_catalog.pg_stat_force_next_flush()", {}});
        dialogue.sync();
        return true;
    }

    void note_setting(std::size_t place, const Reply& reply) {
        MeasuredStatement statement = unmeasured(plan_.script, plan_.body[place]);
        statement.elapsed_us = reply.elapsed_us;
        if (reply.kind == Reply::Kind::failed) note_failure(statement, reply.error);
        done_.statements.push_back(std::move(statement));
    }

    void note_failure(MeasuredStatement& statement, const ServerError& error) {
        statement.failure = failure_of(error);
        done_.failure = error;
    }

    Result<void> measure(Dialogue& dialogue, std::uint32_t index) {
        MeasuredStatement statement = unmeasured(plan_.script, index);
        if (plan_.why_not) statement.not_run = plan_.why_not(index);
        if (statement.not_run) {
            done_.statements.push_back(std::move(statement));
            return {};
        }
        const std::string sent = plan_.sent_text(index);
        std::vector<Command> commands{{sent, {}}};
        if (plan_.is_measured) {
            auto look = next_look(dialogue, index);
            if (!look) return fail(look.error());
            commands.push_back(std::move(*look));
        }
        auto replies = exchange(dialogue, commands);
        if (!replies) return fail(replies.error());
        const Reply& reply = replies->front();
        statement.elapsed_us = reply.elapsed_us;
        if (reply.kind == Reply::Kind::failed) {
            note_failure(statement, reply.error);
            if (sent != statement.text) statement.failure->position.reset();
        } else if (plan_.is_measured) {
            if (auto taken = take_snapshot(dialogue, replies->back(), statement); !taken)
                return taken;
        }
        done_.statements.push_back(std::move(statement));
        return {};
    }

    Result<void> take_snapshot(Dialogue& dialogue, const Reply& reply,
                               MeasuredStatement& statement) {
        if (reply.kind != Reply::Kind::succeeded) {
            note_failure(statement, reply.error);
            return {};
        }
        book_.absorb(snapshot_of(reply.row), statement);
        if (may_validate(statement))
            if (auto noted = note_foreign_keys(dialogue, statement); !noted) return noted;
        if (may_deallocate(statement.text)) {
            has_prepared_news_ = false;
            if (auto prepared = prepare(dialogue, Look::whole); !prepared) return prepared;
        }
        if (!is_savepoint(statement.index)) return {};
        forget_effects(statement);
        return reload(dialogue);
    }

    Result<void> note_foreign_keys(Dialogue& dialogue, MeasuredStatement& statement) {
        auto rows = dialogue.ask({foreign_keys_query(), {}});
        if (!rows) return fail(server_ended(rows.error(), connection_));
        book_.note_foreign_keys(rows->values, statement);
        return {};
    }

    // By its name where nobody can have taken it away.
    Result<Command> next_look(Dialogue& dialogue, std::uint32_t index) {
        const Look look = book_.next_look(is_savepoint(index));
        if (may_deallocate(statement_text(plan_.script, index)))
            return Command{snapshot_query(look), book_.parameters()};
        if (look == Look::news && !has_prepared_news_)
            if (auto prepared = prepare(dialogue, look); !prepared) return fail(prepared.error());
        has_prepared_news_ = has_prepared_news_ || look == Look::news;
        return Command{"", book_.parameters(), Command::Form::prepared, name_of(look)};
    }

    // Where it is not.
    Result<void> prepare(Dialogue& dialogue, Look look) {
        auto known = dialogue.ask(
            {"SELECT 1 FROM pg_catalog.pg_prepared_statements WHERE name = $1", {name_of(look)}});
        if (!known) return fail(server_ended(known.error(), connection_));
        if (!known->values.empty()) return {};
        auto prepared = exchange(dialogue, {snapshot_preparation(look)});
        if (!prepared) return fail(prepared.error());
        return {};
    }

    // With ROLLBACK TO locks are given up again.
    [[nodiscard]] bool is_savepoint(std::uint32_t index) const {
        return plan_.script.statements[index].control == migrations::Control::savepoint;
    }

    Result<void> reload(Dialogue& dialogue) {
        auto rows = dialogue.ask({relations_query(), {}});
        if (!rows) return fail(server_ended(rows.error(), connection_));
        book_.reload(relations_of(rows->values));
        return {};
    }

    // As a run does before its marker: so in the session as the file leaves it.
    Result<void> run_deferred(Dialogue& dialogue) {
        std::vector<Command> commands{{"SET CONSTRAINTS ALL IMMEDIATE", {}}};
        const MeasuredStatement* last = last_run();
        const bool is_measured = plan_.is_measured && last != nullptr;
        if (is_measured) {
            auto look = next_look(dialogue, last->index);
            if (!look) return fail(look.error());
            commands.push_back(std::move(*look));
        }
        auto replies = exchange(dialogue, commands);
        if (!replies) return fail(replies.error());
        for (const Reply& reply : *replies)
            if (reply.kind == Reply::Kind::failed && !done_.end_failure)
                done_.end_failure = reply.error;
        if (done_.end_failure || !is_measured) return {};
        MeasuredStatement deferred;
        deferred.index = last->index;
        deferred.line = last->line;
        deferred.text = "(what is deferred to the end of the transaction)";
        deferred.kind = "deferred";
        deferred.is_deferred = true;
        deferred.elapsed_us = replies->front().elapsed_us;
        book_.absorb(snapshot_of(replies->back().row), deferred);
        if (has_effect(deferred)) done_.statements.push_back(std::move(deferred));
        return {};
    }

    [[nodiscard]] const MeasuredStatement* last_run() const {
        for (auto each = done_.statements.rbegin(); each != done_.statements.rend(); ++each)
            if (!each->not_run) return &*each;
        return nullptr;
    }

    Result<void> end(Dialogue& dialogue) {
        if (!done_.failure && !plan_.is_given_up)
            if (auto run = run_deferred(dialogue); !run) return run;
        const bool is_kept = !done_.failure && plan_.ending == commands::Ending::kept;
        if (is_kept && !done_.end_failure) {
            auto replies = exchange(dialogue, {{"COMMIT", {}}});
            if (!replies) return fail(replies.error());
            if (replies->front().kind == Reply::Kind::failed)
                done_.end_failure = replies->front().error;
        }
        if (is_kept && !done_.end_failure) {
            if (plan_.is_measured) book_.commit();
            return {};
        }
        auto undone = exchange(dialogue, {{"ROLLBACK", {}}});
        if (!undone) return fail(undone.error());
        if (plan_.is_measured) book_.roll_back();
        return {};
    }

    Connection& connection_;
    RelationBook& book_;
    const TransactionPlan& plan_;
    std::size_t settings_{};
    bool has_prepared_news_{};
    MeasuredTransaction done_;
};

}  // namespace

Result<void> prepare_snapshot(Connection& connection) {
    Dialogue dialogue{connection};
    dialogue.send(snapshot_preparation(Look::whole));
    dialogue.sync();
    const Reply reply = dialogue.receive();
    dialogue.drain();
    if (reply.kind == Reply::Kind::succeeded) return {};
    return fail(shadow_error(reply.error, "preparing to measure", connection));
}

commands::StatementFailure failure_of(const ServerError& error) {
    return {error.sqlstate, error.message,  detail_of(error),
            error.hint,     error.position, error.source_function};
}

MeasuredStatement unmeasured(const migrations::Script& script, std::uint32_t index) {
    MeasuredStatement statement;
    statement.index = index;
    statement.line = script.statements[index].line;
    statement.text = statement_text(script, index);
    statement.kind = script.statements[index].kind;
    return statement;
}

Result<MeasuredTransaction> measure_transaction(Connection& connection, RelationBook& book,
                                                const TransactionPlan& plan) {
    return Measuring{connection, book, plan}.run();
}

}  // namespace adapters::postgres
