// adapters/memory/clock.hpp: a clock that stands still until it is told the time. For tests.
//
// Threads  may be set and read from any thread.
#pragma once

#include "ledger/clock.hpp"

#include <atomic>
#include <cstdint>

namespace adapters::memory {

class Clock final : public ledger::Clock {
public:
    explicit Clock(std::int64_t now_us = 1'795'392'000'000'000) : now_us_{now_us} {}

    std::int64_t now_us() override { return now_us_; }

    void set(std::int64_t now_us) { now_us_ = now_us; }
    void advance(std::int64_t by_us) { now_us_ += by_us; }

private:
    std::atomic<std::int64_t> now_us_;
};

}  // namespace adapters::memory
