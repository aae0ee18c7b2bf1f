#include "tools/bench/measure.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>

namespace tools::bench {

namespace {

constexpr double ns_per_s = 1e9;

}  // namespace

double wall_s() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration<double>(now).count();
}

double thread_s() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / ns_per_s;
}

double seconds_of(const std::function<void()>& work) {
    const double begin = wall_s();
    work();
    return wall_s() - begin;
}

double median(std::vector<double> values) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

std::vector<ThreadTime> thread_times() {
    std::vector<ThreadTime> times;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/task", ignored}) {
        std::ifstream in{entry.path() / "schedstat"};
        double ns = 0;
        if (in >> ns) times.push_back({std::stoi(entry.path().filename()), ns / ns_per_s});
    }
    return times;
}

bool is_missed(const Measured& measured) {
    if (!measured.aim) return false;
    return measured.better == Better::higher ? measured.value < *measured.aim
                                             : measured.value > *measured.aim;
}

void print(const std::vector<Measured>& all) {
    std::printf("%-46s %12s %-10s %-12s %s\n", "", "measured", "", "aim", "beside");
    for (const Measured& each : all) {
        std::string aim;
        if (each.aim) {
            char text[64];
            std::snprintf(text, sizeof text, "%s %.6g",
                          each.better == Better::higher ? ">=" : "<=", *each.aim);
            aim = text;
        }
        std::printf("%-46s %12.4g %-10s %-12s %s%s\n", each.what.c_str(), each.value,
                    each.unit.c_str(), aim.c_str(), each.beside.c_str(),
                    is_missed(each) ? "  MISSED" : "");
    }
}

}  // namespace tools::bench
