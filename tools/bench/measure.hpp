// tools/bench/measure.hpp: clocks, medians, and a table of what was measured beside what it should
// reach.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tools::bench {

[[nodiscard]] double wall_s();
// Of this thread, on a processor.
[[nodiscard]] double thread_s();

[[nodiscard]] double seconds_of(const std::function<void()>& work);
[[nodiscard]] double median(std::vector<double> values);

// Processor time of each thread of this process so far, by its id, in seconds.
struct ThreadTime {
    int thread{};
    double seconds{};
};
[[nodiscard]] std::vector<ThreadTime> thread_times();

enum class Better { higher, lower };

struct Measured {
    std::string what;
    double value{};
    std::string unit;
    std::optional<double> aim;  // nothing: told, not judged
    Better better{Better::higher};
    std::string beside;  // the floor and its figure, for people
};

[[nodiscard]] bool is_missed(const Measured& measured);
void print(const std::vector<Measured>& all);

}  // namespace tools::bench
