#include "projections/values.hpp"

#include "projections/engine.hpp"
#include "projections/status_rows.hpp"
#include "projections/target_state.hpp"
#include "tests/projections/target_history.hpp"

#include <catch2/catch.hpp>

#include <rapidcheck.h>
#include <string>

namespace values_test {

using namespace projections;

namespace {

Registered registered() {
    Registered value;
    value.version = {"20261122093000"};
    value.name = "caf\xc3\xa9 \"\n";
    value.up = ledger::reference({"SELECT 1;\n", "sql"});
    value.down = ledger::reference({"", "sql"});
    value.position = 12;
    value.applied_on = {{"production"}, {""}};
    return value;
}

template <class T>
void check_round_trip(const T& value) {
    CHECK(*from_bytes<T>(*to_bytes(value)) == value);
}

}  // namespace

TEST_CASE("a row's value is read back as it was") {
    check_round_trip(registered());
    Progress progress;
    progress.ledger = tests::uuid(200);
    progress.position = 300;
    progress.frontier = {ledger::sha256("a"), ledger::sha256("b")};
    check_round_trip(progress);
    TriedMigration tried;
    tried.state.state = State::partially_rolled_back;
    tried.last_error.emplace().cause = ledger::FailureCause::refused;
    tried.last_error->recorded_at_us = -1;
    tried.positions = {1, 128, std::uint64_t{1} << 40};
    check_round_trip(tried);
}

TEST_CASE("a row's value is one line of JSON that people can read") {
    CHECK(*to_bytes(NotUnderstood{7, "baseline-taken.1"}) ==
          R"({"position":7,"type":"baseline-taken.1"})");
}

TEST_CASE("a row cut off or added to is refused") {
    const std::string bytes = *to_bytes(registered());
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const auto read = from_bytes<Registered>(std::string_view(bytes).substr(0, size));
        REQUIRE_FALSE(read);
        REQUIRE(read.error().reason == "row-unreadable");
    }
    CHECK_FALSE(from_bytes<Registered>(bytes + '\0'));
}

TEST_CASE("a value that has no stored form is an error of the rows when its bytes are asked for") {
    const MemoryRows below;
    Rows rows(below, "p/");
    store(rows, "key", NotUnderstood{7, "\xff"});
    CHECK_FALSE(rows.get("key"));
    REQUIRE(rows.error());
    CHECK(rows.error()->reason == "row-not-encodable");
}

TEST_CASE("a row that is unreadable is an error of the rows") {
    MemoryRows below;
    REQUIRE(below.write({{"p/key", "{}"}}));
    Rows rows(below, "p/");
    CHECK(look<NotUnderstood>(rows, "key") == nullptr);
    REQUIRE(rows.error());
    CHECK(rows.error()->reason == "row-unreadable");
    CHECK_FALSE(load<NotUnderstood>(below, "p/key"));
}

TEST_CASE("any bytes are read as a value or refused, and nothing worse") {
    CHECK(rc::check([](const std::string& bytes) {
        const auto status = from_bytes<TargetStatus>(bytes);
        const auto tried = from_bytes<TriedMigration>(bytes);
        RC_ASSERT(status || status.error().code == ledger::Code::corrupt);
        RC_ASSERT(tried || tried.error().code == ledger::Code::corrupt);
    }));
}

}  // namespace values_test
