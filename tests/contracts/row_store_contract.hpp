// tests/contracts/row_store_contract.hpp: what every projections::RowStore promises.
#pragma once

#include "projections/row_key.hpp"
#include "projections/row_store.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tests {

// Groups of any length, some of them far apart, the highest number among them.
inline void scan_from_contract(projections::RowStore& rows) {
    using projections::big_endian;
    using projections::Row;
    constexpr std::uint64_t highest = std::numeric_limits<std::uint64_t>::max();
    const auto key = [](const std::string& name, std::uint64_t number) {
        return "~" + name + big_endian(number);
    };
    std::vector<projections::RowChange> changes{
        {"~short", "no number"}, {key("n/a|", 4), "a4"},         {key("n/a|", 8), "a8"},
        {key("n/b|", 2), "b2"},  {key("n/c|", highest), "last"}, {key("o/d|", 9), "d9"}};
    for (std::uint64_t number = 100; number < 200; ++number)
        changes.push_back({key("n/longer|", number), std::to_string(number)});
    REQUIRE(rows.write(changes));
    CHECK(*rows.scan_from("~n/", 0) == std::vector<Row>{{key("n/a|", 4), "a4"},
                                                        {key("n/b|", 2), "b2"},
                                                        {key("n/c|", highest), "last"},
                                                        {key("n/longer|", 100), "100"}});
    CHECK(*rows.scan_from("~n/", 5) == std::vector<Row>{{key("n/a|", 8), "a8"},
                                                        {key("n/c|", highest), "last"},
                                                        {key("n/longer|", 100), "100"}});
    CHECK(*rows.scan_from("~n/", 190) ==
          std::vector<Row>{{key("n/c|", highest), "last"}, {key("n/longer|", 190), "190"}});
    CHECK(*rows.scan_from("~n/", highest) == std::vector<Row>{{key("n/c|", highest), "last"}});
    CHECK(*rows.scan_from("~n/a|", 8) == std::vector<Row>{{key("n/a|", 8), "a8"}});
    CHECK(rows.scan_from("~n/a|", 9)->empty());
    CHECK(rows.scan_from("~nothing", 0)->empty());
}

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
    scan_from_contract(rows);
}

}  // namespace tests