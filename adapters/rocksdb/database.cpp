#include "adapters/rocksdb/database.hpp"

#include "adapters/rocksdb/environment.hpp"
#include "adapters/rocksdb/options.hpp"
#include "adapters/rocksdb/refusal.hpp"
#include "adapters/rocksdb/torn_log.hpp"

#include <rocksdb/iterator.h>
#include <rocksdb/utilities/checkpoint.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace adapters::rocksdb {

namespace {

constexpr std::size_t readahead_bytes = std::size_t{256} << 10U;
constexpr std::size_t protection_bytes = 8;
constexpr std::chrono::seconds merging_time_max{10};
constexpr std::uint64_t settled_bytes_min = std::uint64_t{1} << 20U;

using Handles = std::vector<::rocksdb::ColumnFamilyHandle*>;

std::vector<::rocksdb::ColumnFamilyDescriptor> descriptors(const ::rocksdb::Options& options) {
    std::vector<::rocksdb::ColumnFamilyDescriptor> families;
    for (const std::string_view name : family_names)
        families.emplace_back(std::string{name}, options);
    families.emplace_back(::rocksdb::kDefaultColumnFamilyName, options);
    return families;
}

::rocksdb::Status open_raw(const std::string& path, Mode mode, ::rocksdb::Options options,
                           Handles* handles, ::rocksdb::DB** database) {
    options.env = writing_environment();
    options.create_if_missing = mode == Mode::create;
    options.create_missing_column_families = mode == Mode::create;
    options.error_if_exists = mode == Mode::create;
    if (mode == Mode::read_only || mode == Mode::secondary) make_quiet(options);
    const auto families = descriptors(options);
    if (mode == Mode::read_only)
        return ::rocksdb::DB::OpenForReadOnly(options, path, families, handles, database);
    if (mode != Mode::secondary)
        return ::rocksdb::DB::Open(options, path, families, handles, database);
    // The second path would hold an info log; the quiet logger makes it needless.
    return ::rocksdb::DB::OpenAsSecondary(options, path, path, families, handles, database);
}

std::optional<KeyValue> row_at(const ::rocksdb::Iterator& rows) {
    if (!rows.Valid()) return std::nullopt;
    return KeyValue{rows.key().ToString(), rows.value().ToString()};
}

}  // namespace

ledger::Error error_of(const ::rocksdb::Status& status, std::string_view doing) {
    const std::string detail = std::string{doing} + ": " + status.ToString();
    if (status.IsNoSpace())
        return {ledger::Code::unavailable, "ledger-full", detail,
                "make room on its disk, then the same command again"};
    if (auto refusal = refusal_in(detail)) return *std::move(refusal);
    if ((status.IsIOError() && !status.IsPathNotFound()) || status.IsBusy())
        return {ledger::Code::unavailable, "ledger-unreachable", detail,
                "check that the disk is there and the folder belongs to you"};
    return {ledger::Code::corrupt, "ledger-damaged", detail,
            "do not write to it; keep the folder as it is, and `varve ledger restore` a copy"};
}

ledger::Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& path,
                                                         Mode mode) {
    std::unique_ptr<Database> opened{new Database};
    ::rocksdb::DB* raw = nullptr;
    ::rocksdb::Status status =
        open_raw(path.string(), mode, ledger_options(), &opened->handles_, &raw);
    if (status.IsCorruption() && mode != Mode::create && ends_in_zeros(path)) {
        // Nobody has written since. A secondary instance would not read such a log in any mode.
        if (mode == Mode::secondary) mode = Mode::read_only;
        status = open_raw(path.string(), mode, torn_options(), &opened->handles_, &raw);
    }
    opened->database_.reset(raw);
    if (status.ok() && mode == Mode::secondary) status = raw->TryCatchUpWithPrimary();
    if (!status.ok()) return ledger::fail(error_of(status, path.string()));
    return opened;
}

Database::~Database() {
    if (database_ == nullptr) return;
    for (::rocksdb::ColumnFamilyHandle* handle : handles_) {
        const ::rocksdb::Status status = database_->DestroyColumnFamilyHandle(handle);
        status.PermitUncheckedError();
    }
    const ::rocksdb::Status status = database_->Close();
    status.PermitUncheckedError();
}

::rocksdb::ColumnFamilyHandle* Database::handle(Family family) const {
    return handles_[static_cast<std::size_t>(family)];
}

ledger::Result<std::optional<std::string>> Database::get(Family family,
                                                         std::string_view key) const {
    std::string value;
    const ::rocksdb::Status status =
        database_->Get(::rocksdb::ReadOptions{}, handle(family), slice(key), &value);
    if (status.IsNotFound()) return std::optional<std::string>{};
    if (!status.ok()) return ledger::fail(error_of(status, "reading"));
    return std::optional<std::string>{std::move(value)};
}

ledger::Result<std::optional<KeyValue>> Database::last(Family family) const {
    const std::unique_ptr<::rocksdb::Iterator> rows{
        database_->NewIterator(::rocksdb::ReadOptions{}, handle(family))};
    rows->SeekToLast();
    if (!rows->status().ok()) return ledger::fail(error_of(rows->status(), "reading"));
    return row_at(*rows);
}

ledger::Result<std::optional<KeyValue>> Database::last_until(Family family,
                                                             std::string_view key) const {
    const std::unique_ptr<::rocksdb::Iterator> rows{
        database_->NewIterator(::rocksdb::ReadOptions{}, handle(family))};
    rows->SeekForPrev(slice(key));
    if (!rows->status().ok()) return ledger::fail(error_of(rows->status(), "reading"));
    return row_at(*rows);
}

std::unique_ptr<::rocksdb::Iterator> Database::scan(Family family, std::string_view key) const {
    ::rocksdb::ReadOptions options;
    options.verify_checksums = true;
    options.fill_cache = false;
    options.readahead_size = readahead_bytes;
    std::unique_ptr<::rocksdb::Iterator> rows{database_->NewIterator(options, handle(family))};
    rows->Seek(slice(key));
    return rows;
}

ledger::Result<std::vector<KeyValue>> Database::rows(Family family, std::string_view key,
                                                     std::string_view prefix,
                                                     std::size_t count_max) const {
    std::vector<KeyValue> found;
    const std::unique_ptr<::rocksdb::Iterator> rows{
        database_->NewIterator(::rocksdb::ReadOptions{}, handle(family))};
    for (rows->Seek(slice(key));
         found.size() < count_max && rows->Valid() && rows->key().starts_with(slice(prefix));
         rows->Next())
        found.push_back({rows->key().ToString(), rows->value().ToString()});
    if (!rows->status().ok()) return ledger::fail(error_of(rows->status(), "reading"));
    return found;
}

::rocksdb::Status Database::commit(::rocksdb::WriteBatch& batch) {
    ::rocksdb::WriteOptions options;
    options.sync = true;
    options.protection_bytes_per_key = protection_bytes;
    return database_->Write(options, &batch);
}

void Database::settle() {
    std::uint64_t bytes = 0;
    for (::rocksdb::ColumnFamilyHandle* handle : handles_) {
        std::uint64_t part = 0;
        database_->GetIntProperty(handle, ::rocksdb::DB::Properties::kCurSizeActiveMemTable, &part);
        bytes += part;
    }
    if (bytes >= settled_bytes_min) make_tables();
    merge_tables();
}

// RocksDB merges beside the writer; at closing it would throw away what it has not finished, and a
// short command would never get any further than the one before it.
void Database::merge_tables() {
    const auto until = std::chrono::steady_clock::now() + merging_time_max;
    while (is_merging() && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
}

bool Database::is_merging() const {
    const auto number = [this](::rocksdb::ColumnFamilyHandle* handle, const std::string& name) {
        std::uint64_t value = 0;
        return database_->GetIntProperty(handle, name, &value) ? value : 0;
    };
    using Properties = ::rocksdb::DB::Properties;
    if (number(handles_.back(), Properties::kBackgroundErrors) > 0) return false;
    if (number(handles_.back(), Properties::kNumRunningCompactions) > 0) return true;
    return std::any_of(handles_.begin(), handles_.end(),
                       [&](::rocksdb::ColumnFamilyHandle* handle) {
                           return number(handle, Properties::kCompactionPending) > 0;
                       });
}

void Database::make_tables() {
    const ::rocksdb::Status status = database_->Flush(::rocksdb::FlushOptions{}, handles_);
    status.PermitUncheckedError();
}

::rocksdb::Status Database::erase_below(Family family, std::string_view key) {
    if (auto status = database_->Flush(::rocksdb::FlushOptions{}, handles_); !status.ok())
        return status;
    ::rocksdb::CompactRangeOptions options;
    options.bottommost_level_compaction = ::rocksdb::BottommostLevelCompaction::kForce;
    const ::rocksdb::Slice only = slice(key);
    return database_->CompactRange(options, handle(family), &only, &only);
}

ledger::Result<void> Database::link_tables(const std::filesystem::path& folder) {
    ::rocksdb::Checkpoint* raw = nullptr;
    ::rocksdb::Status status = ::rocksdb::Checkpoint::Create(database_.get(), &raw);
    const std::unique_ptr<::rocksdb::Checkpoint> checkpoint{raw};
    // Whatever the log's size, it becomes tables: a copy without a log has no tail to lose.
    if (status.ok()) status = checkpoint->CreateCheckpoint(folder.string(), 0);
    if (!status.ok()) return ledger::fail(error_of(status, folder.string()));
    return {};
}

tl::unexpected<ledger::Error> ledger_damaged(std::string detail) {
    return ledger::fail(ledger::Code::corrupt, "ledger-damaged", std::move(detail),
                        "do not write to it; `varve verify` says what is wrong");
}

}  // namespace adapters::rocksdb
