#include "tools/varve/ahead.hpp"

#include "migrations/rules/judge.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <string>
#include <vector>

using tools::varve::Ahead;

TEST_CASE("items come in order, each made once, whatever the number of cores") {
    for (const unsigned cores : {0U, 1U, 2U, 5U}) {
        for (const std::size_t count : {0U, 1U, 7U, 8U, 500U}) {
            std::vector<std::atomic<int>> made(count);
            Ahead<std::string> ahead{count,
                                     [&](std::size_t index) {
                                         ++made[index];
                                         return std::to_string(index);
                                     },
                                     cores};
            for (std::size_t index = 0; index < count; ++index)
                CHECK(ahead.take() == std::to_string(index));
            for (const auto& times : made) CHECK(times == 1);
        }
    }
}

TEST_CASE("no more is made than the window holds, and what nobody takes is left") {
    std::atomic<std::size_t> made{};
    {
        Ahead<std::size_t> ahead{100'000,
                                 [&](std::size_t index) {
                                     ++made;
                                     return index;
                                 },
                                 3};
        for (std::size_t index = 0; index < 1'000; ++index) CHECK(ahead.take() == index);
    }
    CHECK(made >= 1'000);
    CHECK(made <= 1'000 + Ahead<std::size_t>::window);
}

TEST_CASE("scripts are parsed on several threads at once as on one") {
    std::vector<std::string> scripts;
    for (int index = 0; index < 300; ++index) {
        const std::string name = "t" + std::to_string(index);
        scripts.push_back("CREATE TABLE " + name + " (a int);\nALTER TABLE " + name +
                          " ADD b text" + (index % 3 == 0 ? " NOT NUL" : "") + ";\nSELECT (((" +
                          name + ")));");
    }
    Ahead<migrations::rules::ParsedScript> ahead{
        scripts.size(),
        [&](std::size_t index) { return migrations::rules::parse_script(scripts[index]); }, 4};
    for (std::size_t index = 0; index < scripts.size(); ++index) {
        const auto script = ahead.take();
        REQUIRE(script.parsed.size() == 3);
        const auto* table = std::get_if<migrations::sql::CreateTable>(&script.parsed[0].action);
        REQUIRE(table != nullptr);
        CHECK(table->table.name == "t" + std::to_string(index));
        CHECK(script.parsed[1].error.has_value() == (index % 3 == 0));
        CHECK_FALSE(script.parsed[2].error);
    }
}
