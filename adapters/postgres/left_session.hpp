// adapters/postgres/left_session.hpp: a target's session, left open by a command that is through
// with the target, for what comes after it.
//
// Lock  the run lock is left with it: who gets it next finds the checkpoint of what was done. Where
//       two sessions of one command are left, it is kept with the last.
#pragma once

#include "commands/database_identity.hpp"

#include <memory>

namespace adapters::postgres {

class Connection;
class RunLock;
class Sessions;

class LeftSession {
public:
    LeftSession();
    LeftSession(const LeftSession&) = delete;
    LeftSession& operator=(const LeftSession&) = delete;
    ~LeftSession();

    [[nodiscard]] bool is_there() const { return connection_ != nullptr; }
    // Whether the run lock was obtained beside it, even where it has been lost since.
    [[nodiscard]] bool had_lock() const { return had_lock_; }

    // Keeps it where it lives and is in no transaction. `is_used`: a file has run in it. `seen`:
    // what it is a session of.
    void leave(std::unique_ptr<Connection> connection, const Sessions& sessions, bool is_used,
               commands::SeenDatabase seen, std::unique_ptr<RunLock> lock);
    [[nodiscard]] const commands::SeenDatabase& seen() const { return seen_; }

    // Ends what was left and not taken: the lock, too.
    void end();
    // The lock alone, where what comes next takes a person's time.
    void unlock();

    // Made like a fresh one first, where that is needed. Nothing where there is none, or it ended.
    [[nodiscard]] std::unique_ptr<Connection> take();

private:
    std::unique_ptr<Connection> connection_;
    std::unique_ptr<Sessions> cleaned_by_;
    std::unique_ptr<RunLock> lock_;
    bool had_lock_{};
    commands::SeenDatabase seen_;
};

}  // namespace adapters::postgres
