#include "adapters/rocksdb/backup.hpp"
#include "adapters/rocksdb/folder.hpp"
#include "adapters/rocksdb/unfinished_erasing.hpp"
#include "adapters/rocksdb/verify.hpp"
#include "tests/adapters/rocksdb/scratch.hpp"
#include "tests/contracts/redaction_contract.hpp"

#include <catch2/catch.hpp>

#include <random>

using adapters::rocksdb::is_erasing_unfinished;
using adapters::rocksdb::Store;
using namespace tests;

namespace fs = std::filesystem;

namespace {

const std::string marker = "Erika-Mustermann-1964-08-12";

// Stored as it is: what zstd cannot make smaller.
ledger::Content plain_content() {
    std::mt19937 random{7};
    std::string bytes = marker;
    for (int count = 0; count < 400; ++count) bytes += static_cast<char>(1 + random() % 255);
    return {bytes, "sql"};
}

// Stored as a zstd frame; its first literals are still readable in it.
ledger::Content compressed_content() {
    std::string bytes = marker + "-again";
    for (int count = 0; count < 400; ++count) bytes += " INSERT INTO people VALUES (1);";
    return {bytes, "sql"};
}

std::vector<std::string> files_with(const fs::path& folder, const std::string& text) {
    std::vector<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator{folder})
        if (entry.is_regular_file() && slurp(entry.path()).find(text) != std::string::npos)
            found.push_back(entry.path().filename().string());
    return found;
}

ledger::Append append_with(const ledger::Content& content, std::uint64_t id) {
    ledger::Append append = some_append("migration/" + std::to_string(id), id);
    append.contents = {content};
    std::get<ledger::MigrationRegistered>(append.drafts[0].data).up = reference(content);
    return append;
}

ledger::Append append_of_redaction(ledger::ContentRedacted redacted) {
    ledger::Append append;
    append.context = some_context();
    append.drafts = {{"ledger", ledger::new_uuid(1), std::move(redacted), {}}};
    return append;
}

// Named by the event at `position` alone.
ledger::Append redaction_of(const ledger::Content& content, std::uint64_t position = 0) {
    ledger::ContentRedacted redacted = redacted_event(reference(content));
    redacted.positions = {position};
    return append_of_redaction(std::move(redacted));
}

// As a process leaves it that is killed between the commit and the erasing.
void leave_unerased(const Scratch& scratch, ledger::Clock& clock, const ledger::Content& content) {
    const auto store = new_ledger(scratch, clock);
    must(store->append(append_with(content, 1)));
    store->make_tables();
    must(store->append(some_append("target/a", 100, 5)));
    must(store->append(redaction_of(content)));
}

}  // namespace

TEST_CASE("the RocksDB store redacts as every store does") {
    const Scratch scratch;
    StepClock clock;
    const auto store = new_ledger(scratch, clock);
    redaction_contract(*store);
}

TEST_CASE("redacted content is in no file of the ledger any more") {
    const auto content = GENERATE(plain_content(), compressed_content());
    const bool in_tables = GENERATE(false, true);
    const Scratch scratch;
    StepClock clock;
    auto store = new_ledger(scratch, clock);
    must(store->append(some_append("target/a", 100, 50)));
    must(store->append(append_with(content, 1)));
    if (in_tables) {
        store->make_tables();
        must(store->append(some_append("target/a", 200, 50)));
        store.reset();
        store = must(Store::open(scratch.ledger(), clock));
    }
    must(store->append(some_append("target/a", 300, 50)));
    REQUIRE(!files_with(scratch.ledger(), marker).empty());

    must(store->append(redaction_of(content, 50)));
    must(store->erase_redacted(reference(content).digest));
    CHECK(files_with(scratch.ledger(), marker).empty());

    // Neither is it when the same file is run once more, and the ledger opened again.
    must(store->append(append_with(content, 2)));
    CHECK(files_with(scratch.ledger(), marker).empty());
    store.reset();
    CHECK(files_with(scratch.ledger(), marker).empty());
    const auto verification = must(adapters::rocksdb::verify(scratch.ledger()));
    CHECK(verification.faults.empty());
    CHECK(verification.redacted_count == 1);
    CHECK(verification.content_count == (in_tables ? 150 : 100));
}

TEST_CASE("erasing that was cut short is finished by whoever writes next") {
    const Scratch scratch;
    StepClock clock;
    leave_unerased(scratch, clock, plain_content());
    REQUIRE(!files_with(scratch.ledger(), marker).empty());
    CHECK(is_erasing_unfinished(scratch.ledger()));
    const fs::path file = adapters::rocksdb::unerased_of(scratch.ledger());
    // Damage must not keep the bytes alive: then all that was ever redacted is erased again.
    if (GENERATE(false, true)) spill(file, slurp(file).substr(0, 10));
    must(must(Store::open(scratch.ledger(), clock))->open_for_writing());
    CHECK(files_with(scratch.ledger(), marker).empty());
    CHECK_FALSE(is_erasing_unfinished(scratch.ledger()));
    CHECK(must(adapters::rocksdb::verify(scratch.ledger())).faults.empty());
}

TEST_CASE("a backup after erasing that was cut short holds nothing of it") {
    const Scratch scratch;
    StepClock clock;
    leave_unerased(scratch, clock, plain_content());
    const bool is_beside_writer = GENERATE(false, true);
    const auto writer = is_beside_writer ? must(Store::open(scratch.ledger(), clock)) : nullptr;
    const fs::path copy = scratch.folder() / "copy";
    const auto made =
        must(adapters::rocksdb::back_up({scratch.ledger(), copy, "varve/0.1.0", true, {}}, clock));
    CHECK(made.beside_writer == is_beside_writer);
    CHECK(files_with(copy, marker).empty());
    CHECK_FALSE(is_erasing_unfinished(copy));
    // Beside a writer, that one finishes it.
    if (writer) must(writer->open_for_writing());
    CHECK(files_with(scratch.ledger(), marker).empty());
    CHECK_FALSE(is_erasing_unfinished(scratch.ledger()));
}

TEST_CASE("a redaction that was never committed is not held against its content") {
    const Scratch scratch;
    StepClock clock;
    const auto content = plain_content();
    must(new_ledger(scratch, clock)->append(append_with(content, 1)));
    spill(adapters::rocksdb::unerased_of(scratch.ledger()),
          ledger::hex(reference(content).digest) + "\n");
    {
        const auto store = must(Store::open(scratch.ledger(), clock));
        must(store->open_for_writing());
        CHECK_FALSE(is_erasing_unfinished(scratch.ledger()));
        CHECK(must(store->content(reference(content).digest)) == content.bytes);
        must(store->append(redaction_of(content)));
        CHECK(is_erasing_unfinished(scratch.ledger()));
        must(store->erase_redacted(reference(content).digest));
        CHECK_FALSE(is_erasing_unfinished(scratch.ledger()));
    }
    CHECK(files_with(scratch.ledger(), marker).empty());
}

TEST_CASE("redacting content that no event names is told, and nothing else is wrong then") {
    const Scratch scratch;
    StepClock clock;
    {
        const auto store = new_ledger(scratch, clock);
        must(store->append(append_with(plain_content(), 1)));
        must(store->append(redaction_of(compressed_content())));  // of another
    }
    const auto faults = must(adapters::rocksdb::verify(scratch.ledger())).faults;
    REQUIRE(faults.size() == 1);
    CHECK(faults[0].what == "redaction-wrong");
}

TEST_CASE("a redaction that says of its content what the events before it do not is named") {
    const auto content = plain_content();
    const auto of = reference(content);
    using Redacted = ledger::ContentRedacted;
    const auto [said, word] = GENERATE_COPY(table<Redacted, std::string>({
        {Redacted{of.digest, of.byte_count, of.kind, {1, 3}}, ""},
        {Redacted{of.digest, of.byte_count, of.kind, {}}, "does not list"},
        {Redacted{of.digest, of.byte_count, of.kind, {1}}, "leaves out"},
        {Redacted{of.digest, of.byte_count, of.kind, {1, 2, 3}}, "lists event 2"},
        {Redacted{of.digest, of.byte_count, of.kind, {3, 1}}, "does not list"},
        {Redacted{of.digest, of.byte_count, of.kind, {1, 3, 4}}, "does not list"},
        {Redacted{of.digest, of.byte_count, of.kind, {1, 3, 5}}, "does not list"},
        {Redacted{of.digest, of.byte_count + 1, of.kind, {1, 3}}, "size and kind"},
        {Redacted{of.digest, of.byte_count, "error", {1, 3}}, "size and kind"},
    }));
    const Scratch scratch;
    StepClock clock;
    {
        const auto store = new_ledger(scratch, clock);
        must(store->append(some_append("target/a", 100)));
        must(store->append(append_with(content, 1)));
        must(store->append(some_append("target/a", 200)));
        must(store->append(append_with(content, 2)));
        must(store->append(append_of_redaction(said)));
        must(store->append(append_with(content, 3)));  // which it cannot know of
    }
    const auto faults = must(adapters::rocksdb::verify(scratch.ledger())).faults;
    REQUIRE(faults.size() == (word.empty() ? 0 : 1));
    if (word.empty()) return;
    CHECK(faults[0].what == "redaction-wrong");
    CHECK(faults[0].position == 4);
    CHECK(faults[0].detail.find(word) != std::string::npos);
}
