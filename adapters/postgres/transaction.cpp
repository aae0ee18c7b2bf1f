#include "adapters/postgres/transaction.hpp"

#include "adapters/postgres/failing_code.hpp"
#include "adapters/postgres/insert_batch.hpp"
#include "adapters/postgres/transaction_messages.hpp"
#include "adapters/postgres/transaction_sending.hpp"
#include "ledger/fail_point.hpp"

#include <algorithm>
#include <utility>

namespace adapters::postgres {

namespace {

using ledger::FailureCause;

using Role = Message::Role;

constexpr const char* lock_lost = "the run lock was lost";

class Transaction {
public:
    Transaction(AttemptScene& scene, const TransactionOrder& order)
        : scene_{scene},
          dialogue_{scene.dialogue},
          order_{order},
          messages_{compose(scene, order)},
          batch_lengths_{batch_lengths(*scene.order.script, messages_)},
          commits_after_{last_statement()} {
        end_.results.reserve(messages_.size());
    }

    TransactionEnd run() {
        if (order_.is_uncancellable) dialogue_.shield();
        if (order_.stays_open) return stay_open();
        const bool is_ready = exchange() && (scene_.only_defines ? is_marked() : may_commit());
        if (!is_ready && end_.kind == TransactionEnd::Kind::in_doubt) return std::move(end_);
        is_ready ? commit() : undo();
        return std::move(end_);
    }

private:
    TransactionEnd stay_open() {
        if (exchange())
            end_.kind = TransactionEnd::Kind::open;
        else
            undo();
        return std::move(end_);
    }

    [[nodiscard]] std::optional<std::size_t> last_statement() const;
    void send(std::size_t place);
    bool goes_on();
    bool exchange_batch(std::size_t place, std::size_t count);
    bool exchange();
    bool take(const Message& message, const Reply& reply);
    bool take_fence(const Values& row);
    bool take_marker(const Values& row);
    bool is_marker_sound(const Values& row);
    bool keep_result(std::uint32_t index, const Reply& reply);
    bool refuse_reply(const Message& message, const Reply& reply);
    bool refuse_without_lock(const std::string& how);
    bool refuse_changed_table();
    void keep_commit(const Reply& reply);
    void keep_notices(const Reply& reply);
    bool doubt(const Reply& reply);
    bool may_commit();
    bool is_marked();
    void send_commit();
    void commit();
    void undo();
    bool fail(commands::AttemptFailed failure);

    AttemptScene& scene_;
    Dialogue& dialogue_;
    const TransactionOrder& order_;
    const std::vector<Message> messages_;
    const std::vector<std::size_t> batch_lengths_;  // of the batch that begins there, or 0
    // After that reply marker and COMMIT are sent together: nothing where what is told at the
    // marker is looked at first.
    const std::optional<std::size_t> commits_after_;
    bool is_commit_sent_{};
    bool is_followed_{};  // by what was sent ahead, whose replies are somebody else's
    Values at_fence_;     // what the fence told: its second is the transaction's id
    TransactionEnd end_;
};

void Transaction::send(std::size_t place) { send_message(scene_, order_, messages_, place); }

std::optional<std::size_t> Transaction::last_statement() const {
    if (!scene_.only_defines) return std::nullopt;
    for (std::size_t place = messages_.size(); place-- > 0;)
        if (messages_[place].role == Role::statement || messages_[place].role == Role::fence)
            return place;
    return std::nullopt;
}

bool Transaction::exchange() {
    std::size_t sent = scene_.sent_count;
    for (std::size_t place = 0; place < messages_.size();) {
        if (const std::size_t count = batch_lengths_[place]; count > 0) {
            if (!exchange_batch(place, count)) return false;
            place += count;
            sent = place;
            continue;
        }
        while (sent < messages_.size() && batch_lengths_[sent] == 0 && !dialogue_.is_full())
            send(sent++);
        if (!take(messages_[place], dialogue_.receive())) return false;
        if (place == commits_after_) {
            if (!goes_on() || !may_commit()) return false;
            while (sent < messages_.size()) send(sent++);
            send_commit();
        } else if (!goes_on()) {
            return false;
        }
        ++place;
    }
    return true;
}

bool Transaction::goes_on() {
    if (order_.is_uncancellable || is_commit_sent_ || !dialogue_.signal()) return true;
    end_.kind = TransactionEnd::Kind::cancelled;
    return false;
}

// Outside a transaction block the savepoint fails: so what the file had ended behind our back is
// not gone on with.
bool Transaction::exchange_batch(std::size_t place, std::size_t count) {
    for (const char* sql : {"SAVEPOINT varve_batch", "RELEASE SAVEPOINT varve_batch"})
        dialogue_.send({sql, {}}, Dialogue::Haste::with_the_next);
    dialogue_.sync();
    for (int answers = 0; answers < 2; ++answers)
        if (const auto reply = dialogue_.receive(); reply.kind != Reply::Kind::succeeded)
            return refuse_reply({Role::savepoint, 0, {}}, reply);
    dialogue_.drain();
    const InsertBatch batch{*scene_.order.script, messages_, place, count,
                            scene_.connection.counts_positions_in_bytes()};
    auto together = dialogue_.send_together(batch.sql);
    for (std::size_t number = 0; number < together.replies.size(); ++number) {
        Reply& reply = together.replies[number];
        const std::size_t meant = std::min(batch.meant_by(number, reply.error), count - 1);
        reply.error.position = batch.own_position(meant, reply.error.position);
        if (number + 1 == count) reply.notices = batch.of_all(std::move(together.notices));
        if (!take(messages_[place + meant], reply)) return false;
    }
    if (together.replies.size() != count)
        return fail(failure_of(FailureCause::statement_error,
                               "the server gave " + std::to_string(together.replies.size()) +
                                   " answers to " + std::to_string(count) +
                                   " statements sent together",
                               "put another statement between them: SELECT 1;"));
    return goes_on();
}

bool Transaction::take(const Message& message, const Reply& reply) {
    if (reply.kind != Reply::Kind::succeeded) return refuse_reply(message, reply);
    switch (message.role) {
        case Role::begin:
            return !order_.step.begin_index || keep_result(*order_.step.begin_index, reply);
        case Role::statement:
            return keep_result(message.index, reply);
        case Role::rollback:
            return keep_result(*order_.step.closing_index, reply);
        case Role::fence:
            return take_fence(reply.row);
        case Role::marker:
            return take_marker(reply.row);
        case Role::verify:
            ledger::fail_point("statement-verified");
            return true;
        case Role::deferred:
            keep_notices(reply);
            return true;
        case Role::opening:
        case Role::preparation:
        case Role::savepoint:
        case Role::prelude:
        case Role::end:
            return true;
    }
    return true;
}

bool Transaction::keep_result(std::uint32_t index, const Reply& reply) {
    end_.results.push_back(statement_result(scene_, index, reply));
    ledger::fail_point("statement-done");
    if (!order_.is_whole_attempt) return true;
    const auto count = static_cast<std::uint32_t>(scene_.order.script->statements.size());
    const auto told = scene_.observer.statement_succeeded(end_.results.back(), count);
    return told || fail(failure_of(FailureCause::refused, told.error().detail, told.error().help));
}

bool Transaction::take_fence(const Values& row) {
    if (row.size() == 4 && row[0] == "t") {
        at_fence_ = row;
        ledger::fail_point("transaction-fenced");
        return true;
    }
    return fail(failure_of(FailureCause::refused,
                           "another session still holds the fence of this attempt",
                           "wait until its backend has ended, then run varve recover"));
}

bool Transaction::take_marker(const Values& row) {
    if (!scene_.only_defines && !is_marker_sound(row)) return false;
    ledger::fail_point("marker-written");
    return true;
}

bool Transaction::is_marker_sound(const Values& row) {
    if (row.size() != 4)
        return fail(failure_of(FailureCause::marker_error, "the attempt's marker row is gone",
                               "the migration must leave the marker table alone"));
    if (row[0] != at_fence_.at(1))
        return fail(failure_of(
            FailureCause::transaction_ended,
            "the file ended the transaction it was run in: what came before that is committed",
            "compare the database with the file, then declare the file non-transactional"));
    if (MarkerTable::has_changed(at_fence_, row)) return refuse_changed_table();
    return row[1] == "t" || refuse_without_lock(lock_lost);
}

bool Transaction::refuse_changed_table() {
    return fail(failure_of(FailureCause::marker_error,
                           "the file has changed the marker table or markers of others",
                           "the migration must leave the marker table alone"));
}

bool Transaction::refuse_without_lock(const std::string& how) {
    const std::string nothing = order_.is_whole_attempt ? ", so nothing " : ", so nothing more ";
    return fail(failure_of(FailureCause::connection_lost, how + nothing + "was committed",
                           "run the same command again"));
}

bool Transaction::refuse_reply(const Message& message, const Reply& reply) {
    if (is_commit_sent_ && reply.kind == Reply::Kind::lost) return doubt(reply);
    scene_.is_lost_ahead = scene_.sent_count > 0 && at_fence_.empty() &&
                           reply.kind == Reply::Kind::lost && !dialogue_.signal();
    if (!order_.is_uncancellable && dialogue_.signal() && reply.kind != Reply::Kind::lost) {
        end_.kind = TransactionEnd::Kind::cancelled;
        return false;
    }
    if (message.role == Role::marker && scene_.only_defines) {
        const auto refusal = MarkerTable::refusal_of(reply.error);
        if (refusal == MarkerTable::Refusal::lock_lost) return refuse_without_lock(lock_lost);
        if (refusal == MarkerTable::Refusal::table_changed) return refuse_changed_table();
    }
    const auto cause = cause_of(message.role, reply);
    std::optional<std::uint32_t> index;
    if (message.role == Role::statement) index = message.index;
    if (message.role == Role::begin) index = order_.step.begin_index;
    auto failure = failure_of(scene_, cause, reply.error, index);
    if (cause == FailureCause::marker_error && message.role != Role::end)
        blame_marker(reply.error, failure);
    if (cause == FailureCause::commit_error) blame_deferred(failure);
    failure.needs_no_transaction =
        (message.role == Role::statement || message.role == Role::verify) &&
        asks_for_no_transaction(reply.error) &&
        leading_words(message.role == Role::verify
                          ? statement_text(*order_.verify, message.index)
                          : statement_text(*scene_.order.script, message.index),
                      1) != std::vector<std::string>{"SET"};
    if (message.role == Role::verify)
        blame_verify(scene_, *order_.verify, message.index, reply.error, failure);
    return fail(std::move(failure));
}

bool Transaction::may_commit() {
    if (order_.is_whole_attempt) {
        if (const auto ready = scene_.observer.before_effect(); !ready)
            return fail(
                failure_of(FailureCause::refused, ready.error().detail, ready.error().help));
    }
    if (!order_.is_uncancellable && dialogue_.is_cancelled()) {
        end_.kind = TransactionEnd::Kind::cancelled;
        return false;
    }
    if (scene_.lock != nullptr && !order_.is_uncancellable && scene_.lock->has_ended())
        return refuse_without_lock("the session that holds the run lock has ended");
    if (scene_.connection.has_ended())
        return fail(failure_of(scene_, FailureCause::connection_lost,
                               lost_connection(scene_.connection.raw()), std::nullopt));
    return true;
}

bool Transaction::is_marked() {
    if (!is_commit_sent_) return false;
    return take({Role::marker, 0, {}}, dialogue_.receive());
}

// What cuts a COMMIT short would cut short its wait for a synchronous standby as well. A marker
// that goes with it and has to wait for a lock ends by lock_timeout.
void Transaction::send_commit() {
    dialogue_.shield();
    ledger::fail_point("before-commit");
    if (scene_.only_defines)
        dialogue_.send(MarkerTable::insert_prepared(scene_.order.marker, at_fence_),
                       Dialogue::Haste::with_the_next);
    dialogue_.send({"COMMIT", {}});
    dialogue_.sync();
    is_commit_sent_ = true;
    is_followed_ = scene_.send_following && scene_.send_following();
    ledger::fail_point("commit-sent");
}

void Transaction::commit() {
    if (!is_commit_sent_) send_commit();
    scene_.connection.keep_only_warnings(!order_.step.closing_index);
    const auto reply = dialogue_.receive();
    scene_.connection.keep_only_warnings(false);
    ledger::fail_point("commit-answered");
    if (reply.kind == Reply::Kind::lost) {
        doubt(reply);
        return;
    }
    if (!is_followed_) dialogue_.drain();
    dialogue_.unshield();
    if (reply.kind == Reply::Kind::succeeded && reply.command_tag == "COMMIT") {
        keep_commit(reply);
        end_.kind = TransactionEnd::Kind::committed;
    } else if (reply.kind == Reply::Kind::succeeded) {
        fail(failure_of(FailureCause::commit_error,
                        "the server answered COMMIT with " + reply.command_tag,
                        "a statement had failed without an error of its own; nothing was applied"));
    } else {
        auto failure = failure_of(scene_, FailureCause::commit_error, reply.error, std::nullopt);
        blame_commit(reply.error, failure);
        fail(std::move(failure));
    }
    if (is_followed_ && end_.kind == TransactionEnd::Kind::failed) undo_transaction(dialogue_);
}

// A synchronous standby that was not waited for is told in a notice of COMMIT, and nowhere else.
void Transaction::keep_commit(const Reply& reply) {
    end_.commit_notices = reply.notices;
    if (order_.step.closing_index && !order_.step.rolls_back)
        keep_result(*order_.step.closing_index, reply);
    else
        keep_notices(reply);
}

void Transaction::keep_notices(const Reply& reply) {
    if (end_.results.empty()) return;
    for (const std::string& notice : reply.notices) end_.results.back().notices.push_back(notice);
}

void Transaction::undo() {
    end_.results.clear();
    ledger::fail_point("before-undo");
    undo_transaction(dialogue_);
    static_cast<void>(scene_.connection.take_notices());
    ledger::fail_point("undone");
}

bool Transaction::doubt(const Reply& reply) {
    end_.kind = TransactionEnd::Kind::in_doubt;
    end_.failure.message = "the connection ended after COMMIT was sent: " + reply.error.message;
    return false;
}

bool Transaction::fail(commands::AttemptFailed failure) {
    end_.kind = TransactionEnd::Kind::failed;
    end_.failure = std::move(failure);
    return false;
}

}  // namespace

TransactionEnd run_transaction(AttemptScene& scene, const TransactionOrder& order) {
    return Transaction{scene, order}.run();
}

}  // namespace adapters::postgres
