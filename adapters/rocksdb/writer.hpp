// adapters/rocksdb/writer.hpp: the one that commits at a time, and the queue it drains. Internal.
//
// Threads  a thread of its own drains the queue. An append() that is alone is committed by the
//          thread that makes it: to hand it over and to be woken again took longer than the sync.
// Cost     each drain takes what queued up during the last sync: one batch, one sync, one wave of
//          answers; at most 4,096 appends or 1 MiB. Where all that queued up may wait, it does so
//          until one may no longer, or until eight are there.
// Anchor   written after each commit, before its answers; synced at most 100 ms later, at the end,
//          and each time where `strict`.
// Fails    a commit that failed may have happened: its appends are in doubt, and the writer is
//          closed for good. Appends that had no part in it are told that nothing happened.
#pragma once

#include "adapters/rocksdb/anchor.hpp"
#include "adapters/rocksdb/commit.hpp"
#include "adapters/rocksdb/database.hpp"
#include "adapters/rocksdb/tail.hpp"
#include "adapters/rocksdb/unerased.hpp"
#include "ledger/clock.hpp"
#include "ledger/store.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace adapters::rocksdb {

struct WriterOptions {
    bool strict{};
    std::uint64_t reserve_bytes{};
};

class Writer {
public:
    // `path` is where room is looked for. All references outlive this.
    Writer(Database& database, AnchorFile& anchor_file, Unerased& unerased, const Anchor& anchor,
           Tail tail, ledger::Clock& clock, std::filesystem::path path, WriterOptions options);
    // Commits what is queued, syncs the anchor.
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    std::future<ledger::Result<ledger::Appended>> submit(ledger::Append append);
    // As submit(), and its answer; no patience is asked of it.
    ledger::Result<ledger::Appended> append(ledger::Append append);
    // The end of what is committed; unavailable "ledger-closed" after a failed commit.
    [[nodiscard]] ledger::Result<ledger::Head> head() const;

private:
    using Answer = ledger::Result<ledger::Appended>;
    struct Request {
        ledger::Append append;
        std::promise<Answer> promise;
    };
    using Requests = std::vector<Request>;

    class Turn;

    void end();
    void run();
    // Whether the caller may commit: nobody else does, or waits to.
    bool takes_turn();
    void end_turn(std::size_t request_count);
    Requests wait_for_requests();
    [[nodiscard]] bool is_due() const;
    void commit(Requests& requests);
    void answer(Requests& requests, std::vector<Answer>& answers);
    void answer_failure(Requests& requests, std::vector<Answer>& answers,
                        const std::vector<bool>& staged, const ledger::Error& error);
    [[nodiscard]] ledger::Result<void> expect_place() const;
    [[nodiscard]] ledger::Result<void> expect_room(const Requests& requests) const;
    [[nodiscard]] ledger::Result<void> write_anchor(const Tail& tail, bool synced);
    void keep_anchor_synced();
    void close(const std::string& why);

    Database& database_;
    AnchorFile& anchor_file_;
    Unerased& unerased_;
    ledger::Clock& clock_;
    std::filesystem::path path_;
    WriterOptions options_;

    // Theirs who commit.
    Tail tail_;
    CommitMemory memory_;
    std::uint64_t anchor_sequence_;

    mutable std::mutex mutex_;  // guards all below
    std::condition_variable wake_;
    std::deque<Request> queue_;
    std::chrono::steady_clock::time_point due_;  // of the queue's least patient one
    ledger::Head head_;
    std::optional<std::string> closed_because_;  // what failed first
    bool is_committing_{};
    bool is_crowded_{};  // the last commit had several appends: more will come at once
    bool stopping_{};
    bool has_ended_{};  // the writing thread
    bool anchor_unsynced_{};
    std::chrono::steady_clock::time_point anchor_due_;
    std::condition_variable anchor_wake_;

    std::thread anchor_thread_;  // its syncs run beside the commits'
    std::thread thread_;
};

}  // namespace adapters::rocksdb
