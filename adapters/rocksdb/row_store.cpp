#include "adapters/rocksdb/row_store.hpp"

#include "adapters/rocksdb/child.hpp"
#include "adapters/rocksdb/database.hpp"
#include "adapters/rocksdb/environment.hpp"
#include "adapters/rocksdb/folder.hpp"
#include "adapters/rocksdb/options.hpp"
#include "adapters/rocksdb/writer_lock.hpp"
#include "projections/row_key.hpp"

#include <rocksdb/db.h>
#include <rocksdb/iterator.h>
#include <rocksdb/write_batch.h>

#include <chrono>
#include <optional>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace adapters::rocksdb {

namespace fs = std::filesystem;
using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

constexpr std::chrono::seconds look_timeout{60};
constexpr int open_attempts_max = 3;

tl::unexpected<ledger::Error> unavailable(std::string detail) {
    return fail(Code::unavailable, "rows-unavailable", std::move(detail),
                "read models can be folded from the events at any time");
}

ledger::Error row_error(const ::rocksdb::Status& status) {
    if (status.IsCorruption())
        return {Code::corrupt, "rows-damaged", status.ToString(),
                "delete the ledger's views folder: it is made anew from the events"};
    return {Code::unavailable, "rows-unavailable", status.ToString(),
            "read models can be folded from the events at any time"};
}

using Raw = std::unique_ptr<::rocksdb::DB>;

Result<Raw> open_writing(const fs::path& path) {
    ::rocksdb::Options options = view_options();
    options.env = writing_environment();
    options.create_if_missing = true;
    ::rocksdb::DB* raw = nullptr;
    const ::rocksdb::Status status = ::rocksdb::DB::Open(options, path.string(), &raw);
    if (!status.ok()) return fail(row_error(status));
    return Raw{raw};
}

// With its one family named: otherwise RocksDB first opens it as one without a log, which it has.
::rocksdb::Status open_alone(const ::rocksdb::Options& options, const fs::path& path,
                             ::rocksdb::DB** raw) {
    std::vector<::rocksdb::ColumnFamilyHandle*> handles;
    const ::rocksdb::Status status = ::rocksdb::DB::OpenForReadOnly(
        options, path.string(), {{::rocksdb::kDefaultColumnFamilyName, options}}, &handles, raw);
    for (::rocksdb::ColumnFamilyHandle* handle : handles)
        (*raw)->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
    return status;
}

Result<Raw> open_reading(const fs::path& path, bool is_alone) {
    ::rocksdb::Options options = view_options();
    make_quiet(options);
    ::rocksdb::DB* raw = nullptr;
    ::rocksdb::Status status =
        is_alone ? open_alone(options, path, &raw)
                 : ::rocksdb::DB::OpenAsSecondary(options, path.string(), path.string(), &raw);
    Raw opened{raw};
    if (status.ok() && !is_alone) status = raw->TryCatchUpWithPrimary();
    if (!status.ok()) return fail(row_error(status));
    return opened;
}

// In a child, block by block: a damaged cache must neither abort this process nor answer it.
Result<Child> begin_look(const fs::path& path, bool is_alone) {
    return Child::start([path, is_alone]() -> std::string {
        const auto opened = open_reading(path, is_alone);
        const bool whole = opened && (*opened)->VerifyChecksum().ok();
        return whole ? "whole" : "damaged";
    });
}

bool is_whole(Result<Child> child) {
    if (!child) return false;
    const auto seen = child->finish(look_timeout);
    return seen && *seen == "whole";
}

constexpr std::size_t position_bytes = 8;

// To the first row at or after `key`: what is near is come to faster by steps.
void advance(::rocksdb::Iterator& rows, const std::string& key) {
    constexpr int steps_max = 8;
    for (int step = 0; rows.Valid() && rows.key().compare(key) < 0; ++step) {
        if (step == steps_max) return rows.Seek(key);
        rows.Next();
    }
}

std::vector<projections::Row> first_of_groups(::rocksdb::Iterator& rows, std::string_view prefix,
                                              std::uint64_t number) {
    const std::string from = projections::big_endian(number);
    const std::string beyond = std::string(position_bytes, '\xff') + '\0';
    std::vector<projections::Row> found;
    while (rows.Valid() && rows.key().starts_with(slice(prefix))) {
        const std::string_view key = rows.key().ToStringView();
        if (key.size() < prefix.size() + position_bytes) {
            rows.Next();
            continue;
        }
        const std::string group{key.substr(0, key.size() - position_bytes)};
        if (key.substr(group.size()) < from) {
            advance(rows, group + from);
            continue;
        }
        found.push_back({std::string(key), rows.value().ToString()});
        advance(rows, group + beyond);
    }
    return found;
}

bool may_be_written(const fs::path& path) { return ::access(path.c_str(), W_OK) == 0; }

}  // namespace

constexpr std::uint64_t settled_bytes_min = std::uint64_t{1} << 20U;

class RowStore::Implementation {
public:
    explicit Implementation(const fs::path& ledger)
        : path_(views_of(ledger)), lock_file_(ledger / "views.lock") {}

    ~Implementation() {
        if (is_writable_ && database_ != nullptr) settle();
    }

    void begin(RowAccess access);
    Result<void> finish();

    [[nodiscard]] bool read_only() const { return lock_ == nullptr; }
    [[nodiscard]] ::rocksdb::DB& database() const {
        const std::scoped_lock lock{mutex_};
        return *database_;
    }
    // Opened for reading until the first change comes, or is expected.
    Result<void> expect_writable();

private:
    Result<void> make_anew();
    Result<void> open_beside();
    void settle();

    fs::path path_;
    fs::path lock_file_;
    std::unique_ptr<WriterLock> lock_;  // nothing: read-only
    std::optional<Result<Child>> child_;
    bool is_alone_{};
    bool is_writable_{};
    std::mutex opening_;        // one opens for writing at a time
    mutable std::mutex mutex_;  // guards database_, which changes once
    Raw database_;
    Raw reading_;  // what was opened before that: somebody may be reading in it
};

void RowStore::Implementation::begin(RowAccess access) {
    if (access == RowAccess::write)
        if (auto lock = WriterLock::take(lock_file_, std::chrono::milliseconds{0}, "views", 0))
            lock_ = std::move(*lock);
    is_alone_ = lock_ != nullptr || !is_locked(lock_file_);
    std::error_code error;
    if (fs::exists(path_, error)) child_.emplace(begin_look(path_, is_alone_));
}

Result<void> RowStore::Implementation::finish() {
    const bool whole = child_ && is_whole(*std::exchange(child_, std::nullopt));
    if (whole && (lock_ == nullptr || may_be_written(path_)))
        if (auto opened = open_reading(path_, is_alone_)) {
            database_ = std::move(*opened);
            return {};
        }
    return lock_ == nullptr ? open_beside() : make_anew();
}

Result<void> RowStore::Implementation::make_anew() {
    std::error_code error;
    fs::remove_all(path_, error);
    auto opened = open_writing(path_);
    if (!opened) return fail(opened.error());
    database_ = std::move(*opened);
    is_writable_ = true;
    return {};
}

Result<void> RowStore::Implementation::open_beside() {
    for (int attempt = 1; attempt < open_attempts_max; ++attempt) {
        is_alone_ = !is_locked(lock_file_);
        std::error_code error;
        if (!fs::exists(path_, error)) break;
        if (!is_whole(begin_look(path_, is_alone_))) continue;
        auto opened = open_reading(path_, is_alone_);
        if (!opened) continue;
        database_ = std::move(*opened);
        return {};
    }
    return unavailable("no read models can be read in " + path_.string());
}

Result<void> RowStore::Implementation::expect_writable() {
    const std::scoped_lock opening{opening_};
    if (is_writable_) return {};
    if (read_only()) return unavailable("the read models are open for reading only");
    auto opened = open_writing(path_);  // beside our own reading instance, which holds no lock
    if (!opened) return fail(opened.error());
    const std::scoped_lock lock{mutex_};
    reading_ = std::exchange(database_, std::move(*opened));
    is_writable_ = true;
    return {};
}

// What stays in the log is read again by everyone who opens it.
void RowStore::Implementation::settle() {
    std::uint64_t bytes = 0;
    database_->GetIntProperty(::rocksdb::DB::Properties::kCurSizeActiveMemTable, &bytes);
    if (bytes < settled_bytes_min) return;
    database_->Flush(::rocksdb::FlushOptions{}).PermitUncheckedError();
}

RowStore::RowStore(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}

RowStore::~RowStore() = default;

RowStore::Opening::Opening(std::unique_ptr<RowStore> rows) : rows_(std::move(rows)) {}

Result<std::unique_ptr<RowStore>> RowStore::Opening::finish() {
    if (auto done = rows_->implementation_->finish(); !done) return fail(done.error());
    return std::move(rows_);
}

RowStore::Opening RowStore::begin_open(const fs::path& path, RowAccess access) {
    auto opened = std::make_unique<Implementation>(tidy_path(path));
    opened->begin(access);
    return Opening{std::unique_ptr<RowStore>{new RowStore{std::move(opened)}}};
}

Result<std::unique_ptr<RowStore>> RowStore::open(const fs::path& path, RowAccess access) {
    return begin_open(path, access).finish();
}

Result<void> RowStore::open_for_writing() { return implementation_->expect_writable(); }

bool RowStore::read_only() const { return implementation_->read_only(); }

Result<std::optional<std::string>> RowStore::get(std::string_view key) const {
    std::string value;
    const ::rocksdb::Status status =
        implementation_->database().Get(::rocksdb::ReadOptions{}, slice(key), &value);
    if (status.IsNotFound()) return std::optional<std::string>{};
    if (!status.ok()) return fail(row_error(status));
    return std::optional{std::move(value)};
}

Result<std::vector<projections::Row>> RowStore::scan(std::string_view prefix) const {
    std::vector<projections::Row> found;
    const std::unique_ptr<::rocksdb::Iterator> rows{
        implementation_->database().NewIterator(::rocksdb::ReadOptions{})};
    for (rows->Seek(slice(prefix)); rows->Valid() && rows->key().starts_with(slice(prefix));
         rows->Next())
        found.push_back({rows->key().ToString(), rows->value().ToString()});
    if (!rows->status().ok()) return fail(row_error(rows->status()));
    return found;
}

Result<std::vector<projections::Row>> RowStore::scan_from(std::string_view prefix,
                                                          std::uint64_t number) const {
    const std::unique_ptr<::rocksdb::Iterator> rows{
        implementation_->database().NewIterator(::rocksdb::ReadOptions{})};
    rows->Seek(slice(prefix));
    auto found = first_of_groups(*rows, prefix, number);
    if (!rows->status().ok()) return fail(row_error(rows->status()));
    return found;
}

Result<void> RowStore::write(std::vector<projections::RowChange> changes) {
    if (auto writable = implementation_->expect_writable(); !writable) return writable;
    ::rocksdb::WriteBatch batch;
    ::rocksdb::Status status;
    for (const projections::RowChange& change : changes) {
        if (!status.ok()) break;
        status = change.value ? batch.Put(slice(change.key), slice(*change.value))
                              : batch.Delete(slice(change.key));
    }
    if (status.ok()) status = implementation_->database().Write(::rocksdb::WriteOptions{}, &batch);
    if (!status.ok()) return fail(row_error(status));
    return {};
}

}  // namespace adapters::rocksdb
