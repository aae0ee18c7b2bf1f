// tests/contracts/row_store_contract.hpp: what every projections::RowStore promises.
#pragma once

#include "projections/row_store.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tests {

// `rows` is empty.
inline void row_store_contract(projections::RowStore& rows) {
    using projections::Row;
    using projections::RowChange;
    const std::string zero("a\0b", 3);
    const std::string high = "a\xff";

    CHECK(*rows.get("absent") == std::nullopt);
    CHECK(rows.scan("")->empty());
    REQUIRE(rows.write({}));

    // Keys and values are bytes: zeros, empty values and bytes above 0x7f included.
    REQUIRE(rows.write({{"b", "2"}, {high, "high"}, {"a", ""}, {zero, std::string("\0", 1)}}));
    CHECK(*rows.get("a") == "");
    CHECK(*rows.get(zero) == std::string("\0", 1));
    CHECK(*rows.scan("") ==
          std::vector<Row>{{"a", ""}, {zero, std::string("\0", 1)}, {high, "high"}, {"b", "2"}});
    CHECK(*rows.scan(std::string_view(zero).substr(0, 2)) ==
          std::vector<Row>{{zero, std::string("\0", 1)}});
    CHECK(*rows.scan("a\xff") == std::vector<Row>{{high, "high"}});
    CHECK(rows.scan("c")->empty());

    // One batch puts and erases, over what is there; erasing what is not there is no error.
    REQUIRE(rows.write({{"b", "3"}, {"a", std::nullopt}, {"never", std::nullopt}}));
    CHECK(*rows.get("b") == "3");
    CHECK(*rows.get("a") == std::nullopt);
    CHECK(rows.scan("")->size() == 3);

    // A prefix of 0xff bytes has no successor.
    REQUIRE(rows.write({{"\xff\xff", "last"}, {"\xff", "before"}}));
    CHECK(*rows.scan("\xff") == std::vector<Row>{{"\xff", "before"}, {"\xff\xff", "last"}});
}

}  // namespace tests
