// adapters/postgres/lease.hpp: keeps an idle session for as long as this process lives, and
// answers.
//
// Shape    a thread sends a bare Sync every two seconds and reads its reply. That starts no
//          transaction, so CREATE INDEX CONCURRENTLY waits for nothing, and leaves the session's
//          query_start as it was. With idle_session_timeout as long as lease_time, what the session
//          holds is a lease: the server ends the session of a client that is frozen, or cut off
//          without a word, which TCP's keepalives do not notice.
// Order    counted from the moment at which a beat that was answered had been sent, and half a
// second
//          shorter than on the server: there the session always outlives what we take it for.
// Threads  the connection is the lease's alone: libpq allows one thread at a time.
#pragma once

#include "adapters/postgres/connection.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>

namespace adapters::postgres {

inline constexpr std::chrono::milliseconds lease_time{8'000};

class Lease {
public:
    explicit Lease(std::unique_ptr<Connection> connection);
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease();

    // Looks at what has come in, now; also true where the server may think so.
    [[nodiscard]] bool has_ended();

    // It ended because the server answers no more: nothing else will be answered soon.
    [[nodiscard]] bool is_silent();

private:
    void keep();
    void beat();
    void look();
    void collect();

    std::unique_ptr<Connection> connection_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool is_stopped_{};
    bool is_over_{};
    bool is_awaited_{};  // a beat's reply
    std::int64_t sent_ms_{};
    std::int64_t answered_ms_;  // when the newest beat that was answered had been sent
    std::thread thread_;
};

}  // namespace adapters::postgres
