// A disk that keeps what was synced and loses what it likes of the rest, under the whole store.
//
// Shape  one seed is one schedule: lives of a process that appends, jumps its clock, makes tables;
//        each ends by itself, with a full disk, or at some operation with the power. Then the files
//        are cut, and the ledger is held against what was acknowledged.
// Seed   printed where something is wrong; VARVE_SEED=N runs that one alone.
#include "adapters/rocksdb/child.hpp"
#include "adapters/rocksdb/environment.hpp"
#include "adapters/rocksdb/reader.hpp"
#include "adapters/rocksdb/store.hpp"
#include "adapters/rocksdb/verify.hpp"
#include "tests/adapters/rocksdb/lossy_disk.hpp"
#include "tests/adapters/rocksdb/scratch.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

using adapters::rocksdb::Reader;
using adapters::rocksdb::Store;
using namespace tests;

namespace fs = std::filesystem;

namespace {

constexpr const char* child_life = "VARVE_TEST_LIFE";  // its plan, as text

std::unique_ptr<::rocksdb::Env> simulated;

struct Acknowledged {
    std::uint64_t id{};
    std::uint64_t position{};
};

void jump(StepClock& clock, std::mt19937_64& random) {
    constexpr std::int64_t hour_us = 3'600'000'000;
    switch (random() % 8) {
        case 0:
            return clock.set(clock.now_us() - hour_us);
        case 1:
            return clock.set(0);
        case 2:
            return clock.set(clock.now_us() + 24 * hour_us);
        default:
            return;
    }
}

void live(const Life& life) {
    simulated = ::rocksdb::NewCompositeEnv(std::make_shared<WatchedFileSystem>(life));
    std::signal(SIGABRT, SIG_DFL);  // not the test runner's
    std::mt19937_64 random{life.seed};
    StepClock clock;
    auto store = Store::open(life.ledger, clock);
    if (!store) {
        std::fprintf(stderr, "%s: %s\n", store.error().reason.c_str(),
                     store.error().detail.c_str());
        _exit(2);
    }
    std::uint64_t id = life.first_id;
    for (std::uint64_t count = random() % 40; count > 0; --count) {
        jump(clock, random);
        const std::size_t events = 1 + random() % 3;
        const auto appended =
            (*store)->append(some_append("target/" + std::to_string(random() % 4), id, events));
        if (!appended) _exit(appended.error().reason == "append-in-doubt" ? 10 : 3);
        for (std::size_t index = 0; index < events; ++index) {
            const Acknowledged said{id + index, appended->first_position + index};
            if (write(STDOUT_FILENO, &said, sizeof said) != sizeof said) _exit(4);
        }
        id += events;
        if (random() % 12 == 0) (*store)->make_tables();
    }
    store->reset();
    _exit(0);
}

class Simulation {
public:
    explicit Simulation(std::uint64_t seed) : seed_(seed), random_(seed) {
        StepClock clock;
        must(Store::create(scratch_.ledger(), clock, {ledger_uuid, {}, {}}));
    }
    void run();
    [[nodiscard]] std::size_t cut_count() const { return cut_count_; }

private:
    void live_once(bool ends_well);
    void lose_what_was_not_synced();
    void lose_anchor(const std::string& before);
    void check_zeroed_manifests();
    void check();
    void check_flip();

    Scratch scratch_;
    std::uint64_t seed_;
    std::mt19937_64 random_;
    std::uint64_t next_id_{1'000};
    std::size_t cut_count_{};
    std::vector<std::pair<fs::path, std::uint64_t>> zeroed_manifests_;  // and what was before them
    std::map<std::uint64_t, std::uint64_t> acknowledged_;               // position -> id
};

void Simulation::live_once(bool ends_well) {
    Life life{scratch_.ledger().string(),
              (scratch_.folder() / "report").string(),
              random_(),
              next_id_,
              0,
              0};
    next_id_ += 1'000;
    if (!ends_well) (random_() % 5 == 0 ? life.full_at : life.cut_at) = 1 + random_() % 200;
    const std::string anchor = slurp(scratch_.ledger() / "anchor");
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t pid = fork();
    if (pid == 0) {
        adapters::rocksdb::leave_stacks_of_the_parent();
        dup2(ends[1], STDOUT_FILENO);
        ::close(ends[0]);
        ::close(ends[1]);
        setenv(child_life, to_text(life).c_str(), 1);
        execl("/proc/self/exe", "child", "the child of a power cut test", nullptr);
        _exit(127);
    }
    ::close(ends[1]);
    Acknowledged said;
    while (read(ends[0], &said, sizeof said) == sizeof said) acknowledged_[said.position] = said.id;
    ::close(ends[0]);
    int status = 0;
    waitpid(pid, &status, 0);
    const bool aborted = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT && life.full_at != 0;
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    const bool was_full = life.full_at != 0 && (code == 10 || code == 3 || code == 2);
    REQUIRE((code == 0 || code == exit_of_power_cut || was_full || aborted));
    if (code != exit_of_power_cut) return;
    ++cut_count_;
    lose_what_was_not_synced();
    lose_anchor(anchor);
}

// Of a file's unsynced end any part may be there, or zeros; of a file without a name in a synced
// folder, nothing at all.
void Simulation::lose_what_was_not_synced() {
    std::ifstream report{scratch_.folder() / "report"};
    std::uint64_t synced = 0;
    bool is_named = false;
    std::string path;
    while (report >> synced >> is_named >> path) {
        if (!fs::exists(path)) continue;
        if (!is_named && random_() % 2 == 0) {
            fs::remove(path);
            continue;
        }
        const std::uint64_t length = fs::file_size(path);
        if (length <= synced) continue;
        const std::uint64_t kept = synced + random_() % (length - synced + 1);
        fs::resize_file(path, kept);
        if (random_() % 4 != 0) continue;
        fs::resize_file(path, kept + random_() % 64);
        if (path.find("MANIFEST") != path.npos) zeroed_manifests_.emplace_back(path, kept);
    }
}

// Its last writes may not have been synced: an older state, or one slot that is torn.
void Simulation::lose_anchor(const std::string& before) {
    std::string anchor = slurp(scratch_.ledger() / "anchor");
    const std::size_t slot = random_() % 2 * 4096;
    const bool was_written = anchor.substr(slot, 4096) != before.substr(slot, 4096);
    switch (random_() % 3) {
        case 0:
            return;
        case 1:
            anchor = before;
            break;
        default:
            if (was_written) anchor.replace(slot + 30, 20, 20, '\0');
    }
    spill(scratch_.ledger() / "anchor", anchor);
}

// RocksDB refuses a MANIFEST with half a record and then zeros, as it does one with a flipped bit:
// nothing else than the refusal may come of it, and without the zeros the ledger is whole.
void Simulation::check_zeroed_manifests() {
    for (const auto& [path, kept] : std::exchange(zeroed_manifests_, {})) {
        StepClock clock;
        const auto store = Store::open(scratch_.ledger(), clock);
        if (store) continue;
        CHECK(store.error().reason == "ledger-damaged");
        fs::resize_file(path, kept);
    }
}

void Simulation::check() {
    const auto verified = must(adapters::rocksdb::verify_in_child(scratch_.ledger()));
    for (const auto& fault : verified.faults) FAIL_CHECK(fault.what << ": " << fault.detail);
    const auto reader = must(Reader::open(scratch_.ledger()));
    const auto records = must(read_records(*reader, 0, 1'000'000));
    REQUIRE(records.size() == verified.size);
    for (const auto& [position, id] : acknowledged_) {
        REQUIRE(position < records.size());
        REQUIRE(records[position].id == numbered_uuid(id));
    }
}

// The disk has lost nothing by now: one bit, and the ledger is refused, found, or no smaller.
void Simulation::check_flip() {
    const ledger::Head head = must(must(Reader::open(scratch_.ledger()))->head());
    const fs::path copy = scratch_.folder() / "copy";
    fs::copy(scratch_.ledger(), copy, fs::copy_options::recursive);
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator{copy / "events"}) {
        const std::string name = entry.path().filename().string();
        const bool is_data = name.ends_with(".log") || name.ends_with(".sst") ||
                             name.starts_with("MANIFEST") || name == "CURRENT";
        if (is_data && fs::file_size(entry.path()) > 0) files.push_back(entry.path());
    }
    const fs::path file = files[random_() % files.size()];
    std::string bytes = slurp(file);
    const std::size_t offset = random_() % bytes.size();
    CAPTURE(file.filename().string(), offset);
    bytes[offset] = static_cast<char>(bytes[offset] ^ (1 << random_() % 8));
    spill(file, bytes);
    const auto verified = must(adapters::rocksdb::verify_in_child(copy));
    StepClock clock;
    const auto store = Store::open(copy, clock);
    if (verified.faults.empty()) CHECK(verified.root == head.root);
    if (store) CHECK(must((*store)->head()).size == head.size);
    if (!store) CHECK(store.error().code == ledger::Code::corrupt);
}

void Simulation::run() {
    CAPTURE(seed_);
    for (int count = 0; count < 4; ++count) {
        live_once(false);
        check_zeroed_manifests();
        check();
    }
    live_once(true);
    check();
    check_flip();
}

}  // namespace

namespace adapters::rocksdb {

::rocksdb::Env* writing_environment() {
    return simulated ? simulated.get() : ::rocksdb::Env::Default();
}

}  // namespace adapters::rocksdb

TEST_CASE("the child of a power cut test", "[.]") {
    if (const char* const life = std::getenv(child_life)) live(life_from(life));
}

TEST_CASE("power cuts, full disks, clock jumps: what was acknowledged is there, whole") {
    const char* const wanted = std::getenv("VARVE_SEED");
    if (wanted != nullptr) return Simulation{std::strtoull(wanted, nullptr, 10)}.run();
    std::size_t cuts = 0;
    const std::size_t seeds = soak(4, 3'000);
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        Simulation simulation{seed};
        simulation.run();
        cuts += simulation.cut_count();
    }
    CHECK(cuts >= seeds);  // or it has shown little
}
