// tests/adapters/rocksdb/scratch.hpp: a ledger in a folder that is gone afterwards, and appends.
#pragma once

#include "adapters/rocksdb/reader.hpp"
#include "adapters/rocksdb/store.hpp"
#include "ledger/codec.hpp"
#include "tests/support/must.hpp"
#include "tests/support/soak.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

namespace tests {

class Scratch {
public:
    Scratch() {
        std::string pattern = (roomy_folder() / "varve-XXXXXX").string();
        if (mkdtemp(pattern.data()) == nullptr) std::abort();
        folder_ = pattern;
    }
    ~Scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
    [[nodiscard]] std::filesystem::path ledger() const { return folder_ / "ledger"; }

private:
    // In memory where there is room, for the sake of speed: no test here needs a real disk.
    static std::filesystem::path roomy_folder() {
        constexpr std::uintmax_t roomy = std::uintmax_t{512} << 20U;
        std::error_code error;
        const auto memory = std::filesystem::space("/dev/shm", error);
        return !error && memory.available > roomy ? "/dev/shm"
                                                  : std::filesystem::temp_directory_path();
    }
    std::filesystem::path folder_;
};

// Starts at a fixed time and goes on by a millisecond a reading, unless it is set.
class StepClock final : public ledger::Clock {
public:
    std::int64_t now_us() override { return now_us_ += 1000; }
    void set(std::int64_t now_us) { now_us_ = now_us; }

private:
    std::atomic<std::int64_t> now_us_{1'795'392'000'000'000};
};

inline ledger::Uuid numbered_uuid(std::uint64_t number) {
    ledger::Uuid uuid;
    uuid.bytes[6] = 0x70;
    uuid.bytes[8] = 0x80;
    for (std::size_t index = 16; index-- > 9; number >>= 8U)
        uuid.bytes[index] = static_cast<std::uint8_t>(number & 0xFFU);
    return uuid;
}

inline const ledger::Uuid ledger_uuid = numbered_uuid(0xABCDEF);

inline ledger::Context some_context() {
    ledger::Context context;
    context.actor = {"u-1", ledger::ActorKind::person, "os-user", "here"};
    context.correlation = numbered_uuid(0x5000);
    context.tool = "varve/0.1.0";
    return context;
}

// The stream's own event: of a target where it is one, else of a migration.
inline ledger::Event some_event(const std::string& stream, std::uint64_t number,
                                const ledger::ContentReference& script) {
    const std::string name = "table_" + std::to_string(number);
    const ledger::Version version{std::to_string(number)};
    if (stream.starts_with("target/")) {
        ledger::AttemptStarted event;
        event.attempt = numbered_uuid(number);
        event.target = {stream.substr(std::string_view{"target/"}.size())};
        event.version = version;
        event.name = name;
        event.digest = script.digest;
        event.executed = script;
        event.try_number = 1;
        event.statement_count = 1;
        return event;
    }
    ledger::MigrationRegistered event;
    event.version = version;
    event.name = name;
    event.layout = "varve";
    event.path = name + ".up.sql";
    event.up = script;
    return event;
}

// `count` events of one stream, with ids that begin at `id`, each with content of its own.
inline ledger::Append some_append(const std::string& stream, std::uint64_t id,
                                  std::size_t count = 1) {
    ledger::Append append;
    append.context = some_context();
    for (std::uint64_t number = id; number < id + count; ++number) {
        const std::string text =
            "CREATE TABLE t" + std::to_string(number) + " (id int); -- " + std::string(60, 'x');
        append.contents.push_back({text, "sql"});
        append.drafts.push_back({stream,
                                 numbered_uuid(number),
                                 some_event(stream, number, reference(append.contents.back())),
                                 {}});
    }
    return append;
}

inline std::unique_ptr<adapters::rocksdb::Store> new_ledger(const Scratch& scratch,
                                                            ledger::Clock& clock) {
    return must(adapters::rocksdb::Store::create(scratch.ledger(), clock, {ledger_uuid, {}, {}}));
}

// A closed ledger of `count` events in three streams, one commit each.
inline void fill(const Scratch& scratch, ledger::Clock& clock, std::size_t count) {
    const auto store = new_ledger(scratch, clock);
    for (std::size_t index = 0; index < count; ++index)
        must(store->append(some_append("target/" + std::to_string(index % 3), 1000 + index)));
}

// One commit each, of one stream, with ids that begin at `id`; the ledger is there, and closed.
inline void append_more(const Scratch& scratch, std::uint64_t id, std::size_t count) {
    StepClock clock;
    const auto store = must(adapters::rocksdb::Store::open(scratch.ledger(), clock));
    for (std::uint64_t number = id; number < id + count; ++number)
        must(store->append(some_append("target/a", number)));
}

inline ledger::Head head_at(const std::filesystem::path& ledger) {
    return must(must(adapters::rocksdb::Reader::open(ledger))->head());
}

inline std::string slurp(const std::filesystem::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

inline void spill(const std::filesystem::path& path, const std::string& bytes) {
    std::ofstream out{path, std::ios::binary | std::ios::trunc};
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

inline std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder,
                                                   const std::string& ending) {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator{folder})
        if (entry.path().filename().string().ends_with(ending)) found.push_back(entry.path());
    return found;
}

}  // namespace tests
