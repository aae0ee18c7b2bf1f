// adapters/postgres/left_session.hpp: a target's session, left open by a command that is through
// with the target, for what comes after it.
#pragma once

#include "commands/database_identity.hpp"

#include <memory>

namespace adapters::postgres {

class Connection;
class Sessions;

class LeftSession {
public:
    LeftSession();
    LeftSession(const LeftSession&) = delete;
    LeftSession& operator=(const LeftSession&) = delete;
    ~LeftSession();

    [[nodiscard]] bool is_there() const { return connection_ != nullptr; }

    // Keeps it where it lives and is in no transaction. `is_used`: a file has run in it. `seen`:
    // what it is a session of.
    void leave(std::unique_ptr<Connection> connection, const Sessions& sessions, bool is_used,
               commands::SeenDatabase seen);
    [[nodiscard]] const commands::SeenDatabase& seen() const { return seen_; }

    // Ends what was left.
    void end();

    // Made like a fresh one first, where that is needed. Nothing where there is none, or it ended.
    [[nodiscard]] std::unique_ptr<Connection> take();

private:
    std::unique_ptr<Connection> connection_;
    std::unique_ptr<Sessions> cleaned_by_;
    commands::SeenDatabase seen_;
};

}  // namespace adapters::postgres
