// adapters/postgres/connection.hpp: one session on the server, and plain questions to it.
//
// Shape    libpq itself: libpqxx 6.4 hides detail, hint and position, and reconnects in silence,
//          which would lose the run lock together with the session that held it.
// Threads  one at a time.
#pragma once

#include "adapters/postgres/connection_string.hpp"
#include "adapters/postgres/server_error.hpp"
#include "ledger/result.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <functional>
#include <libpq-fe.h>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace adapters::postgres {

using Values = std::vector<std::optional<std::string>>;

// SQL with its parameters, as text; a parameter's type is what the server infers.
struct Command {
    enum class Form {
        text,
        preparation,  // makes `name` stand for the SQL in this session
        prepared,     // what `name` stands for, with these parameters
    };
    std::string sql;
    Values parameters;
    Form form{};
    std::string name{};
};

struct Rows {
    std::vector<Values> values;
    std::uint64_t affected_count{};

    // Of what has always one row; of a server that gives none, NULLs.
    [[nodiscard]] const Values& first() const;
};

using Answer = tl::expected<Rows, ServerError>;

// Frees what libpq gives out.
struct ResultClear {
    void operator()(PGresult* result) const { PQclear(result); }
};
using ResultPointer = std::unique_ptr<PGresult, ResultClear>;

[[nodiscard]] std::vector<Values> values_of(const PGresult* result);

// How soon a connection is given up whose packets get lost, here and on the server: in 9 s.
struct Keepalive {
    const char* idle_s;
    const char* interval_s;
    const char* count;
    const char* user_timeout_ms;
};
inline constexpr Keepalive keepalive{"3", "2", "3", "9000"};

class Connection {
public:
    // `startup_options` are overruled by those that the string itself has.
    static ledger::Result<std::unique_ptr<Connection>> open(const ConnectionString& string,
                                                            const std::string& application_name,
                                                            const std::string& startup_options);

    // The same without waiting: the caller goes on with PQconnectPoll(). Nothing: out of memory.
    static std::unique_ptr<Connection> begin_open(const ConnectionString& string,
                                                  const std::string& application_name,
                                                  const std::string& startup_options);

    // Whether one more that the server has just refused is refused for want of room (SQLSTATE
    // 53300), or not any more: tried once more, since libpq tells the code only to who asks before.
    static bool may_soon_open(const ConnectionString& string, const std::string& application_name,
                              const std::string& startup_options);

    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    // Waits for the answer.
    [[nodiscard]] Answer query(const Command& command);
    // Several statements of our own in one round trip, up to the first that fails.
    [[nodiscard]] tl::expected<void, ServerError> run(const std::string& sql);

    // From now on asked every 100 ms while an answer is more than two seconds late, as it is where
    // a COMMIT waits for a standby that is away: true gives the answer up, and the session.
    void when_late(std::function<bool()> gives_up) { gives_up_ = std::move(gives_up); }

    // From now on a question (SELECT, SET, RESET) whose answer is more than a second late is
    // cancelled once this names a signal; its error names it too.
    void when_asked_to_stop(std::function<std::optional<std::string>()> asked) {
        asked_to_stop_ = std::move(asked);
    }

    // Notices since the last time, but for DEBUG and LOG: at most 20, 500 bytes each.
    // Where there are more, a WARNING takes the last one's place.
    std::vector<std::string> take_notices();
    void keep_only_warnings(bool only) { keeps_only_warnings_ = only; }

    [[nodiscard]] PGconn* raw() const { return connection_; }
    // The server process that answers, and whether another one was promised at the start.
    [[nodiscard]] tl::expected<std::int64_t, ServerError> backend_pid();
    [[nodiscard]] std::int64_t promised_pid() const { return PQbackendPID(connection_); }
    [[nodiscard]] int server_version() const { return PQserverVersion(connection_); }
    [[nodiscard]] bool counts_positions_in_bytes() const;

    // Looks at what has come in without asking anything: has the session ended?
    [[nodiscard]] bool has_ended();
    // In no transaction, and nothing is being answered.
    [[nodiscard]] bool is_idle() const;

private:
    explicit Connection(PGconn* connection);
    static void receive_notice(void* self, const PGresult* notice);

    [[nodiscard]] ResultPointer answer(bool is_sent, bool is_question = false);
    [[nodiscard]] bool awaits_answer(bool is_question);
    // False where the server does not take the request.
    [[nodiscard]] bool cancels_where_stopped();
    [[nodiscard]] bool waits_in_vain(std::uint64_t waited_us);
    [[nodiscard]] ServerError why_not(const PGresult* result) const;

    PGconn* connection_;
    std::vector<std::string> notices_;
    bool keeps_only_warnings_{};
    std::function<bool()> gives_up_;
    std::function<std::optional<std::string>()> asked_to_stop_;
    std::string stopped_by_;  // the question that is being answered was cancelled for it
    std::uint64_t cancelled_after_us_{};
    bool was_told_of_end_{};
    bool is_given_up_{};
};

// Asks the server to cancel what that session does. False where it does not take the request in
// five seconds.
[[nodiscard]] bool request_cancel(PGconn* connection);

// A value of the database's own that is never null; of a server that says so all the same, "".
[[nodiscard]] const std::string& text_of(const std::optional<std::string>& value);

[[nodiscard]] std::string quoted_identifier(const std::string& name);

}  // namespace adapters::postgres
