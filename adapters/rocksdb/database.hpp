// adapters/rocksdb/database.hpp: RocksDB opened the one way this ledger allows. Internal.
//
// Modes    create: families are made, here alone (elsewhere that hides a damaged MANIFEST).
//          write: nothing is made. read_only: nobody may be writing. secondary: beside a writer.
// Trust    no mode but create and write touches the folder; none of them starts background threads
//          of the others, so that a forked child can open too.
// Errors   corrupt "ledger-damaged"; unavailable "ledger-unreachable", "ledger-full".
#pragma once

#include "adapters/rocksdb/rows.hpp"
#include "ledger/result.hpp"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace adapters::rocksdb {

enum class Family { events, content, streams, ids, tiles, commits, checkpoints, times, meta };
inline constexpr std::array<std::string_view, 9> family_names{
    "events", "content", "streams", "ids", "tiles", "commits", "checkpoints", "times", "meta"};

enum class Mode { create, write, read_only, secondary };

[[nodiscard]] ledger::Error error_of(const ::rocksdb::Status& status, std::string_view doing);

// An empty view may have no address, which RocksDB would hand to memcmp all the same.
inline ::rocksdb::Slice slice(std::string_view bytes) {
    if (bytes.empty()) return {};
    return {bytes.data(), bytes.size()};
}

struct KeyValue {
    std::string key;
    std::string value;
};

class Database {
public:
    static ledger::Result<std::unique_ptr<Database>> open(const std::filesystem::path& path,
                                                          Mode mode);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    [[nodiscard]] ledger::Result<std::optional<std::string>> get(Family family,
                                                                 std::string_view key) const;
    [[nodiscard]] ledger::Result<std::optional<KeyValue>> last(Family family) const;
    // The last row whose key is at most `key`.
    [[nodiscard]] ledger::Result<std::optional<KeyValue>> last_until(Family family,
                                                                     std::string_view key) const;
    // Rows from `key` on, in order; meant for long scans: checksums verified, cache left alone.
    [[nodiscard]] std::unique_ptr<::rocksdb::Iterator> scan(Family family,
                                                            std::string_view key = {}) const;
    // A few rows from `key` on, through the cache.
    [[nodiscard]] ledger::Result<std::vector<KeyValue>> rows(Family family, std::string_view key,
                                                             std::string_view prefix,
                                                             std::size_t count_max) const;
    [[nodiscard]] ::rocksdb::ColumnFamilyHandle* handle(Family family) const;
    [[nodiscard]] ::rocksdb::DB& raw() const { return *database_; }

    // All or nothing, synced.
    [[nodiscard]] ::rocksdb::Status commit(::rocksdb::WriteBatch& batch);

    // Before closing: what is only in the log goes into tables where it is much, since every later
    // opening would have to read it; and tables that are being merged are. An error costs no more
    // than that time.
    void settle();
    // However little it is: so the next opening for writing has no log to make tables of.
    void make_tables();
    // No file holds an older value of this key any more: neither a table nor a log.
    [[nodiscard]] ::rocksdb::Status erase_below(Family family, std::string_view key);
    // Tables of everything, in a new folder: links where the file system has them.
    [[nodiscard]] ledger::Result<void> link_tables(const std::filesystem::path& folder);

private:
    Database() = default;
    void merge_tables();
    [[nodiscard]] bool is_merging() const;
    std::unique_ptr<::rocksdb::DB> database_;
    std::vector<::rocksdb::ColumnFamilyHandle*> handles_;  // "default" last
};

// What is stored contradicts itself, or is not all there.
[[nodiscard]] tl::unexpected<ledger::Error> ledger_damaged(std::string detail);

}  // namespace adapters::rocksdb
