#include "migrations/layouts/order.hpp"

#include "migrations/version.hpp"

#include <algorithm>
#include <tuple>

namespace migrations::layouts {

namespace {

// They mostly are in order already, and large to be moved about.
template <class Before>
void sort(std::vector<Migration>& migrations, Before before) {
    if (!std::is_sorted(migrations.begin(), migrations.end(), before))
        std::stable_sort(migrations.begin(), migrations.end(), before);
}

}  // namespace

void sort_by_number(std::vector<Migration>& migrations) {
    sort(migrations, [](const Migration& left, const Migration& right) {
        const auto order = compare_numbers(left.version.text, right.version.text);
        return order != 0 ? order < 0 : left.up.path < right.up.path;
    });
}

void sort_by_text(std::vector<Migration>& migrations) {
    sort(migrations, [](const Migration& left, const Migration& right) {
        return std::tie(left.version, left.up.path) < std::tie(right.version, right.up.path);
    });
}

}  // namespace migrations::layouts
