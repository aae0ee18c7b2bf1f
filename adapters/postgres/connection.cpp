#include "adapters/postgres/connection.hpp"

#include "adapters/postgres/number_text.hpp"
#include "adapters/postgres/secrets.hpp"
#include "adapters/postgres/stopwatch.hpp"
#include "ledger/clean.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <future>
#include <memory>
#include <poll.h>
#include <string_view>
#include <thread>

namespace adapters::postgres {

namespace {

constexpr std::size_t notices_max = 20;
constexpr std::size_t notice_bytes_max = 500;
constexpr std::string_view query_canceled = "57014";
constexpr std::string_view missing_right = "42501";
constexpr std::string_view too_many_connections = "53300";  // for another session
constexpr std::size_t columns_max = 32;                     // of a question of ours with one row
constexpr std::uint64_t late_us = 2'000'000;
constexpr std::chrono::seconds cancel_wait{5};
constexpr std::uint64_t cancel_after_us = 1'000'000;
constexpr std::uint64_t cancel_answer_us = 5'000'000;
constexpr int late_poll_ms = 100;

bool is_warning(const PGresult* notice) {
    const char* severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
    return severity != nullptr && std::string_view{severity} == "WARNING";
}

// What a session with another client_min_messages is told besides, of our own statements too.
bool is_for_debugging(const PGresult* notice) {
    const char* severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
    const std::string_view name = severity == nullptr ? "" : severity;
    return name.starts_with("DEBUG") || name == "LOG";
}

// libpq gives a refused connection no SQLSTATE; where the server speaks another language, the usual
// help is given.
std::string help_for(const std::string& message, const PGconn* connection) {
    if (PQconnectionNeedsPassword(connection) == 1)
        return "give the password in PGPASSWORD or .pgpass, or the whole url as env:NAME or "
               "file:PATH";
    if (message.find("too many connections") != std::string::npos ||
        message.find("too many clients") != std::string::npos)
        return "a command needs up to three at once: look at CONNECTION LIMIT of the role and the "
               "database, and at max_connections";
    return "check that the server runs and that host, port, database, user and password are right";
}

// What libpq says of parameters alone; of some only once it has a host.
bool is_of_parameters(std::string_view message) {
    constexpr std::array<std::string_view, 6> beginnings{
        "invalid ",      "could not match ",         "could not parse network address ",
        "service file ", "syntax error in service ", "definition of service "};
    if (message.find(" failed: invalid integer value \"") != message.npos) return true;
    return std::any_of(beginnings.begin(), beginnings.end(),
                       [&](std::string_view beginning) { return message.starts_with(beginning); });
}

ledger::Error connect_error(const ConnectionString& string, const PGconn* connection) {
    const auto message = masked(string, broken_connection(connection).message);
    if (message.find("unsupported startup parameter") != std::string::npos)
        return {ledger::Code::refused, "pooler-found",
                string.shown + " is a connection pooler: " + message,
                "connect to the server itself; or, where the pooler keeps sessions, say pooler = "
                "\"session\" in the configuration"};
    if (is_of_parameters(message))
        return {ledger::Code::refused, "target-url-invalid",
                "the connection's parameters cannot be used: " + message,
                "put it right in the URL, or in what holds where that says nothing: libpq's "
                "environment variables (PGSSLMODE, PGPORT, PGSERVICE and others) and the service "
                "that is named"};
    return {ledger::Code::unavailable, "target-unreachable",
            "cannot connect to " + string.shown + ": " + message, help_for(message, connection)};
}

ServerError no_answer(const std::string& stopped_by, bool began_copy) {
    ServerError error;
    error.stopped_by = stopped_by;
    error.connection_ended = true;
    error.message = began_copy ? "it answered with a COPY that nobody had asked for"
                               : "its answer was not waited for any longer";
    return error;
}

// What the string says, and what it leaves to us, as libpq takes it.
class ConnectParameters {
public:
    ConnectParameters(const ConnectionString& string, const std::string& application_name,
                      const std::string& startup_options) {
        all_ = string.parameters;
        all_.emplace_back("options",
                          startup_options + (startup_options.empty() ? "" : " ") + string.options);
        all_.emplace_back("client_encoding", "UTF8");
        all_.emplace_back("fallback_application_name", application_name);
        add_default("keepalives_idle", keepalive.idle_s);
        add_default("keepalives_interval", keepalive.interval_s);
        add_default("keepalives_count", keepalive.count);
        add_default("tcp_user_timeout", keepalive.user_timeout_ms);
        if (!string.has_connect_timeout) all_.emplace_back("connect_timeout", "10");
        for (const auto& [keyword, value] : all_) {
            keywords_.push_back(keyword.c_str());
            values_.push_back(value.c_str());
        }
        keywords_.push_back(nullptr);
        values_.push_back(nullptr);
    }
    ConnectParameters(const ConnectParameters&) = delete;
    ConnectParameters& operator=(const ConnectParameters&) = delete;

    [[nodiscard]] const char* const* keywords() const { return keywords_.data(); }
    [[nodiscard]] const char* const* values() const { return values_.data(); }

private:
    void add_default(const std::string& keyword, const char* value) {
        const auto is_same = [&](const auto& each) { return each.first == keyword; };
        if (std::none_of(all_.begin(), all_.end(), is_same)) all_.emplace_back(keyword, value);
    }

    Parameters all_;
    std::vector<const char*> keywords_;
    std::vector<const char*> values_;
};

}  // namespace

ledger::Result<std::unique_ptr<Connection>> Connection::open(const ConnectionString& string,
                                                             const std::string& application_name,
                                                             const std::string& startup_options) {
    const ConnectParameters all{string, application_name, startup_options};
    PGconn* raw = PQconnectdbParams(all.keywords(), all.values(), 0);
    if (raw == nullptr)
        return ledger::fail(ledger::Code::unavailable, "target-unreachable", "out of memory");
    std::unique_ptr<Connection> connection{new Connection{raw}};
    if (PQstatus(raw) != CONNECTION_OK) return ledger::fail(connect_error(string, raw));
    return connection;
}

std::unique_ptr<Connection> Connection::begin_open(const ConnectionString& string,
                                                   const std::string& application_name,
                                                   const std::string& startup_options) {
    const ConnectParameters all{string, application_name, startup_options};
    PGconn* raw = PQconnectStartParams(all.keywords(), all.values(), 0);
    if (raw == nullptr) return nullptr;
    return std::unique_ptr<Connection>{new Connection{raw}};
}

bool Connection::may_soon_open(const ConnectionString& string, const std::string& application_name,
                               const std::string& startup_options) {
    const auto connection = begin_open(string, application_name, startup_options);
    if (!connection) return false;
    PGconn* raw = connection->raw();
    PQsetErrorVerbosity(raw, PQERRORS_SQLSTATE);
    const Stopwatch since_begun;
    auto state = PQstatus(raw) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
    while (state != PGRES_POLLING_OK && state != PGRES_POLLING_FAILED) {
        const short awaited = state == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        pollfd socket{PQsocket(raw), awaited, 0};
        if (since_begun.elapsed_us() > late_us) return false;
        if (poll(&socket, 1, late_poll_ms) > 0) state = PQconnectPoll(raw);
    }
    return state == PGRES_POLLING_OK || std::string_view{PQerrorMessage(raw)}.find(
                                            too_many_connections) != std::string_view::npos;
}

Connection::Connection(PGconn* connection) : connection_{connection} {
    PQsetNoticeReceiver(connection_, &Connection::receive_notice, this);
}

Connection::~Connection() { PQfinish(connection_); }

void Connection::receive_notice(void* self, const PGresult* notice) {
    auto& connection = *static_cast<Connection*>(self);
    // An idle session learns of its end this way, before the socket is closed.
    if (server_error(notice).connection_ended) connection.was_told_of_end_ = true;
    auto& notices = connection.notices_;
    const bool warns = is_warning(notice);
    if (is_for_debugging(notice) || (connection.keeps_only_warnings_ && !warns)) return;
    if (notices.size() >= notices_max && !warns) return;
    const char* severity = PQresultErrorField(notice, PG_DIAG_SEVERITY);
    const char* message = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
    if (message == nullptr) return;
    const auto text =
        (severity == nullptr ? std::string{} : std::string{severity} + ": ") + message;
    if (notices.size() >= notices_max) notices.pop_back();
    notices.push_back(ledger::clean(without_secrets(text), notice_bytes_max));
}

std::vector<std::string> Connection::take_notices() {
    auto notices = std::move(notices_);
    notices_.clear();
    return notices;
}

std::vector<Values> values_of(const PGresult* result) {
    std::vector<Values> rows;
    const int row_count = PQntuples(result);
    const int column_count = PQnfields(result);
    rows.reserve(static_cast<std::size_t>(row_count));
    for (int row = 0; row < row_count; ++row) {
        auto& values = rows.emplace_back();
        values.reserve(static_cast<std::size_t>(column_count));
        for (int column = 0; column < column_count; ++column)
            values.push_back(PQgetisnull(result, row, column) != 0
                                 ? std::nullopt
                                 : std::optional<std::string>{PQgetvalue(result, row, column)});
    }
    return rows;
}

// PQcancel() waits until the server has taken the request, and has no time-out of its own.
bool request_cancel(PGconn* connection) {
    const std::shared_ptr<PGcancel> cancel{PQgetCancel(connection), PQfreeCancel};
    if (!cancel) return true;
    std::packaged_task<void()> task{[cancel] {
        std::array<char, 256> message{};
        PQcancel(cancel.get(), message.data(), static_cast<int>(message.size()));
    }};
    const auto done = task.get_future();
    std::thread{std::move(task)}.detach();
    return done.wait_for(cancel_wait) == std::future_status::ready;
}

bool Connection::cancels_where_stopped() {
    const auto signal = asked_to_stop_ ? asked_to_stop_() : std::nullopt;
    if (!signal) return true;
    stopped_by_ = *signal;
    return request_cancel(connection_);
}

// A question that somebody who wants to stop waits for is cancelled; a server that takes the
// request and answers nothing all the same is given up.
bool Connection::waits_in_vain(std::uint64_t waited_us) {
    if (waited_us < cancel_after_us) return false;
    if (stopped_by_.empty()) {
        cancelled_after_us_ = waited_us;
        return !cancels_where_stopped();
    }
    return waited_us - cancelled_after_us_ >= cancel_answer_us;
}

// False where it is given up, or the connection ends.
bool Connection::awaits_answer(bool is_question) {
    const Stopwatch waited;
    while (PQisBusy(connection_) != 0) {
        pollfd socket{PQsocket(connection_), POLLIN, 0};
        const int ready = poll(&socket, 1, late_poll_ms);
        if (ready > 0 && PQconsumeInput(connection_) == 0) return false;
        if (ready == 0 && is_question && waits_in_vain(waited.elapsed_us())) {
            is_given_up_ = true;
            return false;
        }
        if (ready > 0 || waited.elapsed_us() < late_us || !gives_up_ || !gives_up_()) continue;
        is_given_up_ = true;
        return false;
    }
    return true;
}

// What may be given up in its midst: it changes nothing but its own session.
bool is_question(std::string_view sql) {
    constexpr std::array<std::string_view, 3> words{"SELECT ", "SET ", "RESET "};
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return sql.starts_with(word); });
}

bool is_copy(const PGresult* result) {
    const auto status = PQresultStatus(result);
    return status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
}

// The last result, as PQexec() gives it. A COPY that nobody asked for would be one without end.
ResultPointer Connection::answer(bool is_sent, bool is_question) {
    ResultPointer last;
    stopped_by_.clear();
    while (is_sent && awaits_answer(is_question)) {
        ResultPointer result{PQgetResult(connection_)};
        if (!result) return last;
        last = std::move(result);
        if (!is_copy(last.get())) continue;
        is_given_up_ = true;
        return last;
    }
    return nullptr;
}

ServerError Connection::why_not(const PGresult* result) const {
    if (is_given_up_) return no_answer(stopped_by_, is_copy(result));
    if (result == nullptr || PQstatus(connection_) != CONNECTION_OK)
        return lost_connection(connection_);
    ServerError error = server_error(result);
    if (error.sqlstate == query_canceled) error.stopped_by = stopped_by_;
    if (error.sqlstate != missing_right) return error;
    const char* role = PQparameterStatus(connection_, "session_authorization");
    error.role = role == nullptr ? "" : role;
    return error;
}

Answer Connection::query(const Command& command) {
    std::vector<const char*> parameters;
    for (const auto& parameter : command.parameters)
        parameters.push_back(parameter ? parameter->c_str() : nullptr);
    const auto result = answer(
        PQsendQueryParams(connection_, command.sql.c_str(), static_cast<int>(parameters.size()),
                          nullptr, parameters.data(), nullptr, nullptr, 0) == 1,
        is_question(command.sql));
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        return tl::unexpected{why_not(result.get())};
    Rows rows;
    const std::string affected = PQcmdTuples(result.get());
    std::from_chars(affected.data(), affected.data() + affected.size(), rows.affected_count);
    rows.values = values_of(result.get());
    return rows;
}

tl::expected<void, ServerError> Connection::run(const std::string& sql) {
    const auto result = answer(PQsendQuery(connection_, sql.c_str()) == 1, is_question(sql));
    if (PQresultStatus(result.get()) == PGRES_COMMAND_OK) return {};
    return tl::unexpected{why_not(result.get())};
}

tl::expected<std::int64_t, ServerError> Connection::backend_pid() {
    const auto answer = query({"SELECT pg_catalog.pg_backend_pid()", {}});
    if (!answer) return tl::unexpected{answer.error()};
    std::int64_t pid{};
    if (read_number(answer->first().at(0), pid)) return pid;
    ServerError error;
    error.message = "it does not tell its process";
    return tl::unexpected{error};
}

bool Connection::counts_positions_in_bytes() const {
    const char* encoding = PQparameterStatus(connection_, "server_encoding");
    return encoding != nullptr && std::string{encoding} == "SQL_ASCII";
}

bool Connection::has_ended() {
    for (;;) {
        if (was_told_of_end_ || is_given_up_ || PQstatus(connection_) != CONNECTION_OK) return true;
        pollfd socket{PQsocket(connection_), POLLIN, 0};
        if (poll(&socket, 1, 0) <= 0) return false;
        if (PQconsumeInput(connection_) == 0) return true;
        PQisBusy(connection_);  // parses what has come in
    }
}

bool Connection::is_idle() const { return PQtransactionStatus(connection_) == PQTRANS_IDLE; }

const Values& Rows::first() const {
    static const Values nothing(columns_max);
    return values.empty() ? nothing : values.front();
}

const std::string& text_of(const std::optional<std::string>& value) {
    static const std::string nothing;
    return value ? *value : nothing;
}

std::string quoted_identifier(const std::string& name) {
    std::string quoted = "\"";
    for (const char character : name) quoted += character == '"' ? "\"\"" : std::string{character};
    return quoted + '"';
}

}  // namespace adapters::postgres
