// Every way to change a ledger of 10,000 events that we know of: found, named, and by whom.
#include "adapters/rocksdb/content_row.hpp"
#include "ledger/codec.hpp"
#include "ledger/cosignature.hpp"
#include "tests/adapters/rocksdb/scratch.hpp"
#include "tests/adapters/rocksdb/tampered.hpp"

#include <catch2/catch.hpp>

#include <random>

using adapters::rocksdb::bytes_of;
using adapters::rocksdb::Family;
using adapters::rocksdb::Fault;
using adapters::rocksdb::Scope;
using adapters::rocksdb::Store;
using adapters::rocksdb::Verification;
using namespace tests;

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t many = 10'000;

// Appends of all sizes, up to `count` events; signed at a third and at two thirds.
void fill_many(ledger::Store& store, std::uint64_t count, std::uint64_t different = many) {
    add_key(store);
    std::uint64_t id = 1;
    std::uint64_t signed_size = 0;
    while (must(store.head()).size < count) {
        const std::uint64_t size = must(store.head()).size;
        if (size > signed_size + count / 3) {
            sign(store, size);
            signed_size = size;
        }
        ledger::Append append = some_append("target/" + std::to_string(id % 7), id, 1 + id % 90);
        if (different >= size && different < size + append.drafts.size())
            append.context.reason = "another history";
        id += append.drafts.size();
        must(store.append(append));
    }
}

// Made once: a copy is quick.
const fs::path& big_ledger() {
    static const Scratch scratch;
    static const fs::path path = [] {
        StepClock clock;
        fill_many(*new_ledger(scratch, clock), many);
        return scratch.ledger();
    }();
    return path;
}

void copy_big_ledger(const Scratch& scratch) {
    fs::copy(big_ledger(), scratch.ledger(), fs::copy_options::recursive);
}

std::string changed_line(const std::string& line, const std::function<void(ledger::Record&)>& how) {
    ledger::Record record = must(ledger::decode(line));
    how(record);
    return must(ledger::encode(record));
}

void check_first(const Verification& verification, std::uint64_t position, const std::string& what,
                 const std::string& witness) {
    REQUIRE(!verification.faults.empty());
    const Fault& first = verification.faults[0];
    CAPTURE(first.detail, verification.fault_count);
    CHECK(first.position == position);
    CHECK(first.what == what);
    CHECK(first.witness == witness);
}

// Appends as `copied` did, so that only what the caller changes is another.
void append_from(Store& store, const std::vector<ledger::Record>& records) {
    for (const ledger::Record& record : records) {
        ledger::Append append;
        append.context = {record.actor,  record.run,    record.correlation,
                          record.reason, record.ticket, record.tool};
        append.drafts = {{record.stream, record.id, record.data, record.causation}};
        must(store.append(append));
    }
}

}  // namespace

TEST_CASE("a ledger of 10,000 events is whole until somebody touches it") {
    const auto verified = must(adapters::rocksdb::verify_in_child(big_ledger()));
    CHECK(verified.faults.empty());
    CHECK(verified.event_count >= many);
    CHECK(verified.checkpoint_count == 2);
}

TEST_CASE("an event replaced with a valid one is named as replaced, an edited one as changed") {
    const Scratch scratch;
    copy_big_ledger(scratch);
    Tampered ledger{scratch};
    std::mt19937 random{20261126};
    for (std::size_t round = 0; round < soak(3, 100); ++round) {
        const std::uint64_t position = 1 + random() % (many - 1);
        const std::string line = ledger.line(position);
        CAPTURE(position);
        ledger.put_line(position, changed_line(line, [](auto& record) { record.actor.id = "x"; }));
        check_first(ledger.verify(), position, "event-changed",
                    position < many / 256 * 256 ? "tile" : "ids");
        ledger.put_line(position, changed_line(line, [](auto& record) {
                            record.id = numbered_uuid(7'000'000);
                        }));
        const Verification verified = ledger.verify();
        REQUIRE(!verified.faults.empty());
        CHECK(verified.faults[0].what == "event-replaced");
        CHECK(verified.faults[0].position == position);
        ledger.put_line(position, line);
    }
    CHECK(ledger.verify().faults.empty());
}

TEST_CASE("two events swapped are named as reordered, with or without their positions") {
    const Scratch scratch;
    copy_big_ledger(scratch);
    Tampered ledger{scratch};
    const std::uint64_t one = 1234;
    const std::uint64_t other = 7777;
    const std::string first = ledger.line(one);
    const std::string second = ledger.line(other);
    for (const bool rewritten : {false, true}) {
        const auto moved = [&](const std::string& line, std::uint64_t to) {
            return rewritten ? changed_line(line, [to](auto& record) { record.position = to; })
                             : line;
        };
        ledger.put_line(one, moved(second, one));
        ledger.put_line(other, moved(first, other));
        const Verification verified = ledger.verify();
        REQUIRE(verified.faults.size() >= 2);
        CHECK(verified.faults[0].position == one);
        CHECK(verified.faults[0].what == "event-reordered");
        CHECK(verified.faults[0].detail.find("position 7777") != std::string::npos);
        bool other_is_named = false;
        for (const Fault& fault : verified.faults)
            other_is_named =
                other_is_named || (fault.position == other && fault.what == "event-reordered");
        CHECK(other_is_named);
    }
    ledger.put_line(other, second);
    ledger.put_line(one, second);
    const Verification verified = ledger.verify();
    REQUIRE(!verified.faults.empty());
    CHECK(verified.faults[0].what == "event-replaced");
    CHECK(verified.faults[0].detail.find("a copy of the event of position 7777") !=
          std::string::npos);
}

TEST_CASE("the tail cut is named with the first event that is gone, and who has seen it") {
    const Scratch scratch;
    copy_big_ledger(scratch);
    Tampered ledger{scratch};
    const auto rows = ledger.rows(Family::events);
    const auto commits = ledger.rows(Family::commits);
    ledger.erase(Family::events, rows.back().key);
    check_first(ledger.verify(), rows.size() - 1, "tail-cut", "commit");
    const std::uint64_t cut = *adapters::rocksdb::number_of(commits[commits.size() - 2].key);
    for (std::uint64_t position = cut; position < rows.size(); ++position)
        ledger.erase(Family::events, rows[position].key);
    ledger.erase(Family::commits, commits.back().key);
    check_first(ledger.verify(), cut, "tail-cut", "anchor");
}

TEST_CASE(
    "an older copy in the ledger's place is found by its anchor, or by who kept a checkpoint") {
    const Scratch scratch;
    const fs::path old = scratch.folder() / "old";
    StepClock clock;
    std::string kept;
    {
        const auto store = new_ledger(scratch, clock);
        fill_many(*store, 500);
    }
    fs::copy(scratch.ledger(), old, fs::copy_options::recursive);
    const std::uint64_t old_size = must(adapters::rocksdb::verify(old)).size;
    {
        const auto store = must(Store::open(scratch.ledger(), clock));
        for (std::uint64_t id = 5'000; id < 5'010; ++id)
            must(store->append(some_append("target/a", id)));
        const std::uint64_t size = must(store->head()).size;
        kept = checkpoint_by(test_signer(), size, must(store->head()).root).note;
    }
    fs::remove_all(scratch.ledger() / "events");
    fs::copy(old / "events", scratch.ledger() / "events", fs::copy_options::recursive);
    check_first(must(adapters::rocksdb::verify(scratch.ledger())), old_size, "tail-cut", "anchor");
    fs::copy_file(old / "anchor", scratch.ledger() / "anchor",
                  fs::copy_options::overwrite_existing);
    CHECK(must(adapters::rocksdb::verify(scratch.ledger())).faults.empty());
    check_first(must(adapters::rocksdb::verify(scratch.ledger(), Scope{true, kept})), old_size,
                "tail-cut", "the checkpoint that was kept");
}

TEST_CASE("a history written again around one other event is found by what was signed") {
    const Scratch original;
    const Scratch forgery;
    StepClock clock;
    std::vector<ledger::Record> records;
    {
        const auto store = new_ledger(original, clock);
        fill_many(*store, 300);
        records = must(read_records(*store, 0, 10'000));
    }
    records.at(250).reason = "another history";
    clock.set(1'795'392'000'000'000);
    append_from(*new_ledger(forgery, clock), records);
    const auto verified = must(adapters::rocksdb::verify(forgery.ledger()));
    REQUIRE(!verified.faults.empty());
    // One signature after another: all appends are of one event now, so every root is another.
    CHECK(verified.faults[0].what == "event-replaced");
    CHECK(verified.faults[0].witness == "checkpoint");
}

TEST_CASE(
    "a forged checkpoint is named: another key, a retired one, another size, root or origin") {
    const Scratch scratch;
    StepClock clock;
    const ledger::Signer stranger = must(ledger::Signer::generate(test_origin));
    const ledger::Signer retired = must(ledger::Signer::generate(test_origin));
    std::vector<std::pair<std::uint64_t, std::string>> expected;
    {
        const auto store = new_ledger(scratch, clock);
        add_key(*store);
        add_key(*store, retired);
        for (std::uint64_t id = 0; id < 60; id += 10)
            must(store->append(some_append("target/a", id, 10)));
        sign(*store, 20, retired);
        append_event(*store, ledger::KeyRetired{test_origin, retired.verifier().key, 30});
        sign(*store, 30, retired);
        expected.emplace_back(sign(*store, 40, stranger), "checkpoint-forged");
        expected.emplace_back(sign(*store, 41, retired), "checkpoint-key-retired");
        auto event = checkpoint_by(test_signer(), 42, must(store->root_at(42)));
        event.size = 43;
        event.root = must(store->root_at(43));
        expected.emplace_back(append_event(*store, event), "checkpoint-wrong");
        event = checkpoint_by(test_signer(), 44, ledger::sha256("no root of ours"));
        expected.emplace_back(44 - 44 + 30, "event-replaced");
        append_event(*store, event);
    }
    const auto verified = must(adapters::rocksdb::verify(scratch.ledger()));
    for (const auto& lie : expected) {
        const bool is_named =
            std::any_of(verified.faults.begin(), verified.faults.end(), [&](const Fault& fault) {
                return fault.position == lie.first && fault.what == lie.second;
            });
        CAPTURE(lie.first, lie.second);
        CHECK(is_named);
    }
    CHECK(verified.checkpoint_count == 3);  // 20, 30, and the one that is signed and lies
}

TEST_CASE("a cosignature that nobody gave is named: none, no key, another name, time or text") {
    const Scratch scratch;
    StepClock clock;
    const ledger::Signer witness = must(ledger::Signer::generate("w.example/1"));
    const ledger::Signer other = must(ledger::Signer::generate("w.example/2"));
    std::vector<std::uint64_t> lies;
    {
        const auto store = new_ledger(scratch, clock);
        add_key(*store);
        must(store->append(some_append("target/a", 1, 10)));
        sign(*store, 10);
        const auto root = must(store->root_at(10));
        const auto by = [&](const ledger::Signer& signer, std::uint64_t size) {
            const auto text = to_text(ledger::Checkpoint{test_origin, size, root, {}});
            return ledger::CheckpointWitnessed{
                10,
                root,
                ledger::WitnessKind::cosigner,
                signer.verifier().name,
                ledger::signature_line(must(ledger::cosign(text, signer, 1'700'000'000))),
                to_text(signer.verifier(), ledger::SignatureType::cosignature),
                1'700'000'000'000'000};
        };
        append_event(*store, by(witness, 10));
        append_event(*store, by(other, 10));
        append_event(*store, ledger::CheckpointWitnessed{
                                 10, root, ledger::WitnessKind::folder, "/w", {}, {}, {}});
        REQUIRE(must(adapters::rocksdb::verify(scratch.ledger())).faults.empty());
        const auto lie = [&](const ledger::Signer& signer, std::uint64_t size, auto change) {
            auto event = by(signer, size);
            change(event);
            lies.push_back(append_event(*store, event));
        };
        lie(witness, 10, [](auto& event) { event.cosignature.reset(); });
        lie(witness, 10, [](auto& event) { event.verifier.reset(); });
        lie(witness, 10, [](auto& event) { event.cosignature.reset(), event.verifier.reset(); });
        lie(other, 10, [](auto& event) { event.witness = "w.example/1"; });
        lie(witness, 10, [](auto& event) { event.witnessed_at_us = 1; });
        lie(witness, 10, [](auto& event) { event.witnessed_at_us.reset(); });
        lie(witness, 10, [](auto& event) { event.kind = ledger::WitnessKind::folder; });
        lie(witness, 9, [](auto&) {});
    }
    const auto verified = must(adapters::rocksdb::verify(scratch.ledger()));
    REQUIRE(verified.faults.size() == lies.size());
    for (std::size_t index = 0; index < lies.size(); ++index) {
        CHECK(verified.faults[index].what == "cosignature-bad");
        CHECK(verified.faults[index].position == lies[index]);
    }
}

TEST_CASE("content exchanged is named as changed, with the events that name it") {
    const Scratch scratch;
    copy_big_ledger(scratch);
    Tampered ledger{scratch};
    const auto digest_at = [&](std::uint64_t position) {
        const auto record = must(ledger::decode(ledger.line(position)));
        return std::get<ledger::AttemptStarted>(record.data).executed->digest;
    };
    const std::string one{bytes_of(digest_at(100))};
    const std::string other{bytes_of(digest_at(9'000))};
    const std::string bytes = ledger.get(Family::content, one);
    ledger.put(Family::content, one, ledger.get(Family::content, other));
    ledger.put(Family::content, other, bytes);
    const Verification verified = ledger.verify();
    REQUIRE(verified.faults.size() == 2);
    check_first(verified, 100, "content-changed", "event");
    CHECK(verified.faults[0].detail.find("exchanged") != std::string::npos);
    CHECK(verified.faults[1].position == 9'000);
}

TEST_CASE("redacted content may be gone, and must not be there") {
    const Scratch scratch;
    StepClock clock;
    const auto content = some_append("target/0", 1003).contents[0];
    const ledger::Digest digest = ledger::sha256(content.bytes);
    {
        const auto store = new_ledger(scratch, clock);
        for (std::uint64_t id = 1000; id < 1005; ++id)
            must(store->append(some_append("target/0", id)));
        append_event(*store, ledger::ContentRedacted{digest, content.bytes.size(), "sql", {3}});
    }
    Tampered ledger{scratch};
    CHECK(ledger.verify().faults.empty());
    CHECK(ledger.verify().redacted_count == 1);
    ledger.erase(Family::content, bytes_of(digest));
    CHECK(ledger.verify().faults.empty());
    ledger.put(Family::content, bytes_of(digest), adapters::rocksdb::pack(content.bytes));
    check_first(ledger.verify(), 5, "content-unredacted", "event");
    const auto another = ledger::sha256(some_append("target/0", 1001).contents[0].bytes);
    ledger.erase(Family::content, bytes_of(digest));
    ledger.put(Family::content, bytes_of(another), adapters::rocksdb::tombstone);
    check_first(ledger.verify(), 1, "content-missing", "event");
}

TEST_CASE("no flipped bit in a file with live data goes unnoticed") {
    const Scratch scratch;
    StepClock clock;
    {
        const auto store = new_ledger(scratch, clock);
        fill_many(*store, 600);
    }
    {
        const auto store = must(Store::open(scratch.ledger(), clock));
        store->make_tables();
        for (std::uint64_t id = 5'000; id < 5'020; ++id)
            must(store->append(some_append("target/a", id)));
    }
    REQUIRE(must(adapters::rocksdb::verify_in_child(scratch.ledger())).faults.empty());
    std::vector<fs::path> files = files_in(scratch.ledger() / "events", ".sst");
    for (const fs::path& log : files_in(scratch.ledger() / "events", ".log"))
        if (fs::file_size(log) > 0) files.push_back(log);
    REQUIRE(files.size() >= 2);
    const auto seed = static_cast<unsigned>(std::random_device{}());
    std::mt19937 random{seed};
    for (std::size_t round = 0; round < soak(150, 10'000); ++round) {
        const fs::path& file = files[random() % files.size()];
        const std::string bytes = slurp(file);
        const std::size_t offset = random() % bytes.size();
        const unsigned bit = random() % 8;
        spill(file, flipped(bytes, offset, bit));
        CAPTURE(seed, file, offset, bit);
        CHECK(!must(adapters::rocksdb::verify_in_child(scratch.ledger())).faults.empty());
        spill(file, bytes);
    }
    CHECK(must(adapters::rocksdb::verify_in_child(scratch.ledger())).faults.empty());
}
