#include "adapters/postgres/working_session.hpp"

#include "adapters/postgres/attempt.hpp"

#include <utility>

namespace adapters::postgres {

using ledger::Result;

Result<void> WorkingSession::open() {
    const bool is_anew = std::exchange(has_old_defaults_, false);
    if (!has_ended() && !is_anew) return {};
    connection_.reset();
    auto opened = is_anew ? sessions_.open_after_end() : sessions_.open(Sessions::Purpose::work);
    if (!opened) return ledger::fail(opened.error());
    connection_ = std::move(opened->connection);
    backend_pid_ = opened->backend_pid;
    is_used_ = false;
    is_prepared_ = false;
    return {};
}

Result<Connection*> WorkingSession::clean() {
    if (const auto opened = open(); !opened) return ledger::fail(opened.error());
    if (!std::exchange(is_used_, false)) return connection_.get();
    is_prepared_ = false;
    for (const auto& command : sessions_.cleaning())
        if (const auto answer = connection_->query(command); !answer) {
            const auto error = to_error(answer.error(), "making the session like a fresh one");
            connection_.reset();
            return ledger::fail(error);
        }
    return connection_.get();
}

// Event triggers would run somebody's code in every script, whatever it does itself, and a trigger
// on the marker table may keep the marker out. Looked for where fence and marker are to be
// prepared: after any script that may have made one.
bool WorkingSession::only_defines(const commands::AttemptOrder& order) {
    if (!postgres::only_defines(order, markers_)) return false;
    if (is_prepared_ && (!is_used_ || only_defined_)) return !has_code_beside_;
    const auto answer = connection_->query(markers_.code_beside());
    has_code_beside_ = !answer || answer->first().at(0) != "0";
    return !has_code_beside_;
}

std::vector<Command> WorkingSession::make_ready(bool only_defines, const RunLockToken& token) {
    const bool keeps_prepared = only_defined_ && only_defines;
    std::vector<Command> commands;
    if (std::exchange(is_used_, true)) {
        commands = sessions_.cleaning(keeps_prepared);
        is_prepared_ = is_prepared_ && keeps_prepared;
    }
    only_defined_ = only_defines;
    if (!only_defines || std::exchange(is_prepared_, true)) return commands;
    for (auto& command : markers_.preparations(token)) commands.push_back(std::move(command));
    return commands;
}

WorkingSession::Left WorkingSession::leave() {
    if (has_old_defaults_) connection_.reset();
    return {std::move(connection_), is_used_};
}

}  // namespace adapters::postgres
