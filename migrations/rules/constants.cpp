#include "migrations/rules/constants.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace migrations::rules {

using sql::Constant;

namespace {

template <std::size_t size>
bool is_among(const std::array<std::string_view, size>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_integer(std::string_view type) {
    return is_among(std::array<std::string_view, 4>{"int2", "int4", "int8", "oid"}, type);
}

bool is_number(std::string_view type) {
    return is_integer(type) ||
           is_among(std::array<std::string_view, 3>{"numeric", "float4", "float8"}, type);
}

bool is_time(std::string_view type) {
    return is_among(std::array<std::string_view, 3>{"date", "timestamp", "timestamptz"}, type);
}

// What is equal under one spelling alone.
bool is_plain(std::string_view type) {
    return is_among(std::array<std::string_view, 3>{"text", "varchar", "name"}, type);
}

bool is_digit(char each) { return each >= '0' && each <= '9'; }

// "-12.50" as its sign, "12" and "5".
struct Decimal {
    bool is_negative{};
    std::string_view whole;
    std::string_view fraction;
};

std::optional<Decimal> decimal_of(std::string_view text) {
    Decimal number;
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
        number.is_negative = text.front() == '-';
        text.remove_prefix(1);
    }
    const std::size_t point = std::min(text.find('.'), text.size());
    number.whole = text.substr(0, point);
    number.fraction = point == text.size() ? "" : text.substr(point + 1);
    if (number.whole.empty() && number.fraction.empty()) return std::nullopt;
    if (!std::all_of(number.whole.begin(), number.whole.end(), is_digit) ||
        !std::all_of(number.fraction.begin(), number.fraction.end(), is_digit))
        return std::nullopt;
    while (!number.whole.empty() && number.whole.front() == '0') number.whole.remove_prefix(1);
    while (!number.fraction.empty() && number.fraction.back() == '0')
        number.fraction.remove_suffix(1);
    if (number.whole.empty() && number.fraction.empty()) number.is_negative = false;
    return number;
}

int order(const Decimal& one, const Decimal& other) {
    if (one.is_negative != other.is_negative) return one.is_negative ? -1 : 1;
    const int sign = one.is_negative ? -1 : 1;
    if (one.whole.size() != other.whole.size())
        return one.whole.size() < other.whole.size() ? -sign : sign;
    if (const int whole = one.whole.compare(other.whole); whole != 0) return whole * sign;
    return one.fraction.compare(other.fraction) * sign;
}

std::optional<int> number_order(const Constant& one, const Constant& other) {
    const auto first = decimal_of(one.text);
    const auto second = decimal_of(other.text);
    if (!first || !second) return std::nullopt;
    return order(*first, *second);
}

// An ISO date, with a time of the day or none, and no zone: "2026-01-31 10:30:00".
class Moment {
public:
    static std::optional<std::int64_t> read(std::string_view text) {
        Moment moment{text};
        return moment.seconds();
    }

private:
    explicit Moment(std::string_view text) : left_{text} {}

    std::optional<std::int64_t> seconds() {
        const std::int64_t year = number(4);
        const std::int64_t month = take('-') ? number(2) : unread;
        const std::int64_t day = take('-') ? number(2) : unread;
        if (year < 0 || month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
        const std::int64_t whole = ((year * 12 + month) * 31 + day) * 86'400;
        if (left_.empty()) return whole;
        if (!take(' ') && !take('T')) return std::nullopt;
        const std::int64_t hour = number(2);
        const std::int64_t minute = take(':') ? number(2) : unread;
        const std::int64_t second = take(':') ? number(2) : 0;
        if (hour < 0 || minute < 0 || second < 0 || !left_.empty()) return std::nullopt;
        return whole + hour * 3'600 + minute * 60 + second;
    }

    bool take(char expected) {
        if (left_.empty() || left_.front() != expected) return false;
        left_.remove_prefix(1);
        return true;
    }

    std::int64_t number(std::size_t digits) {
        if (left_.size() < digits ||
            !std::all_of(left_.begin(), left_.begin() + static_cast<std::ptrdiff_t>(digits),
                         is_digit))
            return unread;
        std::int64_t value = 0;
        for (std::size_t at = 0; at < digits; ++at) value = value * 10 + (left_[at] - '0');
        left_.remove_prefix(digits);
        return value;
    }

    static constexpr std::int64_t unread = -1;
    std::string_view left_;
};

std::optional<int> time_order(const Constant& one, const Constant& other) {
    const auto first = Moment::read(one.text);
    const auto second = Moment::read(other.text);
    if (!first || !second) return std::nullopt;
    return *first < *second ? -1 : *first > *second ? 1 : 0;
}

}  // namespace

std::optional<int> order_of(const Constant& one, const Constant& other, const std::string& type) {
    if (is_number(type)) return number_order(one, other);
    if (is_time(type))
        if (const auto order = time_order(one, other)) return order;
    if (one.text == other.text && one.is_string == other.is_string) return 0;
    if (!type.empty() || one.is_string != other.is_string) return std::nullopt;
    return one.is_string ? time_order(one, other) : number_order(one, other);
}

std::optional<bool> are_equal(const Constant& one, const Constant& other, const std::string& type) {
    if (const auto order = order_of(one, other, type)) return *order == 0;
    if (is_plain(type)) return one.text == other.text;
    return std::nullopt;
}

bool is_of_type(const Constant& constant, const std::string& type) {
    const std::string& cast = constant.cast_type;
    if (is_integer(type))
        return (cast.empty() || is_integer(cast)) && constant.text.find('.') == std::string::npos;
    if (type == "numeric") return cast.empty() || is_integer(cast) || cast == type;
    if (is_number(type)) return cast.empty() || is_number(cast);
    // Between these two and a timestamptz stands the session's time zone.
    if (type == "date" || type == "timestamp")
        return cast.empty() || cast == "date" || cast == "timestamp";
    if (is_plain(type)) return cast.empty() || is_plain(cast);
    return cast.empty() || cast == type || type.empty();
}

}  // namespace migrations::rules
