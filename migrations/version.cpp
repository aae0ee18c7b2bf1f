#include "migrations/version.hpp"

#include <algorithm>

namespace migrations {

namespace {

std::string_view take_part(std::string_view& version) {
    const std::size_t end = version.find_first_of("._");
    const auto part = version.substr(0, end);
    version = end == std::string_view::npos ? std::string_view{} : version.substr(end + 1);
    return part;
}

}  // namespace

std::strong_ordering compare_numbers(std::string_view left, std::string_view right) {
    left.remove_prefix(std::min(left.find_first_not_of('0'), left.size()));
    right.remove_prefix(std::min(right.find_first_not_of('0'), right.size()));
    if (left.size() != right.size()) return left.size() <=> right.size();
    return left.compare(right) <=> 0;
}

std::strong_ordering compare_dotted(std::string_view left, std::string_view right) {
    while (!left.empty() || !right.empty()) {
        const auto order = compare_numbers(take_part(left), take_part(right));
        if (order != std::strong_ordering::equal) return order;
    }
    return std::strong_ordering::equal;
}

std::string_view leading_digits(std::string_view text) {
    std::size_t count = 0;
    while (count < text.size() && text[count] >= '0' && text[count] <= '9') ++count;
    return text.substr(0, count);
}

bool is_digits(std::string_view text) {
    return !text.empty() && leading_digits(text).size() == text.size();
}

std::optional<std::string_view> number_of(std::string_view version) {
    const std::size_t end = std::min(version.find_first_not_of("0123456789._"), version.size());
    if (leading_digits(version).empty()) return std::nullopt;
    if (end == version.size()) return version;
    if (version[end - 1] != '_') return std::nullopt;
    return version.substr(0, end - 1);
}

}  // namespace migrations
