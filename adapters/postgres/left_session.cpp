#include "adapters/postgres/left_session.hpp"

#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/run_lock.hpp"
#include "adapters/postgres/sessions.hpp"

#include <utility>

namespace adapters::postgres {

LeftSession::LeftSession() = default;
LeftSession::~LeftSession() = default;

void LeftSession::leave(std::unique_ptr<Connection> connection, const Sessions& sessions,
                        bool is_used, commands::SeenDatabase seen, std::unique_ptr<RunLock> lock) {
    if (lock && lock->is_obtained()) {
        lock_ = std::move(lock);
        had_lock_ = true;
    }
    if (!connection || connection->has_ended() || !connection->is_idle()) return;
    connection_ = std::move(connection);
    seen_ = std::move(seen);
    if (is_used) cleaned_by_ = std::make_unique<Sessions>(sessions);
}

void LeftSession::end() {
    connection_.reset();
    cleaned_by_.reset();
    had_lock_ = false;
    unlock();
}

void LeftSession::unlock() { lock_.reset(); }

std::unique_ptr<Connection> LeftSession::take() {
    auto connection = std::exchange(connection_, nullptr);
    const auto sessions = std::exchange(cleaned_by_, nullptr);
    if (!connection || !sessions) return connection;
    for (const auto& command : sessions->cleaning())
        if (!connection->query(command)) return nullptr;
    return connection;
}

}  // namespace adapters::postgres
