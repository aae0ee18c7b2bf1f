#include "adapters/rocksdb/event_rows.hpp"

#include "adapters/rocksdb/rows.hpp"
#include "ledger/decode_into.hpp"
#include "ledger/digests.hpp"

#include <rocksdb/iterator.h>

#include <array>
#include <span>
#include <string>
#include <utility>

namespace adapters::rocksdb {

namespace {

constexpr std::size_t chunk_rows = 32;
constexpr std::size_t chunks_max = 8;
constexpr std::size_t chunks_well_ahead = 4;
constexpr std::size_t chunks_few = 2;

}  // namespace

// Rows keep their memory, and that of what they were decoded to, from one filling to the next.
struct EventRows::Chunk {
    void clear() {
        bytes.clear();
        ends.clear();
        count = 0;
        is_decoded = false;
    }
    void add(std::string_view key, std::string_view line) {
        bytes += line;
        ends.push_back(bytes.size());
        if (count == rows.size()) rows.emplace_back();
        rows[count++].position = number_of(key);
    }
    // When all are there, since `bytes` moves as it grows.
    void close() {
        std::array<std::string_view, chunk_rows> lines;
        std::array<ledger::Digest, chunk_rows> leaves;
        std::size_t begin = 0;
        for (std::size_t index = 0; index < count; ++index) {
            lines[index] = std::string_view{bytes}.substr(begin, ends[index] - begin);
            begin = ends[index];
        }
        ledger::leaf_hashes(std::span{lines}.first(count), leaves);
        for (std::size_t index = 0; index < count; ++index) {
            rows[index].line = lines[index];
            rows[index].leaf = leaves[index];
        }
    }
    void decode() {
        for (EventRow& row : std::span{rows}.first(count)) {
            if (!row.record) row.record.emplace();
            if (auto read = ledger::decode_into(row.line, *row.record); !read)
                row.record = ledger::fail(std::move(read.error()));
        }
        is_decoded = true;
    }

    std::string bytes;
    std::vector<std::size_t> ends;  // of each line in `bytes`
    std::vector<EventRow> rows;     // of which `count` are filled
    std::size_t count{};
    bool is_decoded{};
};

EventRows::EventRows(const Database& database) : thread_([&] { read_all(database); }) {}

EventRows::~EventRows() {
    {
        const std::scoped_lock lock{mutex_};
        is_stopped_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void EventRows::read_all(const Database& database) {
    try {
        read_ahead(database);
    } catch (...) {
        const std::scoped_lock lock{mutex_};
        exception_ = std::current_exception();
    }
    {
        const std::scoped_lock lock{mutex_};
        has_ended_ = true;
    }
    changed_.notify_all();
}

void EventRows::read_ahead(const Database& database) {
    const auto rows = database.scan(Family::events);
    bool goes_on = true;
    while (goes_on && rows->Valid()) {
        auto chunk = empty_chunk();
        for (; rows->Valid() && chunk->count < chunk_rows; rows->Next())
            chunk->add(rows->key().ToStringView(), rows->value().ToStringView());
        chunk->close();
        goes_on = hand_over(std::move(chunk));
    }
    const std::scoped_lock lock{mutex_};
    status_ = rows->status();
}

std::unique_ptr<EventRows::Chunk> EventRows::empty_chunk() {
    const std::scoped_lock lock{mutex_};
    if (used_.empty()) return std::make_unique<Chunk>();
    auto chunk = std::move(used_.front());
    used_.pop_front();
    chunk->clear();
    return chunk;
}

// False where nobody wants any more.
bool EventRows::hand_over(std::unique_ptr<Chunk> chunk) {
    std::unique_lock lock{mutex_};
    if (ready_.size() >= chunks_well_ahead) {
        lock.unlock();
        chunk->decode();
        lock.lock();
    }
    // Once it has filled all up, it rests until there is work for a while: on one processor, each
    // chunk would cost two changes of threads otherwise.
    if (ready_.size() >= chunks_max)
        changed_.wait(lock, [this] { return is_stopped_ || ready_.size() <= chunks_few; });
    if (is_stopped_) return false;
    ready_.push_back(std::move(chunk));
    const bool is_awaited = ready_.size() == 1;
    lock.unlock();
    if (is_awaited) changed_.notify_all();
    return true;
}

std::unique_ptr<EventRows::Chunk> EventRows::next_chunk() {
    std::unique_lock lock{mutex_};
    if (current_) used_.push_back(std::move(current_));
    changed_.wait(lock, [this] { return has_ended_ || !ready_.empty(); });
    if (ready_.empty()) {
        if (exception_) std::rethrow_exception(exception_);
        return nullptr;
    }
    auto chunk = std::move(ready_.front());
    ready_.pop_front();
    const bool is_awaited = ready_.size() == chunks_few;
    lock.unlock();
    if (is_awaited) changed_.notify_all();
    return chunk;
}

const EventRow* EventRows::next() {
    if (!current_ || next_row_ == current_->count) {
        current_ = next_chunk();
        next_row_ = 0;
        if (!current_) return nullptr;
        if (!current_->is_decoded) current_->decode();
    }
    return &current_->rows[next_row_++];
}

}  // namespace adapters::rocksdb
