// adapters/rocksdb/event_rows.hpp: all rows of `events`, read and hashed ahead of who checks them.
// Internal.
//
// Threads  a second one reads and hashes, and decodes too where it is well ahead: so two processors
//          share the work, whatever each part of it costs. next() is the caller's alone.
// Cost     at most 10 chunks of 32 rows in memory.
// Errors   an exception of the other thread is thrown by next().
#pragma once

#include "adapters/rocksdb/database.hpp"
#include "ledger/digest.hpp"
#include "ledger/event.hpp"
#include "ledger/result.hpp"

#include <rocksdb/status.h>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

namespace adapters::rocksdb {

struct EventRow {
    std::optional<std::uint64_t> position;  // nothing: its key is no position
    std::string_view line;                  // until next() is called again
    ledger::Digest leaf;
    ledger::Result<ledger::Record> record;  // as decoded
};

class EventRows {
public:
    explicit EventRows(const Database& database);
    ~EventRows();
    EventRows(const EventRows&) = delete;
    EventRows& operator=(const EventRows&) = delete;

    // In the order of their keys; nullptr at the end.
    [[nodiscard]] const EventRow* next();
    // After the end: whether that is where the rows end.
    [[nodiscard]] const ::rocksdb::Status& status() const { return status_; }

private:
    struct Chunk;
    using Chunks = std::deque<std::unique_ptr<Chunk>>;

    void read_all(const Database& database);
    void read_ahead(const Database& database);
    [[nodiscard]] std::unique_ptr<Chunk> empty_chunk();
    [[nodiscard]] bool hand_over(std::unique_ptr<Chunk> chunk);
    [[nodiscard]] std::unique_ptr<Chunk> next_chunk();

    std::unique_ptr<Chunk> current_;
    std::size_t next_row_{};

    std::mutex mutex_;  // guards all below
    std::condition_variable changed_;
    Chunks ready_;
    Chunks used_;  // to be filled again
    bool has_ended_{};
    bool is_stopped_{};
    ::rocksdb::Status status_;
    std::exception_ptr exception_;

    std::thread thread_;
};

}  // namespace adapters::rocksdb
