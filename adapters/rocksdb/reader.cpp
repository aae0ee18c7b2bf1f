#include "adapters/rocksdb/reader.hpp"

#include "adapters/rocksdb/anchor.hpp"
#include "adapters/rocksdb/database.hpp"
#include "adapters/rocksdb/folder.hpp"
#include "adapters/rocksdb/history.hpp"
#include "adapters/rocksdb/preflight.hpp"
#include "adapters/rocksdb/tail.hpp"
#include "adapters/rocksdb/writer_lock.hpp"

#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace adapters::rocksdb {

using ledger::fail;
using ledger::Result;

namespace {

// A writer may replace files while they are being opened; the next attempt sees the new ones.
constexpr int attempts_max = 3;
constexpr std::chrono::milliseconds attempt_pause{20};

struct Anchored {
    Anchor anchor;  // read before the events, so that it cannot be ahead
    Sight sight;
};

Result<Anchored> look(const std::filesystem::path& path, std::chrono::milliseconds timeout) {
    const auto anchor = read_anchor(path);
    if (!anchor) return fail(anchor.error());
    auto preflight = Preflight::begin(path, Mode::secondary, *anchor);
    if (!preflight) return fail(preflight.error());
    const auto sight = preflight->finish(timeout);
    if (!sight) return fail(sight.error());
    return Anchored{*anchor, *sight};
}

Result<std::unique_ptr<Database>> try_open(const std::filesystem::path& path,
                                           const Anchored& seen) {
    auto database = Database::open(events_of(path), Mode::secondary);
    if (!database) return database;
    const auto tail = load_tail(**database);
    if (!tail) return fail(tail.error());
    if (auto fit = expect_anchored(**database, *tail, seen.anchor); !fit) return fail(fit.error());
    if (head_of(*tail).size >= seen.sight.head.size) return database;
    return fail(ledger::Code::corrupt, "ledger-damaged",
                "it ends before what the process saw that looked first",
                "do not write to it; `varve verify` says what is wrong");
}

template <class Attempt>
auto again_beside_a_writer(const std::filesystem::path& path, const Attempt& attempt) {
    auto outcome = attempt();
    for (int count = 1; !outcome && count < attempts_max && is_locked(lock_of(path)); ++count) {
        std::this_thread::sleep_for(attempt_pause);
        outcome = attempt();
    }
    return outcome;
}

}  // namespace

// The head is known from the child that looked first; the events are opened when they are read.
class Reader::Implementation {
public:
    Implementation(std::filesystem::path path, std::chrono::milliseconds timeout)
        : path_(std::move(path)), timeout_(timeout) {}

    Result<void> begin() {
        const auto anchor = read_anchor(path_);
        if (!anchor) return fail(anchor.error());
        seen_.anchor = *anchor;
        auto preflight = Preflight::begin(path_, Mode::secondary, *anchor);
        if (!preflight) return fail(preflight.error());
        preflight_.emplace(std::move(*preflight));
        return {};
    }

    Result<void> finish() {
        const auto sight = preflight_->finish(timeout_);
        if (sight) {
            seen_.sight = *sight;
            return {};
        }
        if (!is_locked(lock_of(path_))) return fail(sight.error());
        const auto again = again_beside_a_writer(path_, [&] { return look(path_, timeout_); });
        if (!again) return fail(again.error());
        seen_ = *again;
        return {};
    }

    Result<const Database*> database() {
        const std::scoped_lock lock{mutex_};
        if (database_ == nullptr) {
            auto opened = again_beside_a_writer(path_, [&] { return try_open(path_, seen_); });
            if (!opened) return fail(opened.error());
            database_ = std::move(*opened);
        }
        return database_.get();
    }

    [[nodiscard]] const ledger::Head& head() const { return seen_.sight.head; }
    [[nodiscard]] const Sight& sight() const { return seen_.sight; }
    [[nodiscard]] TreeCache& cache() { return cache_; }

private:
    std::filesystem::path path_;
    std::chrono::milliseconds timeout_;
    std::optional<Preflight> preflight_;
    Anchored seen_;
    std::mutex mutex_;
    std::unique_ptr<Database> database_;
    TreeCache cache_;
};

Reader::Reader(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}

Reader::~Reader() = default;

Reader::Opening::Opening(std::unique_ptr<Reader> reader) : reader_(std::move(reader)) {}

Result<std::unique_ptr<Reader>> Reader::Opening::finish() {
    if (auto done = reader_->implementation_->finish(); !done) return fail(done.error());
    return std::move(reader_);
}

Result<Reader::Opening> Reader::begin_open(const std::filesystem::path& given,
                                           std::chrono::milliseconds preflight_timeout) {
    const std::filesystem::path path = tidy_path(given);
    if (auto there = expect_ledger(path); !there) return fail(there.error());
    auto opened = std::make_unique<Implementation>(path, preflight_timeout);
    if (auto begun = opened->begin(); !begun) return fail(begun.error());
    return Opening{std::unique_ptr<Reader>{new Reader{std::move(opened)}}};
}

Result<std::unique_ptr<Reader>> Reader::open(const std::filesystem::path& path,
                                             std::chrono::milliseconds preflight_timeout) {
    auto opening = begin_open(path, preflight_timeout);
    if (!opening) return fail(opening.error());
    return opening->finish();
}

Result<ledger::Head> Reader::head() const { return implementation_->head(); }

Result<std::vector<std::string>> Reader::lines(std::uint64_t position,
                                               std::size_t count_max) const {
    const auto database = implementation_->database();
    if (!database) return fail(database.error());
    return rocksdb::lines(**database, implementation_->head().size, position, count_max);
}

Result<void> Reader::each_line(std::uint64_t position, std::uint64_t count_max,
                               const TakeLine& take) const {
    const auto database = implementation_->database();
    if (!database) return fail(database.error());
    return rocksdb::each_line(**database, implementation_->head().size, position, count_max, take);
}

Result<std::uint64_t> Reader::stream_version(std::string_view stream) const {
    const auto database = implementation_->database();
    if (!database) return fail(database.error());
    return rocksdb::stream_version(**database, implementation_->head().size, stream);
}

Result<std::vector<std::uint64_t>> Reader::stream_positions(std::string_view stream,
                                                            std::uint64_t after,
                                                            std::size_t count_max) const {
    const auto database = implementation_->database();
    if (!database) return fail(database.error());
    return rocksdb::stream_positions(**database, implementation_->head().size, stream, after,
                                     count_max);
}

Result<std::optional<std::string>> Reader::content(const ledger::Digest& digest) const {
    const auto database = implementation_->database();
    if (!database) return fail(database.error());
    return rocksdb::content(**database, digest);
}

Result<ledger::Digest> Reader::root_at(std::uint64_t size) const {
    if (const auto root = implementation_->sight().root_at(size)) return *root;
    const auto database = implementation_->database();
    if (!database) return fail(database.error());
    return rocksdb::root_at(**database, implementation_->cache(), implementation_->head().size,
                            size);
}

Result<ledger::Digest> Reader::subtree(unsigned level, std::uint64_t index) const {
    const auto database = implementation_->database();
    if (!database) return fail(database.error());
    return subtree_at(**database, implementation_->cache(), implementation_->head().size, level,
                      index);
}

Result<std::optional<std::string>> Reader::checkpoint(std::uint64_t size_max) const {
    const auto database = implementation_->database();
    if (!database) return fail(database.error());
    return rocksdb::checkpoint(**database, size_max);
}

}  // namespace adapters::rocksdb
