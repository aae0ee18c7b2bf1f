#include "migrations/layouts/order.hpp"

#include "migrations/version.hpp"

#include <algorithm>
#include <tuple>

namespace migrations::layouts {

void sort_by_number(std::vector<Migration>& migrations) {
    std::stable_sort(migrations.begin(), migrations.end(),
                     [](const Migration& left, const Migration& right) {
                         const auto order = compare_numbers(left.version.text, right.version.text);
                         return order != 0 ? order < 0 : left.up.path < right.up.path;
                     });
}

void sort_by_text(std::vector<Migration>& migrations) {
    std::stable_sort(
        migrations.begin(), migrations.end(), [](const Migration& left, const Migration& right) {
            return std::tie(left.version, left.up.path) < std::tie(right.version, right.up.path);
        });
}

}  // namespace migrations::layouts
