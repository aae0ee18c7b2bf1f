#include "adapters/postgres/lease.hpp"

#include <algorithm>
#include <csignal>
#include <ctime>
#include <utility>

namespace adapters::postgres {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds between_beats{2'000};
constexpr milliseconds caution{500};  // here it is over before it is on the server
constexpr milliseconds first_look{1};
constexpr milliseconds longest_look{50};

// Goes on while the machine sleeps, as the server's clock does.
std::int64_t now_ms() {
    std::timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    return static_cast<std::int64_t>(now.tv_sec) * 1'000 + now.tv_nsec / 1'000'000;
}

// Signals are for the main thread, whose waits they cut short.
class SignalsBlocked {
public:
    SignalsBlocked() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;
    ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_{};
};

}  // namespace

Lease::Lease(std::unique_ptr<Connection> connection)
    : connection_{std::move(connection)}, answered_ms_{now_ms()} {
    PQsetnonblocking(connection_->raw(), 1);
    is_over_ = PQenterPipelineMode(connection_->raw()) == 0;
    const SignalsBlocked blocked;
    thread_ = std::thread{[this] { keep(); }};
}

Lease::~Lease() {
    {
        const std::lock_guard guard{mutex_};
        is_stopped_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void Lease::keep() {
    std::unique_lock guard{mutex_};
    const auto stopped = [this] { return is_stopped_; };
    while (!is_over_ && !wake_.wait_for(guard, between_beats, stopped)) {
        beat();
        for (auto pause = first_look; is_awaited_ && !is_over_;
             pause = std::min(2 * pause, longest_look)) {
            if (wake_.wait_for(guard, pause, stopped)) return;
            look();
        }
    }
}

void Lease::beat() {
    look();
    if (is_over_) return;
    sent_ms_ = now_ms();
    is_awaited_ = PQpipelineSync(connection_->raw()) == 1;
    if (!is_awaited_) is_over_ = true;
}

void Lease::look() {
    if (is_over_) return;
    PQflush(connection_->raw());
    is_over_ = connection_->has_ended();
    collect();
    if (now_ms() - answered_ms_ >= (lease_time - caution).count()) is_over_ = true;
}

void Lease::collect() {
    while (is_awaited_ && !is_over_ && PQisBusy(connection_->raw()) == 0) {
        const ResultPointer result{PQgetResult(connection_->raw())};
        if (!result || PQresultStatus(result.get()) != PGRES_PIPELINE_SYNC) {
            is_over_ = true;
            return;
        }
        is_awaited_ = false;
        answered_ms_ = sent_ms_;
    }
}

bool Lease::has_ended() {
    const std::lock_guard guard{mutex_};
    look();
    return is_over_;
}

bool Lease::is_silent() {
    const std::lock_guard guard{mutex_};
    look();
    return is_over_ && !connection_->has_ended() && is_awaited_;
}

}  // namespace adapters::postgres
