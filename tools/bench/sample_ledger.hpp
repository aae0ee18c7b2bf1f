// tools/bench/sample_ledger.hpp: a ledger in a folder that is gone afterwards, filled with the
// events of ordinary runs.
#pragma once

#include "adapters/rocksdb/store.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace tools::bench {

class Folder {
public:
    // Beside the system's temporary files, or in `parent`: on a disk that syncs.
    explicit Folder(const std::filesystem::path& parent);
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

class WallClock final : public ledger::Clock {
public:
    std::int64_t now_us() override;
};

// An attempt that succeeded, as of a run of many migrations: a line of about 900 bytes.
[[nodiscard]] ledger::Append one_event(std::uint64_t number);
// As many of them in one append, of all the kinds that a run makes.
[[nodiscard]] ledger::Append run_of(std::uint64_t first, std::uint64_t migrations);

[[nodiscard]] std::unique_ptr<adapters::rocksdb::Store> new_ledger(
    const std::filesystem::path& path, ledger::Clock& clock);
// At least so many events, synced now and then.
void fill(adapters::rocksdb::Store& store, std::uint64_t event_count);

// The same of runs that apply one migration each, 2,000 of them to a target, then to the next.
void fill_with_runs(adapters::rocksdb::Store& store, std::uint64_t event_count);
[[nodiscard]] ledger::Target target_of_run(std::uint64_t number);

}  // namespace tools::bench
