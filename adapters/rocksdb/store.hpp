// adapters/rocksdb/store.hpp: the ledger in a folder, opened by its one writer.
//
// Folder   events/ the truth (RocksDB), views/ read models (RocksDB, a cache), anchor (size and
//          root outside the database), writer.lock (held by the writer, names it).
// Durable  an append has answered: its batch is synced, its anchor is written. The anchor's own
//          sync may be 100 ms late unless `strict`.
// Opening  lock, read-only preflight in a child process, comparison with the anchor, and only then
//          read-write: one flipped bit can make a read-write open delete every table. That last is
//          done by the first call that needs it: a command that finds nothing to do writes nothing.
// Threads  every member may be called from any thread; one thread at a time writes: one of its own,
//          or the one whose append() is alone.
// Errors   refused "ledger-exists", "ledger-missing", "not-a-ledger", "ledger-is-copy",
//          "loss-unaccepted"; conflict "ledger-locked";
//          unavailable "ledger-closed", "ledger-full", "ledger-unreachable"; in_doubt
//          "append-in-doubt" (the store is closed then: open it again, repeat by id); corrupt
//          "ledger-damaged", "ledger-behind-anchor", "anchor-missing", "anchor-damaged".
#pragma once

#include "ledger/clock.hpp"
#include "ledger/store.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace adapters::rocksdb {

struct OpenOptions {
    std::chrono::milliseconds lock_wait{5'000};
    std::chrono::milliseconds preflight_timeout{60'000};
    std::string command{"varve"};        // what the lock file says of its holder
    std::function<bool()> is_stopped{};  // asked while waiting for the lock: ends the wait
    bool strict{};                       // sync the anchor with every commit
    std::uint64_t reserve_bytes{std::uint64_t{32} << 20U};  // disk that must stay free
    bool accepts_restored{};  // for who writes down that it is a restored one
};

struct CreateOptions {
    ledger::Uuid ledger;
    std::optional<ledger::Append> first;  // in the ledger from its first moment, or no ledger
    OpenOptions open;
};

class Store final : public ledger::Store {
public:
    // Makes the ledger beside `path` and renames it there: all of it or nothing.
    static ledger::Result<std::unique_ptr<Store>> create(const std::filesystem::path& path,
                                                         ledger::Clock& clock,
                                                         CreateOptions options);
    static ledger::Result<std::unique_ptr<Store>> open(const std::filesystem::path& path,
                                                       ledger::Clock& clock,
                                                       OpenOptions options = {});
    // The same in two parts, so that the caller may do other things while the child looks.
    // begin_open forks: call it before there are other threads.
    class Opening {
    public:
        // Call once.
        ledger::Result<std::unique_ptr<Store>> finish();

        // How many events it should have at least, before anybody has looked at them.
        [[nodiscard]] std::uint64_t anchored_size() const;

    private:
        friend class Store;
        explicit Opening(std::unique_ptr<Store> store);
        std::unique_ptr<Store> store_;
    };
    static ledger::Result<Opening> begin_open(const std::filesystem::path& path,
                                              ledger::Clock& clock, OpenOptions options = {});
    ~Store() override;
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    // What the first append would do first; for who knows that there will be one.
    ledger::Result<void> open_for_writing();

    // Before the last close of many to come: the next opening for writing has no log to read.
    void make_tables();

    // After an append of ContentRedacted: its bytes are gone from tables and log too. Repeatable;
    // what a process was killed over, the next opening for writing does. Readers keep open files.
    ledger::Result<void> erase_redacted(const ledger::Digest& digest);
    // Everything that is in it, as tables in a new folder on the same file system: links, so that
    // it takes a moment. The head that they end at.
    ledger::Result<ledger::Head> link_tables(const std::filesystem::path& folder);

    std::future<ledger::Result<ledger::Appended>> submit(ledger::Append append) override;
    ledger::Result<ledger::Appended> append(ledger::Append append) override;

    ledger::Result<ledger::Head> head() const override;
    ledger::Result<std::vector<std::string>> lines(std::uint64_t position,
                                                   std::size_t count_max) const override;
    ledger::Result<void> each_line(std::uint64_t position, std::uint64_t count_max,
                                   const TakeLine& take) const override;
    ledger::Result<std::uint64_t> stream_version(std::string_view stream) const override;
    ledger::Result<std::vector<std::uint64_t>> stream_positions(
        std::string_view stream, std::uint64_t after, std::size_t count_max) const override;
    ledger::Result<std::optional<std::string>> content(const ledger::Digest& digest) const override;
    ledger::Result<ledger::Digest> root_at(std::uint64_t size) const override;
    ledger::Result<ledger::Digest> subtree(unsigned level, std::uint64_t index) const override;
    ledger::Result<std::optional<std::string>> checkpoint(std::uint64_t size_max) const override;

private:
    class Implementation;
    explicit Store(std::unique_ptr<Implementation> implementation);
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace adapters::rocksdb
