// migrations/layouts/order.hpp: the order that a tool gives its migrations, and what must be
// unique.
#pragma once

#include "migrations/layouts/reading.hpp"

namespace migrations::layouts {

// By version as a number; those of one number by path.
void sort_by_number(std::vector<Migration>& migrations);

// By version as text, as pop and Diesel do.
void sort_by_text(std::vector<Migration>& migrations);

}  // namespace migrations::layouts
