// Verifying what came after a checkpoint that is believed.
#include "adapters/rocksdb/reader.hpp"
#include "adapters/rocksdb/verify.hpp"
#include "ledger/codec.hpp"
#include "ledger/tree.hpp"
#include "tests/adapters/rocksdb/scratch.hpp"
#include "tests/adapters/rocksdb/tampered.hpp"

#include <catch2/catch.hpp>

using adapters::rocksdb::Family;
using adapters::rocksdb::Scope;
using adapters::rocksdb::Verification;
using adapters::rocksdb::verify;
using namespace tests;

namespace {

const Scope fast{true, {}};

// 600 events, a checkpoint of the first 580, a verification that found them whole, and 60 more.
void fill_verified(const Scratch& scratch, ledger::Clock& clock) {
    const auto store = new_ledger(scratch, clock);
    add_key(*store);
    for (std::uint64_t id = 1; id < 600; id += 7)
        must(store->append(some_append("target/" + std::to_string(id % 3), id, 7)));
    sign(*store, 580);
    const ledger::Head head = must(store->head());
    append_event(*store, ledger::LedgerVerified{
                             ledger::VerificationScope::full, 0, head.size, head.root, 0, {}, {}});
    for (std::uint64_t id = 1'000; id < 1'060; id += 3)
        must(store->append(some_append("target/new", id, 3)));
}

}  // namespace

TEST_CASE("fast: a ledger that nobody vouched for has nothing to start from") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 5);
    CHECK(error_of(verify(scratch.ledger(), fast)).reason == "nothing-verified");
}

TEST_CASE("fast: an end that is cut off, or no anchor, is told without anything to start from") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 5);
    const auto events = scratch.ledger() / "events";
    const auto older = scratch.folder() / "older";
    std::filesystem::copy(events, older, std::filesystem::copy_options::recursive);
    append_more(scratch, 1, 3);
    std::filesystem::remove_all(events);
    std::filesystem::rename(older, events);
    const Verification cut = must(verify(scratch.ledger(), fast));
    REQUIRE(cut.faults.size() == 1);
    CHECK(cut.faults[0].what == "tail-cut");
    CHECK(cut.faults[0].position == 5);
    CHECK(cut.faults[0].witness == "anchor");
    CHECK(cut.size == 5);
    CHECK(cut.believed.empty());
    std::filesystem::remove(scratch.ledger() / "anchor");
    const Verification unanchored = must(verify(scratch.ledger(), fast));
    REQUIRE(unanchored.faults.size() == 1);
    CHECK(unanchored.faults[0].what == "anchor-disagrees");
}

TEST_CASE("fast: an event about the ledger itself that is none any more is a fault") {
    const Scratch scratch;
    StepClock clock;
    fill_verified(scratch, clock);
    Tampered ledger{scratch};
    ledger.put_line(604, "no event at all");
    const Verification verified = ledger.verify(fast);
    REQUIRE(verified.faults.size() == 1);
    CHECK(verified.faults[0].what == "event-changed");
    CHECK(verified.faults[0].position == 604);
}

TEST_CASE("fast: what came after the checkpoint that was verified is looked at, and no more") {
    const Scratch scratch;
    StepClock clock;
    fill_verified(scratch, clock);
    const Verification verified = must(verify(scratch.ledger(), fast));
    const Verification full = must(verify(scratch.ledger()));
    REQUIRE(full.faults.empty());
    CHECK(verified.faults.empty());
    CHECK(verified.from_size == 580);
    CHECK(verified.believed == "event 604");
    CHECK(verified.size == full.size);
    CHECK(verified.root == full.root);
    CHECK(verified.event_count >= full.size - 580);
    CHECK(verified.event_count < full.size - 570);
    CHECK(must(adapters::rocksdb::verify_in_child(scratch.ledger(), fast)) == verified);
}

TEST_CASE("fast: a changed new event is found, by its line, an index, its tile or content") {
    const Scratch scratch;
    StepClock clock;
    fill_verified(scratch, clock);
    Tampered ledger{scratch};
    REQUIRE(ledger.verify(fast).faults.empty());
    for (const std::uint64_t position : {590, 605, 630, 664}) {
        const std::string line = ledger.line(position);
        CAPTURE(position, line);
        ledger::Record record = must(ledger::decode(line));
        record.ticket = "OPS-1";
        ledger.put_line(position, must(ledger::encode(record)));
        const Verification verified = ledger.verify(fast);
        REQUIRE(!verified.faults.empty());
        CHECK(verified.faults[0].position == position);
        CHECK(verified.faults[0].what == "event-changed");
        CHECK(verified.fault_count == 1);
        ledger.put_line(position, "no event at all");
        CHECK(ledger.verify(fast).faults.at(0).position == position);
        CHECK(ledger.verify(fast).fault_count == 1);
        ledger.erase(Family::events, adapters::rocksdb::number_bytes(position));
        CHECK(!ledger.verify(fast).faults.empty());
        ledger.put_line(position, line);
        for (const Family family : {Family::ids, Family::streams}) {
            const auto rows = ledger.rows(family);
            for (const auto& row : rows)
                if (adapters::rocksdb::number_of(row.value.substr(0, 8)) == position) {
                    ledger.put(family, row.key, flipped(row.value, row.value.size() - 1, 3));
                    CHECK(!ledger.verify(fast).faults.empty());
                    ledger.put(family, row.key, row.value);
                }
        }
    }
    const auto commits = ledger.rows(Family::commits);
    ledger.put(Family::commits, commits.back().key, flipped(commits.back().value, 5, 1));
    CHECK(!ledger.verify(fast).faults.empty());
    ledger.put(Family::commits, commits.back().key, commits.back().value);
    CHECK(ledger.verify(fast).faults.empty());
}

TEST_CASE("fast: a checkpoint that was kept outweighs what the ledger says of itself") {
    const Scratch scratch;
    StepClock clock;
    fill_verified(scratch, clock);
    Tampered ledger{scratch};
    const auto root = must(verify(scratch.ledger())).root;
    const std::uint64_t size = must(verify(scratch.ledger())).size;
    const auto kept = [&](std::uint64_t at, const ledger::Digest& of) {
        return ledger.verify(Scope{true, checkpoint_by(test_signer(), at, of).note});
    };
    CHECK(kept(size, root).faults.empty());
    CHECK(kept(size, root).event_count == 0);
    const Verification other = kept(size, ledger::sha256("another"));
    REQUIRE(other.faults.size() == 1);
    CHECK(other.faults[0].what == "event-replaced");
    CHECK(other.faults[0].witness == "the checkpoint that was kept");
    const Verification ahead = kept(size + 3, root);
    REQUIRE(ahead.faults.size() == 1);
    CHECK(ahead.faults[0].what == "tail-cut");
    CHECK(ahead.faults[0].position == size);
}

TEST_CASE("fast: the checkpoint that is believed has to be signed by a key of the ledger") {
    const Scratch scratch;
    StepClock clock;
    {
        const auto store = new_ledger(scratch, clock);
        add_key(*store);
        must(store->append(some_append("target/a", 1, 20)));
        sign(*store, 15, must(ledger::Signer::generate(test_origin)));
        const ledger::Head head = must(store->head());
        append_event(*store,
                     ledger::LedgerVerified{
                         ledger::VerificationScope::full, 0, head.size, head.root, 0, {}, {}});
    }
    const Verification verified = must(verify(scratch.ledger(), fast));
    REQUIRE(!verified.faults.empty());
    CHECK(verified.faults[0].what == "checkpoint-forged");
}

TEST_CASE("fast: a kept checkpoint that no key of the ledger signed says nothing of its events") {
    const Scratch scratch;
    StepClock clock;
    fill_verified(scratch, clock);
    const ledger::Head head = must(must(adapters::rocksdb::Reader::open(scratch.ledger()))->head());
    const auto kept = [&](const std::string& note) {
        return verify(scratch.ledger(), Scope{true, note});
    };
    const std::string own = checkpoint_by(test_signer(), head.size, head.root).note;
    REQUIRE(must(kept(own)).faults.empty());

    const std::string size = "\n" + std::to_string(head.size) + "\n";
    std::string edited = own;
    edited.replace(edited.find(size), size.size(), "\n" + std::to_string(head.size - 1) + "\n");
    CHECK(error_of(kept(edited)).reason == "checkpoint-forged");
    const auto stranger = must(ledger::Signer::generate(test_origin));
    CHECK(error_of(kept(checkpoint_by(stranger, head.size, head.root).note)).reason ==
          "checkpoint-forged");
}

TEST_CASE("fast: a kept checkpoint counts up to the size its retired key is good for") {
    const Scratch scratch;
    StepClock clock;
    {
        const auto store = new_ledger(scratch, clock);
        add_key(*store);
        must(store->append(some_append("target/a", 1, 20)));
        append_event(*store, ledger::KeyRetired{test_origin, test_signer().verifier().key, 15});
    }
    const auto reader = must(adapters::rocksdb::Reader::open(scratch.ledger()));
    const auto kept = [&](std::uint64_t size) {
        const auto note = checkpoint_by(test_signer(), size, must(reader->root_at(size))).note;
        return verify(scratch.ledger(), Scope{true, note});
    };
    CHECK(must(kept(15)).faults.empty());
    CHECK(error_of(kept(16)).reason == "checkpoint-key-retired");
}

TEST_CASE("what was verified, copied, exported or reviewed of another history is named") {
    const Scratch scratch;
    StepClock clock;
    const auto other = ledger::sha256("another history");
    std::vector<std::uint64_t> lies;
    {
        const auto store = new_ledger(scratch, clock);
        add_key(*store);
        must(store->append(some_append("target/a", 1, 20)));
        const auto root = must(store->root_at(15));
        using ledger::VerificationScope;
        append_event(*store, ledger::LogReviewed{3, 15, root, 0});
        append_event(*store, ledger::LedgerCopied{15, root, "/b", 1, 1});
        append_event(*store, ledger::LedgerRestored{15, root, 18, other, {}, "/b"});
        append_event(*store, ledger::ExportProduced{"evidence", "all", 1, 15, root, {}, 1});
        append_event(*store, ledger::LedgerVerified{
                                 VerificationScope::full, 0, 0, ledger::empty_root(), 0, {}, {}});
        append_event(*store,
                     ledger::LedgerVerified{VerificationScope::full, 0, 15, other, 1, {"x"}, {}});
        CHECK(must(verify(scratch.ledger())).faults.empty());
        lies = {
            append_event(*store, ledger::LogReviewed{3, 15, other, 0}),
            append_event(*store, ledger::LedgerCopied{15, other, "/b", 1, 1}),
            append_event(*store, ledger::LedgerRestored{15, other, 18, {}, {}, "/b"}),
            append_event(*store, ledger::ExportProduced{"evidence", "all", 1, 15, other, {}, 1}),
            append_event(*store,
                         ledger::LedgerVerified{VerificationScope::full, 0, 15, other, 0, {}, {}}),
            append_event(*store, ledger::LogReviewed{3, 1'000, root, 0}),
        };
    }
    const auto verified = must(verify(scratch.ledger()));
    REQUIRE(verified.faults.size() == lies.size());
    for (std::size_t index = 0; index < lies.size(); ++index) {
        CHECK(verified.faults[index].what == "root-differs");
        CHECK(verified.faults[index].position == lies[index]);
    }
    CHECK(verified.faults[0].detail.find(ledger::hex(other).substr(0, 16)) != std::string::npos);
    const auto tree =
        ledger::hex(must(must(adapters::rocksdb::Reader::open(scratch.ledger()))->root_at(15)));
    CHECK(verified.faults[0].detail.find(tree.substr(0, 16)) != std::string::npos);
}

TEST_CASE("an event in a stream that is not its own is named") {
    const Scratch scratch;
    StepClock clock;
    const auto stray = [](const std::string& stream, std::uint64_t id, const std::string& from) {
        ledger::Append append = some_append(from, id);
        append.drafts[0].stream = stream;
        return append;
    };
    {
        const auto store = new_ledger(scratch, clock);
        must(store->append(some_append("target/a", 1, 2)));
        must(store->append(some_append("migration/3", 3)));
        must(store->append(stray("migration/3", 4, "migration/4")));
        must(store->append(stray("target/b", 5, "target/a")));
        must(store->append(stray("ledger", 6, "migration/6")));
    }
    const Verification found = must(verify(scratch.ledger()));
    REQUIRE(found.faults.size() == 3);
    for (std::size_t index = 0; index < 3; ++index) {
        CHECK(found.faults[index].what == "event-changed");
        CHECK(found.faults[index].position == 3 + index);
    }
    CHECK(found.faults[0].detail == "it is in the stream migration/3, and belongs to migration/4");
}

TEST_CASE("fast: a verification of another history vouches for nothing in this one") {
    const Scratch scratch;
    StepClock clock;
    fill_verified(scratch, clock);
    const auto other = ledger::sha256("another history");
    const auto verified_as = [&](const ledger::Digest& root) {
        const auto store = must(adapters::rocksdb::Store::open(scratch.ledger(), clock));
        const std::uint64_t size = must(store->head()).size;
        return append_event(*store, ledger::LedgerVerified{
                                        ledger::VerificationScope::full, 0, size, root, 0, {}, {}});
    };
    const std::uint64_t lie = verified_as(other);
    const Verification found = must(verify(scratch.ledger(), fast));
    REQUIRE(found.faults.size() == 1);
    CHECK(found.faults[0].what == "root-differs");
    CHECK(found.faults[0].position == lie);
    CHECK(found.believed == "event 604");
}

TEST_CASE("fast: where no verification is of this history, that is told and nothing believed") {
    const Scratch scratch;
    StepClock clock;
    {
        const auto store = new_ledger(scratch, clock);
        add_key(*store);
        must(store->append(some_append("target/a", 1, 20)));
        sign(*store, 15);
        append_event(*store, ledger::LedgerVerified{ledger::VerificationScope::full,
                                                    0,
                                                    22,
                                                    ledger::sha256("another history"),
                                                    0,
                                                    {},
                                                    {}});
    }
    const Verification found = must(verify(scratch.ledger(), fast));
    REQUIRE(found.faults.size() == 1);
    CHECK(found.faults[0].what == "root-differs");
    CHECK(found.faults[0].position == 22);
    CHECK(found.believed.empty());
}
