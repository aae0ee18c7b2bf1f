#include "adapters/rocksdb/backup.hpp"

#include "adapters/rocksdb/reader.hpp"
#include "adapters/rocksdb/restore.hpp"
#include "adapters/rocksdb/verify.hpp"
#include "adapters/rocksdb/writer_lock.hpp"
#include "tests/adapters/rocksdb/scratch.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <thread>

using adapters::rocksdb::Backup;
using adapters::rocksdb::Known;
using adapters::rocksdb::Reader;
using adapters::rocksdb::Restoration;
using adapters::rocksdb::Store;
using namespace tests;

namespace fs = std::filesystem;

namespace {

ledger::Result<Backup> back_up(const Scratch& scratch, const std::string& name,
                               bool verifies = true) {
    StepClock clock;
    return adapters::rocksdb::back_up(
        {scratch.ledger(), scratch.folder() / name, "varve/0.1.0", verifies, {}}, clock);
}

ledger::Result<Restoration> restore(const Scratch& scratch, const std::string& name,
                                    bool replaces = false, std::vector<Known> known = {}) {
    StepClock clock;
    return adapters::rocksdb::restore(
        {scratch.folder() / name, scratch.ledger(), replaces, std::move(known), {}}, clock);
}

std::vector<std::string> names_in(const fs::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator{folder})
        names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

void check_whole(const fs::path& copy, const ledger::Head& head) {
    const auto verified = must(adapters::rocksdb::verify_in_child(copy));
    for (const auto& fault : verified.faults) FAIL_CHECK(fault.what << ": " << fault.detail);
    CHECK(verified.root == head.root);
    CHECK(head_at(copy) == head);
}

}  // namespace

TEST_CASE("a backup is the ledger, proves itself, and cannot be written to") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 300);
    const ledger::Head head = head_at(scratch.ledger());
    const Backup backup = must(back_up(scratch, "backup"));
    CHECK_FALSE(backup.beside_writer);
    CHECK(backup.manifest.size == 300);
    CHECK(backup.manifest.root == head.root);
    CHECK(must(adapters::rocksdb::read_manifest(scratch.folder() / "backup")) == backup.manifest);
    must(adapters::rocksdb::check_files(scratch.folder() / "backup", backup.manifest));
    check_whole(scratch.folder() / "backup", head);
    CHECK(names_in(scratch.folder()) == std::vector<std::string>{"backup", "ledger"});
    CHECK(names_in(scratch.folder() / "backup") ==
          std::vector<std::string>{"anchor", "events", "manifest"});
    const auto error = error_of(Store::open(scratch.folder() / "backup", clock));
    CHECK(error.reason == "ledger-is-copy");
    CHECK(!error.help.empty());
}

TEST_CASE("sha256sum understands a backup's manifest") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 5);
    must(back_up(scratch, "backup"));
    const std::string check = "cd '" + (scratch.folder() / "backup").string() +
                              "' && sha256sum --check --strict --quiet manifest >/dev/null 2>&1";
    CHECK(std::system(check.c_str()) == 0);
    spill(scratch.folder() / "backup" / "anchor", "no anchor");
    CHECK(std::system(check.c_str()) != 0);
}

TEST_CASE("backups made while a writer is at work hold whatever was acknowledged before") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 300);
    std::atomic<bool> stops{false};
    std::atomic<std::uint64_t> acknowledged{300};
    auto store = must(Store::open(scratch.ledger(), clock));
    std::thread writer{[&] {
        for (std::uint64_t id = 10'000; !stops; id += 3) {
            const auto appended = store->append(some_append("target/w", id, 3));
            if (appended) acknowledged = appended->head.size;
            std::this_thread::sleep_for(std::chrono::milliseconds{2});
        }
    }};
    for (std::size_t round = 0; round < soak(4, 50); ++round) {
        const std::uint64_t before = acknowledged;
        const std::string name = "backup-" + std::to_string(round);
        const auto backup = back_up(scratch, name);
        if (!backup) stops = true;
        if (!backup) writer.join();
        const Backup made = must(backup);
        CHECK(made.beside_writer);
        CHECK(made.manifest.size >= before);
        must(adapters::rocksdb::check_files(scratch.folder() / name, made.manifest));
        fs::remove_all(scratch.folder() / name);
    }
    stops = true;
    writer.join();
    const Backup last = must(back_up(scratch, "last"));
    CHECK(last.beside_writer);
    CHECK(last.manifest.size == must(store->head()).size);
    store.reset();
    CHECK_FALSE(must(back_up(scratch, "links")).beside_writer);
}

TEST_CASE("a backup never takes the place of anything, and a stopped one leaves nothing") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 3);
    fs::create_directory(scratch.folder() / "full");
    spill(scratch.folder() / "full" / "file", "mine");
    CHECK(error_of(back_up(scratch, "full")).reason == "destination-unfit");
    CHECK(slurp(scratch.folder() / "full" / "file") == "mine");
    CHECK(error_of(back_up(scratch, "ledger/backup")).reason == "destination-unfit");
    const auto stopped = adapters::rocksdb::back_up(
        {scratch.ledger(), scratch.folder() / "stopped", "varve", true, [] { return true; }},
        clock);
    CHECK(error_of(stopped).reason == "interrupted");
    CHECK(names_in(scratch.folder()) == std::vector<std::string>{"full", "ledger"});
    for (const std::string& name : names_in(scratch.ledger()))
        CHECK_FALSE(name.starts_with(".copying"));
    fs::create_directory(scratch.folder() / "empty");
    CHECK(must(back_up(scratch, "empty")).manifest.size == 3);
}

TEST_CASE("a damaged ledger gives no backup") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 40);
    for (const fs::path& path : files_in(scratch.ledger() / "events", ".sst")) {
        std::string bytes = slurp(path);
        bytes[bytes.size() / 3] = static_cast<char>(bytes[bytes.size() / 3] ^ 4);
        spill(path, bytes);
    }
    for (const fs::path& path : files_in(scratch.ledger() / "events", ".log")) {
        std::string bytes = slurp(path);
        if (bytes.empty()) continue;
        bytes[bytes.size() / 3] = static_cast<char>(bytes[bytes.size() / 3] ^ 4);
        spill(path, bytes);
    }
    CHECK(error_of(back_up(scratch, "backup")).code == ledger::Code::corrupt);
    CHECK_FALSE(fs::exists(scratch.folder() / "backup"));
}

TEST_CASE("who stops a restore or a backup while it is verified finds nothing changed") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 20);
    must(back_up(scratch, "backup"));
    const auto before = names_in(scratch.folder());
    // All is copied once the anchor is there; what is left is to verify it, and to name it.
    const auto is_copied = [&] {
        for (const auto& entry : fs::directory_iterator{scratch.folder()})
            if (entry.path().filename().string().starts_with('.') &&
                fs::exists(entry.path() / "anchor"))
                return true;
        return false;
    };
    const auto restored = adapters::rocksdb::restore(
        {scratch.folder() / "backup", scratch.ledger(), true, {}, is_copied}, clock);
    CHECK(error_of(restored).reason == "interrupted");
    CHECK(names_in(scratch.folder()) == before);
    const auto backed_up = adapters::rocksdb::back_up(
        {scratch.ledger(), scratch.folder() / "other", "varve/0.1.0", true, is_copied}, clock);
    CHECK(error_of(backed_up).reason == "interrupted");
    CHECK(names_in(scratch.folder()) == before);
}

TEST_CASE("a backup that was touched is not restored, whichever file it was") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 20);
    const Backup backup = must(back_up(scratch, "backup"));
    fs::remove_all(scratch.ledger());
    const fs::path folder = scratch.folder() / "backup";
    std::vector<std::string> files{"manifest"};
    for (const auto& file : backup.manifest.files) files.push_back(file.path);
    for (const std::string& file : files) {
        CAPTURE(file);
        const std::string bytes = slurp(folder / file);
        if (bytes.empty()) continue;
        std::string changed = bytes;
        changed[changed.size() / 2] = static_cast<char>(changed[changed.size() / 2] ^ 1);
        spill(folder / file, changed);
        CHECK(error_of(restore(scratch, "backup")).reason == "backup-damaged");
        fs::remove(folder / file);
        if (file == "manifest")  // then it is a copy like any other, and read line by line
            CHECK(must(restore(scratch, "backup")).restored.data.root == backup.manifest.root);
        else
            CHECK(error_of(restore(scratch, "backup")).reason == "backup-damaged");
        fs::remove_all(scratch.ledger());
        spill(folder / file, bytes);
    }
    spill(folder / "events" / "000999.sst", "a stranger");
    CHECK(error_of(restore(scratch, "backup")).reason == "backup-damaged");
    CHECK_FALSE(fs::exists(scratch.ledger()));
    fs::remove(folder / "events" / "000999.sst");
    must(restore(scratch, "backup"));
}

TEST_CASE("a ledger restored without loss goes on once it has said so") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 20);
    const ledger::Head head = head_at(scratch.ledger());
    must(back_up(scratch, "backup"));
    CHECK(error_of(restore(scratch, "backup")).reason == "ledger-exists");
    const auto restoration = must(restore(scratch, "backup", true));
    REQUIRE(restoration.moved_to);
    CHECK(head_at(*restoration.moved_to) == head);
    CHECK(restoration.restored.data.lost_to == 20);
    CHECK(restoration.agreeing == std::vector<std::string>{"anchor", "old ledger"});
    CHECK(error_of(Store::open(scratch.ledger(), clock)).reason == "loss-unaccepted");
    const auto said = must(adapters::rocksdb::accept_loss(scratch.ledger(), restoration.restored,
                                                          some_context(), clock));
    CHECK(said.first_position == 20);
    CHECK_FALSE(must(adapters::rocksdb::read_restored(scratch.ledger())));
    append_more(scratch, 1, 1);
    check_whole(scratch.ledger(), head_at(scratch.ledger()));
}

TEST_CASE("without room to write to it afterwards no ledger is put in place") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 20);
    must(back_up(scratch, "backup"));
    const auto before = names_in(scratch.folder());
    adapters::rocksdb::RestoreRequest request{
        scratch.folder() / "backup", scratch.ledger(), true, {}, {}};
    request.reserve_bytes = std::uint64_t{1} << 60U;
    CHECK(error_of(adapters::rocksdb::restore(request, clock)).reason == "ledger-full");
    CHECK(names_in(scratch.folder()) == before);
    append_more(scratch, 1, 1);
}

TEST_CASE("a copy's name with a line of its own says nothing of what is lost") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 20);
    const std::string name = "backup\nlost_to 20";
    must(back_up(scratch, name));
    append_more(scratch, 900, 5);
    const auto restoration = must(restore(scratch, name, true));
    CHECK(restoration.restored.data.lost_to == 25);
    const auto waiting = must(adapters::rocksdb::read_restored(scratch.ledger()));
    REQUIRE(waiting);
    CHECK(waiting->data.lost_to == 25);
    CHECK(waiting->data.source == (scratch.folder() / "backup lost_to 20").string());
}

TEST_CASE("a ledger restored from an older copy is not written to until the loss is accepted") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 20);
    must(back_up(scratch, "backup"));
    append_more(scratch, 1, 5);
    const ledger::Head newest = head_at(scratch.ledger());
    const Known target{"target production", ledger_uuid, 23, {}};
    const auto restoration = must(restore(scratch, "backup", true, {target}));
    const auto& data = restoration.restored.data;
    CHECK(data.lost_to == 25);
    CHECK(data.lost_root == newest.root);
    CHECK(data.known_by == std::vector<std::string>{"target production", "anchor", "old ledger"});

    const auto refused = error_of(Store::open(scratch.ledger(), clock));
    CHECK(refused.reason == "loss-unaccepted");
    CHECK(refused.detail.find("at least positions 20 to 24 are lost") != std::string::npos);
    CHECK(head_at(scratch.ledger()).size == 20);
    const auto waiting = must(adapters::rocksdb::read_restored(scratch.ledger()));
    REQUIRE(waiting);
    CHECK(*waiting == restoration.restored);
    must(adapters::rocksdb::accept_loss(scratch.ledger(), *waiting, some_context(), clock));
    const auto again =
        must(adapters::rocksdb::accept_loss(scratch.ledger(), *waiting, some_context(), clock));
    CHECK(again.first_position == 20);
    const auto records = must(read_records(*must(Reader::open(scratch.ledger())), 20, 10));
    REQUIRE(records.size() == 1);
    CHECK(std::get<ledger::LedgerRestored>(records[0].data) == data);
}

TEST_CASE("a copy that somebody's knowledge contradicts is not restored") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 20);
    must(back_up(scratch, "backup"));
    const ledger::Head head = head_at(scratch.ledger());
    Known witness{"a witness", ledger_uuid, 10, ledger::sha256("another history")};
    CHECK(error_of(restore(scratch, "backup", true, {witness})).reason == "restore-contradicted");
    witness = {"a witness", numbered_uuid(7), 30, {}};
    CHECK(error_of(restore(scratch, "backup", true, {witness})).reason == "restore-contradicted");
    CHECK(head_at(scratch.ledger()) == head);
    CHECK(names_in(scratch.folder()) == std::vector<std::string>{"backup", "ledger"});
    const auto lock = must(adapters::rocksdb::WriterLock::take(
        scratch.ledger() / "writer.lock", std::chrono::milliseconds{0}, "a run", 0));
    CHECK(error_of(restore(scratch, "backup", true)).reason == "ledger-locked");
}

TEST_CASE("who knows what was accepted as lost once contradicts no later copy") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 20);
    must(back_up(scratch, "backup"));
    append_more(scratch, 1, 5);
    const ledger::Head lost = head_at(scratch.ledger());
    const auto first = must(restore(scratch, "backup", true));
    must(adapters::rocksdb::accept_loss(scratch.ledger(), first.restored, some_context(), clock));
    append_more(scratch, 100, 20);
    must(back_up(scratch, "newer"));
    fs::remove_all(scratch.ledger());
    fs::remove_all(*first.moved_to);
    const Known target{"target production", ledger_uuid, lost.size, lost.root};
    const auto second = must(restore(scratch, "newer", false, {target}));
    CHECK(second.agreeing == std::vector<std::string>{"target production"});
    CHECK(second.restored.data.lost_to == second.restored.data.size);
}

TEST_CASE("what is no copy of a ledger is not restored") {
    const Scratch scratch;
    CHECK(error_of(restore(scratch, "nothing")).reason == "not-a-backup");
    fs::create_directory(scratch.folder() / "empty");
    CHECK(error_of(restore(scratch, "empty")).reason == "not-a-backup");
    CHECK(names_in(scratch.folder()) == std::vector<std::string>{"empty"});
}

TEST_CASE("a copy whose old ledger went another way is not restored, however long that one is") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 13);
    must(back_up(scratch, "fork"));
    append_more(scratch, 1, 11);
    must(back_up(scratch, "backup"));
    fs::remove_all(scratch.ledger());
    const auto forked = must(restore(scratch, "fork"));
    must(adapters::rocksdb::accept_loss(scratch.ledger(), forked.restored, some_context(), clock));
    append_more(scratch, 100, 27);
    CHECK(error_of(restore(scratch, "backup", true)).reason == "restore-contradicted");
}

TEST_CASE("who could not be asked makes a restored ledger wait for a person") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 20);
    must(back_up(scratch, "backup"));
    fs::remove_all(scratch.ledger());
    const auto restoration = must(adapters::rocksdb::restore(
        {scratch.folder() / "backup", scratch.ledger(), false, {}, {}, {"target production"}},
        clock));
    CHECK(waits_for_decision(restoration.restored));
    CHECK(must(adapters::rocksdb::read_restored(scratch.ledger())) == restoration.restored);
    CHECK(loss_of(restoration.restored) ==
          "whether anything is lost is unknown; not asked: target production");
    must(adapters::rocksdb::accept_loss(scratch.ledger(), restoration.restored, some_context(),
                                        clock));
    const auto records = must(read_records(*must(Reader::open(scratch.ledger())), 20, 1));
    CHECK(std::get<ledger::LedgerRestored>(records[0].data).known_by ==
          std::vector<std::string>{"not asked: target production"});
}

TEST_CASE("a ledger with an accepted loss, restored of its own backup, has lost nothing") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 13);
    must(back_up(scratch, "backup"));
    append_more(scratch, 1, 9);
    const ledger::Head lost = head_at(scratch.ledger());
    const auto first = must(restore(scratch, "backup", true));
    must(adapters::rocksdb::accept_loss(scratch.ledger(), first.restored, some_context(), clock));
    must(back_up(scratch, "own"));
    const Known target{"target production", ledger_uuid, lost.size, lost.root};
    const auto again = must(restore(scratch, "own", true, {target}));
    CHECK_FALSE(waits_for_decision(again.restored));
}
