#include "projections/row_cells.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace row_cells_test {

using projections::RowCell;
using projections::RowCells;

TEST_CASE("a cell is made once, found again, and stays where it is") {
    RowCells cells;
    std::vector<RowCell*> made;
    for (int number = 0; number < 5'000; ++number) {
        const auto [cell, is_new] = cells.at("row/" + std::to_string(number));
        CHECK(is_new);
        cell.now = std::to_string(number);
        made.push_back(&cell);
    }
    for (int number = 0; number < 5'000; ++number) {
        const auto [cell, is_new] = cells.at("row/" + std::to_string(number));
        CHECK_FALSE(is_new);
        CHECK(&cell == made[static_cast<std::size_t>(number)]);
        CHECK(cell.now == std::to_string(number));
    }
    int next = 0;
    cells.each([&](const RowCell& cell) { CHECK(cell.now == std::to_string(next++)); });
    CHECK(next == 5'000);
}

TEST_CASE("what is cleared is not found again, and nothing of it shows in what comes next") {
    RowCells cells;
    RowCell& first = cells.at("a").cell;
    first.before = "1";
    first.now = "2";
    first.is_known = true;
    cells.clear();
    cells.each([](const RowCell&) { FAIL("there is none"); });
    const auto [cell, is_new] = cells.at("b");
    CHECK(is_new);
    CHECK(cell.key == "b");
    CHECK_FALSE(cell.before);
    CHECK_FALSE(cell.now);
    CHECK_FALSE(cell.is_known);
    CHECK(cells.at("a").is_new);
}

}  // namespace row_cells_test
