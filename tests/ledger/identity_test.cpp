#include "ledger/identity.hpp"

#include "tests/support/print.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <thread>
#include <vector>

using namespace ledger;

TEST_CASE("a UUID is written as 36 lower-case characters and read back") {
    const std::string text = "0192f0c1-2d38-734e-9964-6f7a85909ba6";
    const auto uuid = uuid_from_text(text);
    REQUIRE(uuid);
    CHECK(to_text(*uuid) == text);
}

TEST_CASE("a UUID in any other form is not read") {
    const auto text =
        GENERATE(as<std::string>{}, "", "0192f0c1-2d38-734e-9964-6f7a85909ba",
                 "0192f0c1-2d38-734e-9964-6f7a85909ba67", "0192F0C1-2d38-734e-9964-6f7a85909ba6",
                 "0192f0c12d38-734e-9964-6f7a85909ba6-", "{192f0c1-2d38-734e-9964-6f7a85909ba}",
                 "0192f0c1+2d38-734e-9964-6f7a85909ba6", "g192f0c1-2d38-734e-9964-6f7a85909ba6");
    CHECK(!uuid_from_text(text));
}

TEST_CASE("a new UUID is version 7, of the variant of RFC 9562, and begins with its time") {
    const std::int64_t far_ahead_ms = 0x0fff'1234'5678;
    const Uuid uuid = new_uuid(far_ahead_ms);
    const std::string text = to_text(uuid);
    CHECK(text.substr(0, 13) == "0fff1234-5678");
    CHECK(text[14] == '7');
    CHECK((text[19] == '8' || text[19] == '9' || text[19] == 'a' || text[19] == 'b'));
}

TEST_CASE("UUIDs made in one process sort in the order they were made, whatever the clock says") {
    std::vector<Uuid> uuids;
    for (int round = 0; round < 1'000; ++round)
        for (const std::int64_t unix_ms : {1'000, 1'000, 999, 0, -5})
            uuids.push_back(new_uuid(unix_ms + round / 100));
    CHECK(std::is_sorted(uuids.begin(), uuids.end()));
    CHECK(std::set<Uuid>(uuids.begin(), uuids.end()).size() == uuids.size());
}

TEST_CASE("threads never make the same UUID") {
    std::vector<std::vector<Uuid>> made(4);
    std::vector<std::thread> threads;
    for (auto& mine : made)
        threads.emplace_back([&mine] {
            for (int count = 0; count < 1'000; ++count) mine.push_back(new_uuid(7));
        });
    for (std::thread& thread : threads) thread.join();
    std::set<Uuid> all;
    for (const auto& mine : made) all.insert(mine.begin(), mine.end());
    CHECK(all.size() == 4'000);
}

TEST_CASE("streams are named after what they are about") {
    CHECK(target_stream({"production"}) == "target/production");
    CHECK(migration_stream({"1.1"}) == "migration/1.1");
}

TEST_CASE("every character at every place of a UUID is read as the digit it is, or refused") {
    const std::string sample = "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";
    const std::string digits = "0123456789abcdef";
    for (std::size_t place = 0; place < sample.size(); ++place)
        for (int code = 0; code < 256; ++code) {
            std::string text = sample;
            text[place] = static_cast<char>(code);
            const auto uuid = uuid_from_text(text);
            const bool is_right =
                sample[place] == '-' ? text[place] == '-' : digits.find(text[place]) != digits.npos;
            REQUIRE(uuid.has_value() == is_right);
            if (uuid) REQUIRE(to_text(*uuid) == text);
        }
}
