#include "adapters/rocksdb/follow.hpp"

#include "adapters/rocksdb/reader.hpp"
#include "adapters/rocksdb/restore.hpp"
#include "adapters/rocksdb/verify.hpp"
#include "ledger/checkpoint.hpp"
#include "ledger/note.hpp"
#include "tests/adapters/rocksdb/scratch.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

using adapters::rocksdb::follow;
using adapters::rocksdb::Reader;
using adapters::rocksdb::Store;
using namespace tests;

namespace fs = std::filesystem;

namespace {

const std::string origin = "example.com/varve/test";

ledger::Append one(std::uint64_t id, ledger::Event event) {
    ledger::Append append;
    append.context = some_context();
    append.drafts.push_back({"ledger", numbered_uuid(id), std::move(event), {}});
    return append;
}

// A ledger with the key of `signer`, and some events.
void begin_ledger(const Scratch& scratch, StepClock& clock, const ledger::Signer& signer) {
    const auto store = new_ledger(scratch, clock);
    must(store->append(one(1, ledger::LedgerCreated{1, "example.com", origin})));
    must(store->append(one(2, ledger::KeyAdded{origin, "ed25519", signer.verifier().key})));
    for (std::uint64_t id = 10; id < 20; ++id)
        must(store->append(some_append("target/a", 2 * id, 2)));
}

ledger::CheckpointSigned signed_now(const ledger::Head& head, const ledger::Signer& signer) {
    const auto note =
        must(ledger::sign_note(ledger::to_text({origin, head.size, head.root, {}}), signer));
    return {head.size, head.root, ledger::to_text(note)};
}

void append_to(const Scratch& scratch, StepClock& clock, const ledger::Append& append) {
    must(must(Store::open(scratch.ledger(), clock))->append(append));
}

fs::path follower_of(const Scratch& scratch) { return scratch.folder() / "copy"; }

}  // namespace

TEST_CASE("a follower has what the ledger has, and takes only what is new") {
    const Scratch scratch;
    StepClock clock;
    const auto signer = must(ledger::Signer::generate(origin));
    begin_ledger(scratch, clock, signer);
    auto followed = must(follow(scratch.ledger(), follower_of(scratch)));
    CHECK(followed.before.size == 0);
    CHECK(followed.after == head_at(scratch.ledger()));
    followed = must(follow(scratch.ledger(), follower_of(scratch)));
    CHECK(followed.before == followed.after);

    append_to(scratch, clock, one(3, signed_now(head_at(scratch.ledger()), signer)));
    append_to(scratch, clock, some_append("target/b", 100, 700));
    append_to(scratch, clock, one(4, signed_now(head_at(scratch.ledger()), signer)));
    followed = must(follow(scratch.ledger(), follower_of(scratch)));
    CHECK(followed.checkpoint_count == 2);
    CHECK(followed.checkpoint_size == 22 + 1 + 700);
    CHECK(followed.after == head_at(scratch.ledger()));
    const auto verified = must(adapters::rocksdb::verify_in_child(follower_of(scratch)));
    for (const auto& fault : verified.faults) FAIL_CHECK(fault.what << ": " << fault.detail);
    CHECK(verified.root == followed.after.root);
    CHECK(verified.content_count == 20 + 700);
    CHECK(must(must(Reader::open(follower_of(scratch)))->checkpoint(1'000)) ==
          must(must(Reader::open(scratch.ledger()))->checkpoint(1'000)));
}

TEST_CASE("nothing else may write to a follower's copy, and it never follows into a ledger") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 5);
    must(follow(scratch.ledger(), follower_of(scratch)));
    const auto error = error_of(Store::open(follower_of(scratch), clock));
    CHECK(error.reason == "ledger-is-copy");
    CHECK(error.detail.find("it follows " + scratch.ledger().string()) != std::string::npos);
    const Scratch other;
    fill(other, clock, 5);
    CHECK(error_of(follow(scratch.ledger(), other.ledger())).reason == "destination-unfit");
    CHECK(error_of(follow(scratch.folder() / "none", follower_of(scratch))).reason ==
          "ledger-missing");
}

TEST_CASE("a source that became shorter is named with the first position that is gone") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 5);
    const fs::path old = scratch.folder() / "old";
    fs::copy(scratch.ledger(), old, fs::copy_options::recursive);
    append_to(scratch, clock, some_append("target/a", 1, 3));
    must(follow(scratch.ledger(), follower_of(scratch)));
    const auto error = error_of(follow(old, follower_of(scratch)));
    CHECK(error.code == ledger::Code::corrupt);
    CHECK(error.reason == "source-differs");
    CHECK(error.detail.find("position 5 is the first that is gone") != std::string::npos);
    CHECK(head_at(follower_of(scratch)).size == 8);
}

TEST_CASE("a source that was rewritten is named with the first position that differs") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 300);
    const fs::path fork = scratch.folder() / "fork";
    fs::copy(scratch.ledger(), fork, fs::copy_options::recursive);
    append_to(scratch, clock, some_append("target/a", 1, 20));
    must(follow(scratch.ledger(), follower_of(scratch)));
    must(must(Store::open(fork, clock))->append(some_append("target/a", 500, 40)));
    const auto error = error_of(follow(fork, follower_of(scratch)));
    CHECK(error.reason == "source-differs");
    CHECK(error.detail.find("position 300 of the source") != std::string::npos);
    const fs::path shorter = scratch.folder() / "shorter";
    fs::copy(fork, shorter, fs::copy_options::recursive);
    append_to(scratch, clock, some_append("target/a", 5'000, 60));
    must(follow(scratch.ledger(), follower_of(scratch)));
    CHECK(error_of(follow(shorter, follower_of(scratch))).detail ==
          "position 300 of the source is not what was copied before; the source ends after 340 "
          "events, and the copy has 380");
    const Scratch other;
    must(adapters::rocksdb::Store::create(other.ledger(), clock, {numbered_uuid(9), {}, {}}));
    CHECK(error_of(follow(other.ledger(), follower_of(scratch))).reason == "source-differs");
}

TEST_CASE("a checkpoint of another key, or of another root, ends the following before it") {
    const Scratch scratch;
    StepClock clock;
    const auto signer = must(ledger::Signer::generate(origin));
    const auto stranger = must(ledger::Signer::generate(origin));
    begin_ledger(scratch, clock, signer);
    const ledger::Head head = head_at(scratch.ledger());
    SECTION("another key") { append_to(scratch, clock, one(3, signed_now(head, stranger))); }
    SECTION("another root") {
        ledger::Head wrong = head;
        wrong.root = ledger::sha256("no root");
        append_to(scratch, clock, one(3, signed_now(wrong, signer)));
    }
    SECTION("a key that was retired") {
        append_to(scratch, clock, one(5, ledger::KeyRetired{origin, signer.verifier().key, 3}));
        append_to(scratch, clock, one(3, signed_now(head_at(scratch.ledger()), signer)));
    }
    append_to(scratch, clock, some_append("target/a", 900));
    const std::uint64_t end = head_at(scratch.ledger()).size;
    const auto error = error_of(follow(scratch.ledger(), follower_of(scratch)));
    CHECK(error.reason == "source-checkpoint-bad");
    CHECK(error.detail.find("position " + std::to_string(end - 2)) != std::string::npos);
    CHECK(head_at(follower_of(scratch)).size == end - 2);
    CHECK(must(adapters::rocksdb::verify_in_child(follower_of(scratch))).faults.empty());
}

TEST_CASE("what is redacted in the ledger is gone from every file of the follower's copy") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 5);
    const ledger::Append append = some_append("target/a", 321);
    append_to(scratch, clock, append);
    must(follow(scratch.ledger(), follower_of(scratch)));
    const auto reference = ledger::reference(append.contents.front());
    CHECK(must(must(Reader::open(follower_of(scratch)))->content(reference.digest)));
    {
        const auto store = must(Store::open(scratch.ledger(), clock));
        must(store->append(one(
            3,
            ledger::ContentRedacted{reference.digest, reference.byte_count, reference.kind, {5}})));
        must(store->erase_redacted(reference.digest));
    }
    must(follow(scratch.ledger(), follower_of(scratch)));
    CHECK_FALSE(must(must(Reader::open(follower_of(scratch)))->content(reference.digest)));
    CHECK(must(adapters::rocksdb::verify_in_child(follower_of(scratch))).faults.empty());
    for (const auto& entry : fs::directory_iterator{follower_of(scratch) / "events"})
        CHECK(slurp(entry.path()).find("TABLE t321") == std::string::npos);
    must(follow(scratch.ledger(), scratch.folder() / "another"));
    CHECK(must(adapters::rocksdb::verify_in_child(scratch.folder() / "another")).faults.empty());
}

TEST_CASE("a live ledger is followed append by append") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 3);
    const auto store = must(Store::open(scratch.ledger(), clock));
    std::atomic<bool> stops{false};
    std::thread writer{[&] {
        for (std::uint64_t id = 10'000; !stops; id += 3) {
            static_cast<void>(store->append(some_append("target/w", id, 3)));
            std::this_thread::sleep_for(std::chrono::milliseconds{2});
        }
    }};
    std::vector<std::string> errors;
    for (std::size_t round = 0; round < soak(5, 100); ++round)
        if (const auto followed = follow(scratch.ledger(), follower_of(scratch)); !followed)
            errors.push_back(followed.error().reason + ": " + followed.error().detail);
    stops = true;
    writer.join();
    CHECK(errors == std::vector<std::string>{});
    CHECK(must(follow(scratch.ledger(), follower_of(scratch))).after == must(store->head()));
    CHECK(must(adapters::rocksdb::verify_in_child(follower_of(scratch))).faults.empty());
}

TEST_CASE("a ledger that is lost is made anew of its follower's copy") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 30);
    const ledger::Head head = head_at(scratch.ledger());
    must(follow(scratch.ledger(), follower_of(scratch)));
    fs::remove_all(scratch.ledger());
    const auto restoration = must(
        adapters::rocksdb::restore({follower_of(scratch), scratch.ledger(), false, {}, {}}, clock));
    CHECK(restoration.restored.data.root == head.root);
    must(adapters::rocksdb::accept_loss(scratch.ledger(), restoration.restored, some_context(),
                                        clock));
    append_to(scratch, clock, some_append("target/a", 1));
    CHECK(must(adapters::rocksdb::verify_in_child(scratch.ledger())).faults.empty());
}
