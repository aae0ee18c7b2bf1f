#include "adapters/postgres/dialogue.hpp"

#include "ledger/fail_point.hpp"

#include <array>
#include <charconv>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <utility>

namespace adapters::postgres {

namespace {

constexpr std::size_t outstanding_commands_max = 256;
constexpr std::size_t flush_bytes_min = 32 * 1024;
constexpr int poll_ms = 50;
constexpr std::uint64_t between_questions_us = 50'000;
constexpr std::uint64_t between_cancels_us = 250'000;
constexpr std::uint64_t between_looks_us = 20'000;
constexpr std::uint64_t late_commit_us = 2'000'000;

std::optional<std::uint64_t> row_count_of(PGresult* result) {
    const std::string text = PQcmdTuples(result);
    std::uint64_t count{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc{}) return std::nullopt;
    return count;
}

void keep_first_row(Reply& reply, PGresult* result) {
    if (!reply.row.empty() || PQntuples(result) == 0) return;
    for (int column = 0; column < PQnfields(result); ++column)
        reply.row.push_back(PQgetisnull(result, 0, column) != 0
                                ? std::nullopt
                                : std::optional<std::string>{PQgetvalue(result, 0, column)});
}

bool send_to(PGconn* connection, const Command& command) {
    std::vector<const char*> parameters;
    for (const auto& parameter : command.parameters)
        parameters.push_back(parameter ? parameter->c_str() : nullptr);
    const auto count = static_cast<int>(parameters.size());
    switch (command.form) {
        case Command::Form::preparation:
            return PQsendPrepare(connection, command.name.c_str(), command.sql.c_str(), 0,
                                 nullptr) == 1;
        case Command::Form::prepared:
            return PQsendQueryPrepared(connection, command.name.c_str(), count, parameters.data(),
                                       nullptr, nullptr, 0) == 1;
        case Command::Form::text:
            break;
    }
    return PQsendQueryParams(connection, command.sql.c_str(), count, nullptr, parameters.data(),
                             nullptr, nullptr, 0) == 1;
}

}  // namespace

Dialogue::Dialogue(Connection& connection) : connection_{connection}, raw_{connection.raw()} {
    PQsetnonblocking(raw_, 1);
    lost_ = PQenterPipelineMode(raw_) == 0;
}

Dialogue::Dialogue(Connection& connection, commands::AttemptObserver& observer)
    : Dialogue{connection} {
    observer_ = &observer;
}

Dialogue::~Dialogue() {
    PQexitPipelineMode(raw_);
    PQsetnonblocking(raw_, 0);
}

void Dialogue::send(const Command& command, Haste haste) {
    if (outstanding_commands_.empty()) since_reply_ = Stopwatch{};
    outstanding_commands_.push_back(haste);
    if (!send_to(raw_, command) || (haste == Haste::own_reply && PQsendFlushRequest(raw_) == 0))
        lost_ = true;
    unflushed_bytes_ += command.sql.size();
    if (unflushed_bytes_ < flush_bytes_min) return;  // receive() flushes
    unflushed_bytes_ = 0;
    has_backlog_ = PQflush(raw_) == 1;
}

void Dialogue::sync() {
    if (PQpipelineSync(raw_) == 0) lost_ = true;
    ++outstanding_syncs_;
}

bool Dialogue::is_full() const {
    return has_backlog_ || outstanding_commands_.size() >= outstanding_commands_max;
}

bool Dialogue::is_cancelled() {
    if (observer_ == nullptr) return signal_.has_value();
    const auto asked = observer_->cancelled();
    if (!signal_) signal_ = asked;
    return signal_.has_value();
}

void Dialogue::show_that_it_waits() {
    if (observer_ == nullptr || since_question_.elapsed_us() < between_questions_us) return;
    since_question_ = Stopwatch{};
    static_cast<void>(observer_->cancelled());
    if (since_reply_.elapsed_us() >= late_commit_us) observer_->answer_is_late();
}

void Dialogue::cancel_where_asked() {
    if (is_shielded_) return show_that_it_waits();
    if (!cancels_all_) {
        if (!signal_ && since_question_.elapsed_us() < between_questions_us) return;
        since_question_ = Stopwatch{};
        if (!is_cancelled()) return;
    }
    if (since_cancel_ && since_cancel_->elapsed_us() < between_cancels_us) return;
    if (!request_cancel(raw_)) give_up("the server does not answer any more");
    since_cancel_ = Stopwatch{};
}

void Dialogue::poll_socket() {
    const auto events = static_cast<short>(has_backlog_ ? POLLIN | POLLOUT : POLLIN);
    std::array<pollfd, 2> sockets{{{PQsocket(raw_), events, 0}, {-1, 0, 0}}};
    if (beside_socket_)
        if (const auto beside = beside_socket_()) sockets[1] = *beside;
    if (poll(sockets.data(), sockets.size(), poll_ms) <= 0) return;
    is_beside_ready_ = sockets[1].revents != 0;
    if ((sockets[0].revents & (POLLIN | POLLERR | POLLHUP | POLLNVAL)) == 0) return;
    if (PQconsumeInput(raw_) == 0) lost_ = true;
}

bool Dialogue::wait_until_ready() {
    has_backlog_ = PQflush(raw_) == 1;
    while (!lost_ && PQisBusy(raw_) != 0) {
        poll_socket();
        has_backlog_ = PQflush(raw_) == 1;
        look_beside();
        if (!lost_) cancel_where_asked();
    }
    return !lost_;
}

void Dialogue::look_beside() {
    const bool is_ready = std::exchange(is_beside_ready_, false);
    if (!beside_ || (!is_ready && since_beside_.elapsed_us() < between_looks_us)) return;
    since_beside_ = Stopwatch{};
    auto why = beside_({since_reply_.elapsed_us(), is_shielded_ || is_alone_, has_sent_all()});
    if (why && PQisBusy(raw_) != 0) give_up(*std::move(why));
}

bool Dialogue::has_sent_all() const {
    int unsent = 0;
    if (awaited_count_ > 0) return true;
    return !has_backlog_ && ioctl(PQsocket(raw_), SIOCOUTQ, &unsent) == 0 && unsent == 0;
}

void Dialogue::give_up(std::string why) {
    lost_ = true;
    given_up_ = std::move(why);
}

void Dialogue::absorb(Reply& reply, ResultPointer result) {
    switch (PQresultStatus(result.get())) {  // NOLINT: libpq's list grows
        case PGRES_COMMAND_OK:
        case PGRES_EMPTY_QUERY:
        case PGRES_TUPLES_OK:
        case PGRES_SINGLE_TUPLE:
            keep_first_row(reply, result.get());
            reply.command_tag = PQcmdStatus(result.get());
            reply.row_count = row_count_of(result.get());
            return;
        case PGRES_PIPELINE_ABORTED:
            reply.kind = Reply::Kind::skipped;
            return;
        case PGRES_COPY_IN:
        case PGRES_COPY_OUT:
        case PGRES_COPY_BOTH:
            lost_ = true;
            reply.error.sqlstate = copy_sqlstate;
            reply.error.message =
                "COPY from standard input or to standard output has no place in "
                "a migration; the session was closed";
            return;
        case PGRES_BAD_RESPONSE:
        case PGRES_NONFATAL_ERROR:
        case PGRES_FATAL_ERROR:
        case PGRES_PIPELINE_SYNC:
        default:
            break;
    }
    reply.kind = Reply::Kind::failed;
    reply.error =
        PQstatus(raw_) == CONNECTION_OK || PQresultErrorField(result.get(), PG_DIAG_SQLSTATE)
            ? server_error(result.get())
            : lost_connection(raw_);
    if (reply.error.connection_ended) lost_ = true;
}

Reply Dialogue::lose(Reply reply) {
    lost_ = true;
    if (given_up_) reply.error.message = *given_up_;
    if (reply.error.message.empty())
        for (ResultPointer result{PQgetResult(raw_)}; result; result.reset(PQgetResult(raw_)))
            if (PQresultErrorField(result.get(), PG_DIAG_SQLSTATE) != nullptr &&
                reply.error.message.empty())
                reply.error = server_error(result.get());
    if (reply.error.message.empty()) reply.error = lost_connection(raw_);
    reply.error.connection_ended = true;
    reply.kind = Reply::Kind::lost;
    reply.elapsed_us = since_reply_.lap_us();
    return reply;
}

Reply Dialogue::receive() {
    Reply reply;
    bool has_begun = false;
    for (;;) {
        if (!has_begun) PQsetSingleRowMode(raw_);  // rows of a file's SELECT are not collected
        if (!wait_until_ready()) break;
        ResultPointer result{PQgetResult(raw_)};
        if (!result && has_begun) {
            reply.notices = connection_.take_notices();
            if (outstanding_commands_.front() == Haste::own_reply)
                reply.elapsed_us = since_reply_.lap_us();
            outstanding_commands_.pop_front();
            if (awaited_count_ > 0) --awaited_count_;
            return reply;
        }
        if (!result) {
            if (PQstatus(raw_) != CONNECTION_OK) break;
            continue;
        }
        if (PQresultStatus(result.get()) == PGRES_PIPELINE_SYNC) {
            --outstanding_syncs_;
            continue;
        }
        has_begun = true;
        absorb(reply, std::move(result));
    }
    return lose(std::move(reply));
}

void Dialogue::drain() {
    while (!lost_ && !outstanding_commands_.empty()) static_cast<void>(receive());
    while (!lost_ && outstanding_syncs_ > 0 && wait_until_ready()) {
        const ResultPointer result{PQgetResult(raw_)};
        if (result && PQresultStatus(result.get()) == PGRES_PIPELINE_SYNC) --outstanding_syncs_;
        if (!result && PQstatus(raw_) != CONNECTION_OK) lost_ = true;
    }
}

void Dialogue::drain_by_cancelling() {
    if (!since_cancel_) since_cancel_ = Stopwatch{};  // after an error the rest is skipped at once
    cancels_all_ = true;
    drain();
    cancels_all_ = false;
}

Answer Dialogue::ask(const Command& command) {
    PQexitPipelineMode(raw_);
    PQsetnonblocking(raw_, 0);
    auto answer = connection_.query(command);
    PQsetnonblocking(raw_, 1);
    PQenterPipelineMode(raw_);
    if (!answer && answer.error().connection_ended) lost_ = true;
    return answer;
}

Reply Dialogue::send_alone(const std::string& sql) {
    since_reply_ = Stopwatch{};
    is_alone_ = true;
    auto reply = wait_alone(sql);
    is_alone_ = false;
    return reply;
}

// Rows come one by one before a statement's own result; rows of a rule's SELECT come without one.
void Dialogue::collect(Together& together, ResultPointer result, Reply& current) {
    const auto status = PQresultStatus(result.get());
    absorb(current, std::move(result));
    if (status == PGRES_SINGLE_TUPLE) return;
    if (current.kind == Reply::Kind::succeeded && current.command_tag.empty()) return;
    if (lost_) current.kind = Reply::Kind::lost;
    together.replies.push_back(std::exchange(current, Reply{}));
}

Together Dialogue::send_together(const std::string& sql) {
    since_reply_ = Stopwatch{};
    Together together;
    const bool is_sent = PQexitPipelineMode(raw_) == 1 && PQsendQuery(raw_, sql.c_str()) == 1;
    if (is_sent) PQsetSingleRowMode(raw_);
    Reply current;
    while (is_sent && wait_until_ready()) {
        ResultPointer result{PQgetResult(raw_)};
        if (!result) break;
        collect(together, std::move(result), current);
    }
    if (!is_sent || lost_ || PQstatus(raw_) != CONNECTION_OK) {
        if (together.replies.empty() || together.replies.back().kind != Reply::Kind::lost)
            together.replies.push_back(lose({}));
        return together;
    }
    PQenterPipelineMode(raw_);
    together.notices = connection_.take_notices();
    const std::uint64_t elapsed_us = since_reply_.lap_us();
    for (Reply& reply : together.replies) reply.elapsed_us = elapsed_us / together.replies.size();
    return together;
}

Reply Dialogue::wait_alone(const std::string& sql) {
    Reply reply;
    if (PQexitPipelineMode(raw_) == 0 || PQsendQuery(raw_, sql.c_str()) == 0)
        return lose(std::move(reply));
    ledger::fail_point("bare-statement-sent");
    while (wait_until_ready()) {
        ResultPointer result{PQgetResult(raw_)};
        if (!result) break;
        absorb(reply, std::move(result));
    }
    if (lost_ || PQstatus(raw_) != CONNECTION_OK) return lose(std::move(reply));
    PQenterPipelineMode(raw_);
    reply.notices = connection_.take_notices();
    reply.elapsed_us = since_reply_.lap_us();
    return reply;
}

}  // namespace adapters::postgres
