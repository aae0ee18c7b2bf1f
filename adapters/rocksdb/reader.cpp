#include "adapters/rocksdb/reader.hpp"

#include "adapters/rocksdb/anchor.hpp"
#include "adapters/rocksdb/database.hpp"
#include "adapters/rocksdb/folder.hpp"
#include "adapters/rocksdb/history.hpp"
#include "adapters/rocksdb/preflight.hpp"
#include "adapters/rocksdb/tail.hpp"
#include "adapters/rocksdb/writer_lock.hpp"

#include <thread>
#include <utility>

namespace adapters::rocksdb {

using ledger::fail;
using ledger::Result;

namespace {

// A writer may replace files while they are being opened; the next attempt sees the new ones.
constexpr int attempts_max = 3;
constexpr std::chrono::milliseconds attempt_pause{20};

struct Opened {
    std::unique_ptr<Database> database;
    ledger::Head head;
};

Result<Opened> try_open(const std::filesystem::path& path, std::chrono::milliseconds timeout) {
    const auto anchor = read_anchor(path);  // before the events, so that it cannot be ahead
    if (!anchor) return fail(anchor.error());
    if (auto fit = preflight(path, Mode::secondary, *anchor, timeout); !fit)
        return fail(fit.error());
    auto database = Database::open(events_of(path), Mode::secondary);
    if (!database) return fail(database.error());
    const auto tail = load_tail(**database);
    if (!tail) return fail(tail.error());
    if (auto fit = expect_anchored(**database, *tail, *anchor); !fit) return fail(fit.error());
    return Opened{std::move(*database), head_of(*tail)};
}

}  // namespace

class Reader::Implementation {
public:
    explicit Implementation(Opened opened) : opened_(std::move(opened)) {}
    [[nodiscard]] const Database& database() const { return *opened_.database; }
    [[nodiscard]] const ledger::Head& head() const { return opened_.head; }

private:
    Opened opened_;
};

Reader::Reader(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}

Reader::~Reader() = default;

Result<std::unique_ptr<Reader>> Reader::open(const std::filesystem::path& given,
                                             std::chrono::milliseconds preflight_timeout) {
    const std::filesystem::path path = tidy_path(given);
    if (auto there = expect_ledger(path); !there) return fail(there.error());
    auto opened = try_open(path, preflight_timeout);
    for (int attempt = 1; !opened && attempt < attempts_max && is_locked(lock_of(path));
         ++attempt) {
        std::this_thread::sleep_for(attempt_pause);
        opened = try_open(path, preflight_timeout);
    }
    if (!opened) return fail(opened.error());
    return std::unique_ptr<Reader>{
        new Reader{std::make_unique<Implementation>(std::move(*opened))}};
}

Result<ledger::Head> Reader::head() const { return implementation_->head(); }

Result<std::vector<std::string>> Reader::lines(std::uint64_t position,
                                               std::size_t count_max) const {
    return rocksdb::lines(implementation_->database(), implementation_->head().size, position,
                          count_max);
}

Result<std::uint64_t> Reader::stream_version(std::string_view stream) const {
    return rocksdb::stream_version(implementation_->database(), stream);
}

Result<std::vector<std::uint64_t>> Reader::stream_positions(std::string_view stream,
                                                            std::uint64_t after,
                                                            std::size_t count_max) const {
    return rocksdb::stream_positions(implementation_->database(), implementation_->head().size,
                                     stream, after, count_max);
}

Result<std::optional<std::string>> Reader::content(const ledger::Digest& digest) const {
    return rocksdb::content(implementation_->database(), digest);
}

Result<ledger::Digest> Reader::root_at(std::uint64_t size) const {
    return rocksdb::root_at(implementation_->database(), implementation_->head().size, size);
}

Result<std::optional<std::string>> Reader::last_checkpoint() const {
    return rocksdb::last_checkpoint(implementation_->database());
}

}  // namespace adapters::rocksdb
