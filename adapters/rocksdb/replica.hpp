// adapters/rocksdb/replica.hpp: a ledger folder that is written with another one's lines, as they
// are. Internal.
//
// Trust    every line is decoded, encoded again, and must be the next one here; rows are made anew
//          from the lines, and content is hashed.
// Opening  as that of a store: lock, preflight in a child, read-write with the first line; at once
//          where redacted content was not yet erased.
// Durable  take() has answered: its lines are synced, and so is the anchor.
#pragma once

#include "adapters/rocksdb/anchor.hpp"
#include "adapters/rocksdb/commit.hpp"
#include "adapters/rocksdb/database.hpp"
#include "adapters/rocksdb/tail.hpp"
#include "adapters/rocksdb/tree_cache.hpp"
#include "adapters/rocksdb/unerased.hpp"
#include "adapters/rocksdb/writer_lock.hpp"
#include "ledger/store.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace adapters::rocksdb {

class Replica {
public:
    // A folder with a ledger in it, if only an empty one.
    static ledger::Result<std::unique_ptr<Replica>> open(const std::filesystem::path& path,
                                                         const std::string& command);
    ~Replica();
    Replica(const Replica&) = delete;
    Replica& operator=(const Replica&) = delete;

    [[nodiscard]] const ledger::Head& head() const { return head_; }

    // The next lines, in whole appends; the content they name is read from `source`.
    ledger::Result<void> take(std::span<const std::string> lines, const ledger::Reader& source);
    // All of the source's lines from here up to `size`, which is the end of an append.
    ledger::Result<void> take_up_to(std::uint64_t size, const ledger::Reader& source);

    // The root over the first `size` events of those that are here.
    [[nodiscard]] ledger::Result<ledger::Digest> root_at(std::uint64_t size);

    // The root with `lines` after them, which are not taken yet.
    [[nodiscard]] ledger::Result<ledger::Digest> root_with(std::span<const std::string> lines);
    [[nodiscard]] ledger::Result<std::vector<std::uint64_t>> positions(std::string_view stream);
    [[nodiscard]] ledger::Result<std::string> line(std::uint64_t position);

    // Before the last close: tables in place of a log.
    void make_tables();

private:
    explicit Replica(std::filesystem::path path) : path_(std::move(path)), unerased_(path_) {}
    ledger::Result<void> open_for_writing();
    ledger::Result<void> add_contents(Commit& commit, std::span<const std::string> lines,
                                      const ledger::Reader& source) const;
    ledger::Result<void> commit_lines(Commit& commit);

    std::filesystem::path path_;
    std::unique_ptr<WriterLock> lock_;
    Unerased unerased_;
    Anchor anchor_;
    ledger::Head head_;
    std::unique_ptr<AnchorFile> anchor_file_;
    std::unique_ptr<Database> database_;
    Tail tail_;
    CommitMemory memory_;
    TreeCache cache_;
};

// How many of `lines` from the first on are whole appends; 0 where not even the first is.
[[nodiscard]] ledger::Result<std::size_t> whole_appends(std::span<const std::string> lines);

}  // namespace adapters::rocksdb
