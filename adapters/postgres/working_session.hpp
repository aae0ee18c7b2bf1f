// adapters/postgres/working_session.hpp: the session that scripts run in, one after another, and
// what they have left in it.
//
// Fresh    a script meets a session like a fresh one. Between scripts that only define, the fence
//          and the marker stay prepared in it; where one has changed what sessions begin with
//          (ALTER ROLE ... SET), the next is given a new one.
// Owns     the connection. The sessions that it is opened by, and the marker table, outlive it.
#pragma once

#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/marker_table.hpp"
#include "adapters/postgres/sessions.hpp"
#include "commands/ports.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace adapters::postgres {

class WorkingSession {
public:
    WorkingSession(Sessions& sessions, const MarkerTable& markers, Sessions::Opened opened)
        : sessions_{sessions},
          markers_{markers},
          connection_{std::move(opened.connection)},
          backend_pid_{opened.backend_pid} {}

    // Anew where there is none, it has ended, or what sessions begin with has changed.
    ledger::Result<void> open();
    // The same, made like a fresh one: to ask in.
    ledger::Result<Connection*> clean();
    void close() { connection_.reset(); }

    [[nodiscard]] Connection& connection() { return *connection_; }
    [[nodiscard]] std::int64_t backend_pid() const { return backend_pid_; }
    [[nodiscard]] bool has_ended() { return !connection_ || connection_->has_ended(); }
    // Scripts from now on begin with what the last one has set.
    [[nodiscard]] bool has_old_defaults() const { return has_old_defaults_; }

    // Whether nobody's code can run in it: neither the script's nor that of triggers. Asks the
    // server where that was not asked since a script may have made one.
    [[nodiscard]] bool only_defines(const commands::AttemptOrder& order);
    // What is to be sent before a script, which `only_defines` or not.
    [[nodiscard]] std::vector<Command> make_ready(bool only_defines, const RunLockToken& token);
    // Before a script that comes after one of those, and is one itself.
    [[nodiscard]] std::vector<Command> make_ready_again() const { return sessions_.cleaning(true); }
    void note_defaults(bool are_set) { has_old_defaults_ = are_set; }
    // What was prepared in it may be gone.
    void note_undone() { only_defined_ = false; }
    // Something was asked in it that may leave something.
    void note_use() { is_used_ = true; }

    struct Left {
        std::unique_ptr<Connection> connection;  // none where nobody may go on with it
        bool is_used{};
    };
    [[nodiscard]] Left leave();

private:
    Sessions& sessions_;
    const MarkerTable& markers_;
    std::unique_ptr<Connection> connection_;
    std::int64_t backend_pid_{};
    bool is_used_{};           // and may have left something
    bool has_old_defaults_{};  // a script has changed what sessions begin with
    bool only_defined_{};      // used by such scripts alone
    bool is_prepared_{};       // fence and marker
    bool has_code_beside_{};   // as of then
};

}  // namespace adapters::postgres
