#include "projections/ledger_keys.hpp"

#include "projections/engine.hpp"
#include "projections/status.hpp"
#include "tests/projections/recorded_ledger.hpp"
#include "tests/support/must.hpp"

#include <catch2/catch.hpp>

namespace ledger_keys_test {

using namespace projections;
using ledger::WitnessKind;
using tests::must;

TEST_CASE("the rows of status know the signing keys, a restoration, and who holds what") {
    tests::RecordedLedger ledger;
    const ledger::PublicKey one{{1}};
    const ledger::PublicKey other{{2}};
    ledger.add("ledger", ledger::KeyAdded{"origin", "ed25519", one});
    ledger.add("ledger", ledger::KeyAdded{"origin", "ed25519", other});
    ledger.add("ledger", ledger::KeyRetired{"origin", one, 2});
    ledger.add("ledger", ledger::LedgerRestored{5, {}, 8, {}, {}, "copy"});
    const auto witnessed = [&](std::uint64_t size, WitnessKind kind) {
        ledger.add("ledger", ledger::CheckpointWitnessed{size, {}, kind, "production", {}, {}, {}});
    };
    witnessed(300, WitnessKind::target);
    witnessed(7, WitnessKind::target);
    witnessed(4, WitnessKind::folder);
    const auto rows = must(fold_to(ledger, status_projection(), 7));
    const auto keys = must(read_keys(rows));
    CHECK(keys.keys == std::vector<LedgerKey>{{"origin", one, 0, 2}, {"origin", other, 1, {}}});
    CHECK(keys.restored == Restoration{5, 8});
    CHECK(must(witnessed_size(rows, WitnessKind::target, "production")) == 300);
    CHECK(must(witnessed_size(rows, WitnessKind::folder, "production")) == 4);
    CHECK(must(witnessed_size(rows, WitnessKind::folder, "elsewhere")) == 0);
    CHECK(must(read_keys(must(fold_to(ledger, status_projection(), 0)))) == LedgerKeys{});
}

TEST_CASE("a signing key is added once and retired once, whatever comes later") {
    tests::RecordedLedger ledger;
    const ledger::PublicKey one{{1}};
    ledger.add("ledger", ledger::KeyAdded{"origin", "ed25519", one});
    ledger.add("ledger", ledger::KeyRetired{"origin", one, 1});
    ledger.add("ledger", ledger::KeyRetired{"origin", one, 9'000});
    ledger.add("ledger", ledger::KeyAdded{"origin", "ed25519", one});
    const auto rows = must(fold_to(ledger, status_projection(), 4));
    CHECK(must(read_keys(rows)).keys == std::vector<LedgerKey>{{"origin", one, 0, 1}});
}

}  // namespace ledger_keys_test
