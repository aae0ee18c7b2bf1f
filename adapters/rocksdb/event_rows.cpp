#include "adapters/rocksdb/event_rows.hpp"

#include "adapters/rocksdb/rows.hpp"
#include "ledger/codec.hpp"
#include "ledger/tree.hpp"

#include <rocksdb/iterator.h>

#include <string>
#include <utility>

namespace adapters::rocksdb {

namespace {

constexpr std::size_t chunk_rows = 32;
constexpr std::size_t chunks_max = 8;
constexpr std::size_t chunks_well_ahead = 4;

}  // namespace

struct EventRows::Chunk {
    void clear() {
        bytes.clear();
        ends.clear();
        rows.clear();
        is_decoded = false;
    }
    void add(std::string_view key, std::string_view line) {
        bytes += line;
        ends.push_back(bytes.size());
        rows.push_back({number_of(key), {}, ledger::leaf_hash(line), {}});
    }
    // When all are there, since `bytes` moves as it grows.
    void close() {
        std::size_t begin = 0;
        for (std::size_t index = 0; index < rows.size(); ++index) {
            rows[index].line = std::string_view{bytes}.substr(begin, ends[index] - begin);
            begin = ends[index];
        }
    }
    void decode() {
        for (EventRow& row : rows) row.record = ledger::decode(row.line);
        is_decoded = true;
    }

    std::string bytes;
    std::vector<std::size_t> ends;  // of each line in `bytes`
    std::vector<EventRow> rows;
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
        for (; rows->Valid() && chunk->rows.size() < chunk_rows; rows->Next())
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
    changed_.wait(lock, [this] { return is_stopped_ || ready_.size() < chunks_max; });
    if (is_stopped_) return false;
    ready_.push_back(std::move(chunk));
    lock.unlock();
    changed_.notify_all();
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
    lock.unlock();
    changed_.notify_all();
    return chunk;
}

const EventRow* EventRows::next() {
    if (!current_ || next_row_ == current_->rows.size()) {
        current_ = next_chunk();
        next_row_ = 0;
        if (!current_) return nullptr;
        if (!current_->is_decoded) current_->decode();
    }
    return &current_->rows[next_row_++];
}

}  // namespace adapters::rocksdb
