#include "tools/varve/time_text.hpp"

#include <chrono>
#include <cstdio>

namespace tools::varve {

namespace {

using std::chrono::sys_days;

constexpr std::int64_t second_us = 1'000'000;
constexpr std::int64_t day_us = 86'400 * second_us;

struct Calendar {
    int year;
    unsigned month, day, hour, minute, second, microsecond;
};

Calendar calendar_of(std::int64_t time_us) {
    std::int64_t days = time_us / day_us;
    std::int64_t rest = time_us % day_us;
    if (rest < 0) {
        rest += day_us;
        --days;
    }
    const std::chrono::year_month_day date{sys_days{std::chrono::days{days}}};
    const auto seconds = static_cast<unsigned>(rest / second_us);
    return {static_cast<int>(date.year()),
            static_cast<unsigned>(date.month()),
            static_cast<unsigned>(date.day()),
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60,
            static_cast<unsigned>(rest % second_us)};
}

// Reads exactly `count` digits.
bool digits(std::string_view& text, int count, unsigned& value) {
    value = 0;
    for (int index = 0; index < count; ++index) {
        if (text.empty() || text[0] < '0' || text[0] > '9') return false;
        value = value * 10 + static_cast<unsigned>(text[0] - '0');
        text.remove_prefix(1);
    }
    return true;
}

bool skip(std::string_view& text, std::string_view any_of) {
    if (text.empty() || any_of.find(text[0]) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<std::int64_t> read_date(std::string_view& text) {
    unsigned year = 0;
    unsigned month = 0;
    unsigned day = 0;
    if (!digits(text, 4, year) || !skip(text, "-") || !digits(text, 2, month) || !skip(text, "-") ||
        !digits(text, 2, day))
        return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(year)},
                                           std::chrono::month{month}, std::chrono::day{day}};
    if (!date.ok()) return std::nullopt;
    return sys_days{date}.time_since_epoch().count() * day_us;
}

std::optional<std::int64_t> read_fraction(std::string_view& text) {
    if (!skip(text, ".,")) return std::nullopt;
    std::int64_t value = 0;
    std::int64_t unit = second_us / 10;
    while (!text.empty() && text[0] >= '0' && text[0] <= '9') {
        value += (text[0] - '0') * unit;
        unit /= 10;
        text.remove_prefix(1);
    }
    return value;
}

std::optional<std::int64_t> read_offset(std::string_view& text) {
    if (text.empty() || skip(text, "zZ")) return 0;
    const bool west = text[0] == '-';
    unsigned hours = 0;
    unsigned minutes = 0;
    if (!skip(text, "+-") || !digits(text, 2, hours)) return std::nullopt;
    (void)skip(text, ":");
    if (!text.empty() && !digits(text, 2, minutes)) return std::nullopt;
    if (hours > 23 || minutes > 59) return std::nullopt;  // as RFC 3339 has it
    const std::int64_t offset = (hours * 3600 + minutes * 60) * second_us;
    return west ? -offset : offset;
}

}  // namespace

std::string instant_text(std::int64_t time_us) {
    const Calendar time = calendar_of(time_us);
    char text[48];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02u:%02u:%02u.%06uZ", time.year, time.month,
                  time.day, time.hour, time.minute, time.second, time.microsecond);
    return text;
}

std::string instant_short(std::int64_t time_us) {
    const Calendar time = calendar_of(time_us);
    char text[40];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u %02u:%02u:%02uZ", time.year, time.month,
                  time.day, time.hour, time.minute, time.second);
    return text;
}

std::optional<TimeSpan> time_span_from_text(std::string_view text) {
    const auto date = read_date(text);
    if (!date) return std::nullopt;
    if (text.empty()) return TimeSpan{*date, *date + day_us - 1};
    unsigned hour = 0;
    unsigned minute = 0;
    unsigned second = 0;
    if (!skip(text, "tT ") || !digits(text, 2, hour) || !skip(text, ":") ||
        !digits(text, 2, minute))
        return std::nullopt;
    if (skip(text, ":") && !digits(text, 2, second)) return std::nullopt;
    if (hour > 23 || minute > 59 || second > 60) return std::nullopt;
    const auto fraction = read_fraction(text);
    const auto offset = read_offset(text);
    if (!offset || !text.empty()) return std::nullopt;
    const std::int64_t time_us =
        *date + (hour * 3600 + minute * 60 + second) * second_us + fraction.value_or(0) - *offset;
    return TimeSpan{time_us, fraction ? time_us : time_us + second_us - 1};
}

std::string duration_text(std::uint64_t elapsed_us) {
    char text[48];
    if (elapsed_us < 1'000)
        std::snprintf(text, sizeof text, "%.1f ms", static_cast<double>(elapsed_us) / 1'000);
    else if (elapsed_us < 1'000'000)
        std::snprintf(text, sizeof text, "%.0f ms", static_cast<double>(elapsed_us) / 1'000);
    else if (elapsed_us < 120'000'000)
        std::snprintf(text, sizeof text, "%.1f s", static_cast<double>(elapsed_us) / 1'000'000);
    else
        std::snprintf(text, sizeof text, "%llu min %llu s",
                      static_cast<unsigned long long>(elapsed_us / 60'000'000),
                      static_cast<unsigned long long>(elapsed_us / 1'000'000 % 60));
    return text;
}

}  // namespace tools::varve
