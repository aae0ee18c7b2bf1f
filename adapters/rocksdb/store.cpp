#include "adapters/rocksdb/store.hpp"

#include "adapters/rocksdb/anchor.hpp"
#include "adapters/rocksdb/database.hpp"
#include "adapters/rocksdb/folder.hpp"
#include "adapters/rocksdb/history.hpp"
#include "adapters/rocksdb/preflight.hpp"
#include "adapters/rocksdb/tail.hpp"
#include "adapters/rocksdb/unerased.hpp"
#include "adapters/rocksdb/writer.hpp"
#include "adapters/rocksdb/writer_lock.hpp"

#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

namespace adapters::rocksdb {

namespace fs = std::filesystem;
using ledger::fail;
using ledger::Result;

// Torn down in reverse: the writer ends first, the lock is given back last.
class Store::Implementation {
public:
    Implementation(fs::path path, ledger::Clock& clock, OpenOptions options)
        : path_(std::move(path)), clock_(clock), options_(std::move(options)), unerased_(path_) {}
    ~Implementation();

    Result<void> begin();
    Result<void> finish();

    Result<ledger::Head> head() const;
    [[nodiscard]] const Sight& seen() const { return seen_; }
    [[nodiscard]] std::uint64_t anchored_size() const { return anchor_.size; }
    // Opened for writing with the first thing that head() cannot answer.
    Result<Writer*> writer();
    Result<Database*> database();
    TreeCache& cache() { return cache_; }
    Result<void> erase_redacted(const ledger::Digest& digest);

private:
    Result<void> start();

    fs::path path_;
    ledger::Clock& clock_;
    OpenOptions options_;
    std::unique_ptr<WriterLock> lock_;
    Anchor anchor_;
    std::optional<Preflight> preflight_;
    Unerased unerased_;
    Sight seen_;  // by the preflight; nobody else can have written since

    TreeCache cache_;

    std::mutex mutex_;  // guards all below while it is being opened
    std::optional<Result<void>> started_;
    std::unique_ptr<AnchorFile> anchor_file_;
    std::unique_ptr<Database> database_;
    std::unique_ptr<Writer> writer_;
    std::atomic<Writer*> ready_{};  // who asks for the head need not wait for the opening
};

Store::Implementation::~Implementation() {
    writer_.reset();
    if (database_ != nullptr) database_->settle();
}

Result<void> Store::Implementation::begin() {
    auto lock = WriterLock::take(lock_of(path_), options_.lock_wait, options_.command,
                                 clock_.now_us(), options_.is_stopped);
    if (!lock) return fail(lock.error());
    lock_ = std::move(*lock);
    const auto anchor = read_anchor(path_);
    if (!anchor) return fail(anchor.error());
    anchor_ = *anchor;
    auto preflight = Preflight::begin(path_, Mode::read_only, anchor_);
    if (!preflight) return fail(preflight.error());
    preflight_.emplace(std::move(*preflight));
    return {};
}

Result<void> Store::Implementation::finish() {
    const auto seen = preflight_->finish(options_.preflight_timeout);
    if (!seen) return fail(seen.error());
    seen_ = *seen;
    auto file = AnchorFile::open(path_);
    if (!file) return fail(file.error());
    anchor_file_ = std::move(*file);
    return {};
}

Result<void> Store::Implementation::start() {
    auto opened = Database::open(events_of(path_), Mode::write);
    if (!opened) return fail(opened.error());
    auto tail = load_tail(**opened);
    if (!tail) return fail(tail.error());
    if (auto fit = expect_anchored(**opened, *tail, anchor_); !fit) return fit;
    const ledger::Head head = head_of(*tail);
    if (head != seen_.head)
        return fail(ledger::Code::corrupt, "ledger-damaged",
                    "opened for writing it ends otherwise than the process saw that looked first",
                    "do not write to it; `varve verify` says what is wrong");
    if (head.size > anchor_.size) {
        anchor_ = {anchor_.sequence + 1, head.ledger, head.size, head.root};
        if (auto written = anchor_file_->write(anchor_); !written) return written;
        if (auto synced = anchor_file_->sync(); !synced) return synced;
    }
    if (auto erased = unerased_.finish(**opened); !erased) return erased;
    database_ = std::move(*opened);
    writer_ = std::make_unique<Writer>(*database_, *anchor_file_, unerased_, anchor_,
                                       std::move(*tail), clock_, path_,
                                       WriterOptions{options_.strict, options_.reserve_bytes});
    ready_ = writer_.get();
    return {};
}

Result<Writer*> Store::Implementation::writer() {
    const std::scoped_lock lock{mutex_};
    if (!started_) started_ = start();
    if (!*started_) return fail(started_->error());
    return writer_.get();
}

Result<Database*> Store::Implementation::database() {
    const auto opened = writer();
    if (!opened) return fail(opened.error());
    if (const auto head = (*opened)->head(); !head) return fail(head.error());
    return database_.get();
}

Result<void> Store::Implementation::erase_redacted(const ledger::Digest& digest) {
    const auto opened = database();
    if (!opened) return fail(opened.error());
    return unerased_.erase(**opened, {&digest, 1});
}

Result<ledger::Head> Store::Implementation::head() const {
    const Writer* writer = ready_.load();
    return writer == nullptr ? Result<ledger::Head>{seen_.head} : writer->head();
}

Store::Store(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}

Store::~Store() = default;

Result<Store::Opening> Store::begin_open(const fs::path& given, ledger::Clock& clock,
                                         OpenOptions options) {
    const fs::path path = tidy_path(given);
    if (auto there = expect_ledger(path); !there) return fail(there.error());
    if (auto may = expect_writable(path, options.accepts_restored); !may) return fail(may.error());
    auto opened = std::make_unique<Implementation>(path, clock, std::move(options));
    if (auto begun = opened->begin(); !begun) return fail(begun.error());
    return Opening{std::unique_ptr<Store>{new Store{std::move(opened)}}};
}

Store::Opening::Opening(std::unique_ptr<Store> store) : store_(std::move(store)) {}

std::uint64_t Store::Opening::anchored_size() const {
    return store_->implementation_->anchored_size();
}

Result<std::unique_ptr<Store>> Store::Opening::finish() {
    if (auto done = store_->implementation_->finish(); !done) return fail(done.error());
    return std::move(store_);
}

Result<std::unique_ptr<Store>> Store::open(const fs::path& path, ledger::Clock& clock,
                                           OpenOptions options) {
    auto opening = begin_open(path, clock, std::move(options));
    if (!opening) return fail(opening.error());
    return opening->finish();
}

Result<void> Store::open_for_writing() {
    const auto writer = implementation_->writer();
    if (!writer) return fail(writer.error());
    return {};
}

void Store::make_tables() {
    const auto database = implementation_->database();
    if (database) (*database)->make_tables();
}

Result<void> Store::erase_redacted(const ledger::Digest& digest) {
    return implementation_->erase_redacted(digest);
}

Result<ledger::Head> Store::link_tables(const fs::path& folder) {
    const auto database = implementation_->database();
    if (!database) return fail(database.error());
    const auto before = head();
    if (!before) return before;
    if (auto linked = (*database)->link_tables(folder); !linked) return fail(linked.error());
    const auto after = head();
    if (after && *after != *before)
        return fail(ledger::Code::conflict, "ledger-locked",
                    "something was appended while its tables were being linked", "try again");
    return after;
}

std::future<Result<ledger::Appended>> Store::submit(ledger::Append append) {
    const auto writer = implementation_->writer();
    if (writer) return (*writer)->submit(std::move(append));
    std::promise<Result<ledger::Appended>> refused;
    refused.set_value(fail(writer.error()));
    return refused.get_future();
}

Result<ledger::Appended> Store::append(ledger::Append append) {
    const auto writer = implementation_->writer();
    if (!writer) return fail(writer.error());
    return (*writer)->append(std::move(append));
}

Result<ledger::Head> Store::head() const { return implementation_->head(); }

Result<std::vector<std::string>> Store::lines(std::uint64_t position, std::size_t count_max) const {
    const auto database = implementation_->database();
    if (!database) return fail(database.error());
    const auto end = head();
    if (!end) return fail(end.error());
    return rocksdb::lines(**database, end->size, position, count_max);
}

Result<void> Store::each_line(std::uint64_t position, std::uint64_t count_max,
                              const TakeLine& take) const {
    const auto database = implementation_->database();
    if (!database) return fail(database.error());
    const auto end = head();
    if (!end) return fail(end.error());
    return rocksdb::each_line(**database, end->size, position, count_max, take);
}

Result<std::uint64_t> Store::stream_version(std::string_view stream) const {
    const auto database = implementation_->database();
    if (!database) return fail(database.error());
    const auto end = head();
    if (!end) return fail(end.error());
    return rocksdb::stream_version(**database, end->size, stream);
}

Result<std::vector<std::uint64_t>> Store::stream_positions(std::string_view stream,
                                                           std::uint64_t after,
                                                           std::size_t count_max) const {
    const auto database = implementation_->database();
    if (!database) return fail(database.error());
    const auto end = head();
    if (!end) return fail(end.error());
    return rocksdb::stream_positions(**database, end->size, stream, after, count_max);
}

Result<std::optional<std::string>> Store::content(const ledger::Digest& digest) const {
    const auto database = implementation_->database();
    if (!database) return fail(database.error());
    return rocksdb::content(**database, digest);
}

Result<ledger::Digest> Store::root_at(std::uint64_t size) const {
    const auto end = head();
    if (!end) return fail(end.error());
    if (size == end->size) return end->root;
    if (const auto root = implementation_->seen().root_at(size)) return *root;
    const auto database = implementation_->database();
    if (!database) return fail(database.error());
    return rocksdb::root_at(**database, implementation_->cache(), end->size, size);
}

Result<ledger::Digest> Store::subtree(unsigned level, std::uint64_t index) const {
    const auto database = implementation_->database();
    if (!database) return fail(database.error());
    const auto end = head();
    if (!end) return fail(end.error());
    return subtree_at(**database, implementation_->cache(), end->size, level, index);
}

Result<std::optional<std::string>> Store::checkpoint(std::uint64_t size_max) const {
    const auto database = implementation_->database();
    if (!database) return fail(database.error());
    return rocksdb::checkpoint(**database, size_max);
}

}  // namespace adapters::rocksdb
