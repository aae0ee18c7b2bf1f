#include "adapters/rocksdb/store.hpp"

#include "adapters/rocksdb/anchor.hpp"
#include "adapters/rocksdb/database.hpp"
#include "adapters/rocksdb/folder.hpp"
#include "adapters/rocksdb/history.hpp"
#include "adapters/rocksdb/preflight.hpp"
#include "adapters/rocksdb/tail.hpp"
#include "adapters/rocksdb/writer.hpp"
#include "adapters/rocksdb/writer_lock.hpp"

#include <mutex>
#include <utility>

namespace adapters::rocksdb {

namespace fs = std::filesystem;
using ledger::fail;
using ledger::Result;

// Torn down in reverse: the writer ends first, the lock is given back last.
class Store::Implementation {
public:
    std::unique_ptr<WriterLock> lock;
    std::unique_ptr<AnchorFile> anchor_file;
    std::unique_ptr<Database> database;
    std::unique_ptr<Writer> writer;
    std::mutex checkpoint_mutex;

    static Result<std::unique_ptr<Implementation>> open(const fs::path& path, ledger::Clock& clock,
                                                        const OpenOptions& options);

private:
    Result<void> start(const fs::path& path, Anchor anchor, ledger::Clock& clock,
                       const OpenOptions& options);
};

Result<std::unique_ptr<Store::Implementation>> Store::Implementation::open(
    const fs::path& path, ledger::Clock& clock, const OpenOptions& options) {
    auto opened = std::make_unique<Implementation>();
    auto lock = WriterLock::take(lock_of(path), options.lock_wait, options.command, clock.now_us(),
                                 options.is_stopped);
    if (!lock) return fail(lock.error());
    opened->lock = std::move(*lock);
    const auto anchor = read_anchor(path);
    if (!anchor) return fail(anchor.error());
    if (auto fit = preflight(path, Mode::read_only, *anchor, options.preflight_timeout); !fit)
        return fail(fit.error());
    auto file = AnchorFile::open(path);
    if (!file) return fail(file.error());
    opened->anchor_file = std::move(*file);
    if (auto done = opened->start(path, *anchor, clock, options); !done) return fail(done.error());
    return opened;
}

Result<void> Store::Implementation::start(const fs::path& path, Anchor anchor, ledger::Clock& clock,
                                          const OpenOptions& options) {
    auto opened = Database::open(events_of(path), Mode::write);
    if (!opened) return fail(opened.error());
    database = std::move(*opened);
    auto tail = load_tail(*database);
    if (!tail) return fail(tail.error());
    if (auto fit = expect_anchored(*database, *tail, anchor); !fit) return fit;
    const ledger::Head head = head_of(*tail);
    if (head.size > anchor.size) {
        anchor = {anchor.sequence + 1, head.ledger, head.size, head.root};
        if (auto written = anchor_file->write(anchor); !written) return written;
        if (auto synced = anchor_file->sync(); !synced) return synced;
    }
    writer = std::make_unique<Writer>(*database, *anchor_file, anchor, std::move(*tail), clock,
                                      path, WriterOptions{options.strict, options.reserve_bytes});
    return {};
}

Store::Store(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}

Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const fs::path& given, ledger::Clock& clock,
                                           OpenOptions options) {
    const fs::path path = tidy_path(given);
    if (auto there = expect_ledger(path); !there) return fail(there.error());
    auto opened = Implementation::open(path, clock, options);
    if (!opened) return fail(opened.error());
    return std::unique_ptr<Store>{new Store{std::move(*opened)}};
}

std::future<Result<ledger::Appended>> Store::submit(ledger::Append append) {
    return implementation_->writer->submit(std::move(append));
}

Result<ledger::Head> Store::head() const { return implementation_->writer->head(); }

Result<std::vector<std::string>> Store::lines(std::uint64_t position, std::size_t count_max) const {
    const auto end = head();
    if (!end) return fail(end.error());
    return rocksdb::lines(*implementation_->database, end->size, position, count_max);
}

Result<std::uint64_t> Store::stream_version(std::string_view stream) const {
    if (const auto end = head(); !end) return fail(end.error());
    return rocksdb::stream_version(*implementation_->database, stream);
}

Result<std::vector<std::uint64_t>> Store::stream_positions(std::string_view stream,
                                                           std::uint64_t after,
                                                           std::size_t count_max) const {
    const auto end = head();
    if (!end) return fail(end.error());
    return rocksdb::stream_positions(*implementation_->database, end->size, stream, after,
                                     count_max);
}

Result<std::optional<std::string>> Store::content(const ledger::Digest& digest) const {
    if (const auto end = head(); !end) return fail(end.error());
    return rocksdb::content(*implementation_->database, digest);
}

Result<ledger::Digest> Store::root_at(std::uint64_t size) const {
    const auto end = head();
    if (!end) return fail(end.error());
    return rocksdb::root_at(*implementation_->database, end->size, size);
}

Result<void> Store::keep_checkpoint(std::uint64_t size, std::string note) {
    const auto end = head();
    if (!end) return fail(end.error());
    if (size > end->size)
        return fail(
            ledger::Code::refused, "size-out-of-range",
            "the ledger has " + std::to_string(end->size) + " events, not " + std::to_string(size),
            "keep checkpoints of what the ledger has reached");
    if (auto synced = implementation_->writer->sync_anchor(); !synced) return synced;
    return rocksdb::keep_checkpoint(*implementation_->database, implementation_->checkpoint_mutex,
                                    size, note);
}

Result<std::optional<std::string>> Store::last_checkpoint() const {
    if (const auto end = head(); !end) return fail(end.error());
    return rocksdb::last_checkpoint(*implementation_->database);
}

}  // namespace adapters::rocksdb
