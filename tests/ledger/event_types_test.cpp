#include "ledger/event_types.hpp"

#include "ledger/event.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <variant>

TEST_CASE("every event but an opaque one has a name on disk of its own") {
    const auto types = ledger::event_types();
    CHECK(types.size() == std::variant_size_v<ledger::EventVariant> - 1);
    CHECK(std::set<std::string_view>(types.begin(), types.end()).size() == types.size());
    const std::string created = ledger::type_of(ledger::LedgerCreated{});
    CHECK(types.front() == created);
    CHECK(std::all_of(types.begin(), types.end(), [](std::string_view type) {
        return type.rfind('.') != std::string_view::npos;
    }));
}
