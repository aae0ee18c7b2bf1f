#include "adapters/rocksdb/backup.hpp"
#include "adapters/rocksdb/follow.hpp"
#include "adapters/rocksdb/restore.hpp"
#include "adapters/rocksdb/verify.hpp"
#include "tests/adapters/rocksdb/scratch.hpp"

#include <catch2/catch.hpp>

#include <vector>

using adapters::rocksdb::Known;
using adapters::rocksdb::Restoration;
using adapters::rocksdb::Store;
using namespace tests;

namespace fs = std::filesystem;

namespace {

using Names = std::vector<std::string>;

void back_up(const Scratch& scratch, const std::string& name) {
    StepClock clock;
    must(adapters::rocksdb::back_up(
        {scratch.ledger(), scratch.folder() / name, "varve/0.1.0", true, {}}, clock));
}

ledger::Result<Restoration> restore(const Scratch& scratch, const std::string& name,
                                    std::vector<Known> known = {}) {
    StepClock clock;
    return adapters::rocksdb::restore(
        {scratch.folder() / name, scratch.ledger(), true, std::move(known), {}}, clock);
}

// 20 events in "backup", 22 in "newer", 25 in the ledger.
void make_copies(const Scratch& scratch) {
    StepClock clock;
    fill(scratch, clock, 20);
    back_up(scratch, "backup");
    append_more(scratch, 5000, 2);
    back_up(scratch, "newer");
    append_more(scratch, 6000, 3);
}

}  // namespace

TEST_CASE("who restores once more is told of the same loss, and nothing accepts it by itself") {
    const Scratch scratch;
    make_copies(scratch);
    const ledger::Head newest = head_at(scratch.ledger());
    must(restore(scratch, "backup"));
    StepClock clock;
    for (const std::string name : {"backup", "newer", "backup"}) {
        CAPTURE(name);
        const auto again = must(restore(scratch, name));
        CHECK(again.restored.data.lost_to == 25);
        CHECK(again.restored.data.lost_root == newest.root);
        CHECK(again.restored.data.known_by == Names{"anchor", "old ledger"});
        CHECK(again.agreeing.empty());
        CHECK(error_of(Store::open(scratch.ledger(), clock)).reason == "loss-unaccepted");
    }
}

TEST_CASE("a copy with all that was lost ends the wait that an older one began") {
    const Scratch scratch;
    make_copies(scratch);
    back_up(scratch, "whole");
    must(restore(scratch, "backup"));
    const auto whole = must(restore(scratch, "whole"));
    CHECK_FALSE(adapters::rocksdb::waits_for_decision(whole.restored));
    CHECK(whole.agreeing == Names{"anchor", "old ledger"});
}

TEST_CASE("what an accepted restore has let go is not asked for again") {
    const Scratch scratch;
    make_copies(scratch);
    const auto first = must(restore(scratch, "backup"));
    StepClock clock;
    must(adapters::rocksdb::accept_loss(scratch.ledger(), first.restored, some_context(), clock));
    back_up(scratch, "after");
    CHECK_FALSE(adapters::rocksdb::waits_for_decision(must(restore(scratch, "after")).restored));
}

TEST_CASE("a ledger that a killed restore has moved aside is still asked") {
    const Scratch scratch;
    make_copies(scratch);
    fs::rename(scratch.ledger(), scratch.ledger().string() + ".replaced-20261126T101112Z");
    const auto restoration = must(restore(scratch, "backup"));
    CHECK(restoration.restored.data.lost_to == 25);
    CHECK(restoration.restored.data.known_by ==
          Names{"anchor of ledger.replaced-20261126T101112Z", "ledger.replaced-20261126T101112Z"});
    CHECK_FALSE(restoration.moved_to);
}

TEST_CASE("of the ledgers moved aside the newest is asked, and none that is another ledger's") {
    const Scratch scratch;
    make_copies(scratch);
    const std::string name = scratch.ledger().string();
    fs::copy(scratch.folder() / "newer", name + ".replaced-20261125T101112Z",
             fs::copy_options::recursive);
    fs::rename(name, name + ".replaced-20261126T101112Z");
    CHECK(must(restore(scratch, "newer")).restored.data.lost_to == 25);

    const Scratch other;
    StepClock clock;
    must(must(Store::create(other.ledger(), clock, {numbered_uuid(7), {}, {}}))
             ->append(some_append("target/a", 1, 30)));
    fs::remove_all(name);
    fs::remove_all(name + ".replaced-20261126T101112Z");
    fs::copy(other.ledger(), name + ".replaced-20261127T101112Z", fs::copy_options::recursive);
    const auto alone = must(restore(scratch, "newer"));
    CHECK_FALSE(adapters::rocksdb::waits_for_decision(alone.restored));
}

TEST_CASE("an old ledger that parted from the copy says where, and how it is put out of the way") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 20);
    fs::copy(scratch.ledger(), scratch.folder() / "it's ours", fs::copy_options::recursive);
    append_more(scratch, 5000, 5);
    back_up(scratch, "whole");
    fs::remove_all(scratch.ledger());
    fs::rename(scratch.folder() / "it's ours", scratch.ledger());
    append_more(scratch, 7000, 2);
    const auto error = error_of(restore(scratch, "whole"));
    CHECK(error.reason == "restore-contradicted");
    CHECK(
        error.detail.starts_with("old ledger (22 events): it parts from the copy at position 20, "
                                 "and has of its own from there: 2 "));
    const std::string aside = (scratch.folder() / "parted-ledger").string();
    CHECK(error.help.find("mv " + scratch.ledger().string() + " " + aside + " && varve") !=
          std::string::npos);
    const auto outside = error_of(
        restore(scratch, "whole",
                {{"a witness", head_at(scratch.ledger()).ledger, 10, ledger::sha256("")}}));
    CHECK(outside.detail.starts_with("a witness"));
    CHECK(outside.help.find("mv ") == std::string::npos);
    fs::rename(scratch.ledger(), aside);
    CHECK_FALSE(adapters::rocksdb::waits_for_decision(must(restore(scratch, "whole")).restored));
}

// A copy made line by line has commit rows of its own: not where the ledger's commits ended.
TEST_CASE("an older anchor is fine on a ledger restored from a follower's copy") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 300);
    const std::string anchor = slurp(scratch.ledger() / "anchor");
    append_more(scratch, 5000, 300);
    must(adapters::rocksdb::follow(scratch.ledger(), scratch.folder() / "copy"));
    const auto made = must(restore(scratch, "copy"));
    must(adapters::rocksdb::accept_loss(scratch.ledger(), made.restored, some_context(), clock));
    const ledger::Head head = head_at(scratch.ledger());
    spill(scratch.ledger() / "anchor", anchor);
    CHECK(must(adapters::rocksdb::verify_in_child(scratch.ledger())).faults.empty());
    CHECK(head_at(scratch.ledger()) == head);
    append_more(scratch, 7000, 1);
    CHECK(head_at(scratch.ledger()).size == head.size + 1);

    const Scratch other;
    fill(other, clock, 300);
    spill(scratch.ledger() / "anchor", slurp(other.ledger() / "anchor"));
    for (const auto& error : {error_of(Store::open(scratch.ledger(), clock)),
                              error_of(adapters::rocksdb::Reader::open(scratch.ledger()))}) {
        CHECK(error.reason == "ledger-behind-anchor");
        CHECK(error.detail.find("another history") != std::string::npos);
    }
}
