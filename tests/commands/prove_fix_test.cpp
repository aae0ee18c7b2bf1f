#include "commands/prove_fix.hpp"

#include <catch2/catch.hpp>

namespace prove_fix_test {

using namespace commands;

namespace {

const RelationName orders{"", "orders"};

MeasuredStatement statement(LockMode mode, std::uint64_t scans) {
    MeasuredStatement measured;
    measured.locks.push_back({orders, false, mode});
    if (scans > 0) measured.scans[orders] = {100, scans};
    return measured;
}

TriedForm form(std::vector<MeasuredStatement> statements, const std::string& catalog = "a") {
    TriedForm tried;
    tried.script.statements = std::move(statements);
    tried.catalog.objects["table orders"] = catalog;
    tried.catalog.digest = ledger::sha256(catalog);
    return tried;
}

}  // namespace

TEST_CASE("a fix is proven by a weaker lock, or by less done under the same") {
    const auto index = form({statement(LockMode::share, 1)});
    CHECK(prove_fix(index, form({statement(LockMode::share_update_exclusive, 2)})).is_proven);
    const auto constraint = form({statement(LockMode::share_row_exclusive, 1)});
    const auto apart = form({statement(LockMode::share_row_exclusive, 0),
                             statement(LockMode::share_update_exclusive, 1)});
    CHECK(prove_fix(constraint, apart).is_proven);
    CHECK_FALSE(prove_fix(apart, constraint).is_proven);
    CHECK_FALSE(prove_fix(index, index).is_proven);
    CHECK(prove_fix(index, index).is_as_heavy);
    CHECK_FALSE(prove_fix(apart, constraint).is_as_heavy);
    // For a moment, only where nothing else goes on under it.
    CHECK(prove_fix(constraint, apart)
              .because.ends_with(" is held for a moment, no longer while rows "
                                 "are read"));
    const auto other_work = form({statement(LockMode::share, 1), statement(LockMode::share, 2)});
    CHECK(prove_fix(other_work, index).because ==
          "less is read or built while SHARE on orders is held");
}

TEST_CASE("a weaker lock counts beside a stronger one that another statement takes") {
    const auto quick = statement(LockMode::access_exclusive, 0);
    const auto before = form({quick, statement(LockMode::share, 1)});
    const auto after = form({quick, statement(LockMode::share_update_exclusive, 2)});
    const Proof proof = prove_fix(before, after);
    CHECK(proof.is_proven);
    CHECK(proof.because == "SHARE on orders becomes SHARE UPDATE EXCLUSIVE");
    CHECK_FALSE(prove_fix(after, before).is_proven);
    const auto longer = form({statement(LockMode::access_exclusive, 1)});
    CHECK_FALSE(prove_fix(before, longer).is_proven);
    CHECK(prove_fix(longer, before).is_proven);
}

TEST_CASE("a fix that fails, or makes another catalog, is not proven") {
    const auto before = form({statement(LockMode::share, 1)});
    auto fails = form({statement(LockMode::access_share, 0)});
    fails.script.failed = true;
    CHECK_FALSE(prove_fix(before, fails).is_proven);
    const auto other = form({statement(LockMode::access_share, 0)}, "b");
    const Proof proof = prove_fix(before, other);
    CHECK_FALSE(proof.is_proven);
    CHECK(proof.because == "table orders would be another");
}

TEST_CASE("a lock that another table would get makes a fix no fix") {
    const auto before = form({statement(LockMode::share, 1)});
    MeasuredStatement heavier = statement(LockMode::share_update_exclusive, 1);
    heavier.locks.push_back({{"", "customers"}, false, LockMode::access_exclusive});
    CHECK_FALSE(prove_fix(before, form({heavier})).is_proven);
}

TEST_CASE("a fix that drops, builds or reads what the script leaves alone is not proven") {
    const RelationName index{"", "orders_day"};
    const auto nothing = form({statement(LockMode::share, 0)});
    CHECK(prove_fix(nothing, form({statement(LockMode::share_update_exclusive, 0)})).is_proven);
    const auto read = form({statement(LockMode::share_update_exclusive, 1)});
    CHECK_FALSE(prove_fix(nothing, read).is_proven);
    MeasuredStatement drops = statement(LockMode::share_update_exclusive, 0);
    drops.dropped.push_back(index);
    MeasuredStatement builds = statement(LockMode::share_update_exclusive, 0);
    builds.new_files.emplace_back(index, 'i');
    const Proof proof = prove_fix(nothing, form({drops, builds}));
    CHECK_FALSE(proof.is_proven);
    CHECK(proof.because == "it would drop orders_day");
    CHECK(prove_fix(nothing, form({builds})).because == "it would build or write more");
    auto made = form({builds, drops});
    CHECK(prove_fix(form({statement(LockMode::share, 0), builds}), made).is_proven);
}

TEST_CASE("what the script itself has made burdens nobody") {
    MeasuredStatement measured;
    measured.locks.push_back({orders, true, LockMode::access_exclusive});
    RehearsedScript script;
    script.statements.push_back(measured);
    CHECK(burdens_of(script).empty());
}

}  // namespace prove_fix_test
