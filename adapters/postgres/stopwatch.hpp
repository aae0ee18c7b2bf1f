// adapters/postgres/stopwatch.hpp: how long something has taken, in microseconds.
#pragma once

#include <chrono>
#include <cstdint>

namespace adapters::postgres {

class Stopwatch {
public:
    [[nodiscard]] std::uint64_t elapsed_us() const {
        return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(
                                              std::chrono::steady_clock::now() - start_)
                                              .count());
    }

    // The time since the start, which is now.
    std::uint64_t lap_us() {
        const auto elapsed = elapsed_us();
        start_ = std::chrono::steady_clock::now();
        return elapsed;
    }

private:
    std::chrono::steady_clock::time_point start_{std::chrono::steady_clock::now()};
};

}  // namespace adapters::postgres
