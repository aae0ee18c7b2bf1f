#include "adapters/rocksdb/row_store.hpp"

#include "adapters/rocksdb/child.hpp"
#include "adapters/rocksdb/database.hpp"
#include "adapters/rocksdb/folder.hpp"
#include "adapters/rocksdb/options.hpp"
#include "adapters/rocksdb/writer_lock.hpp"

#include <rocksdb/db.h>
#include <rocksdb/iterator.h>
#include <rocksdb/write_batch.h>

#include <chrono>
#include <system_error>
#include <utility>

namespace adapters::rocksdb {

namespace fs = std::filesystem;
using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

constexpr std::chrono::seconds look_timeout{60};
constexpr int attempts_max = 3;

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
    options.create_if_missing = true;
    ::rocksdb::DB* raw = nullptr;
    const ::rocksdb::Status status = ::rocksdb::DB::Open(options, path.string(), &raw);
    if (!status.ok()) return fail(row_error(status));
    return Raw{raw};
}

Result<Raw> open_reading(const fs::path& path, bool is_alone) {
    ::rocksdb::Options options = view_options();
    make_quiet(options);
    ::rocksdb::DB* raw = nullptr;
    ::rocksdb::Status status =
        is_alone ? ::rocksdb::DB::OpenForReadOnly(options, path.string(), &raw)
                 : ::rocksdb::DB::OpenAsSecondary(options, path.string(), path.string(), &raw);
    Raw opened{raw};
    if (status.ok() && !is_alone) status = raw->TryCatchUpWithPrimary();
    if (!status.ok()) return fail(row_error(status));
    return opened;
}

// In a child, block by block: a damaged cache must neither abort this process nor answer it.
bool is_whole(const fs::path& path, bool is_alone) {
    const auto seen = run_in_child(
        [&]() -> std::string {
            const auto opened = open_reading(path, is_alone);
            const bool whole = opened && (*opened)->VerifyChecksum().ok();
            return whole ? "whole" : "damaged";
        },
        look_timeout);
    return seen && *seen == "whole";
}

Result<Raw> open_healed(const fs::path& path) {
    std::error_code error;
    const bool there = fs::exists(path, error);
    if (there && is_whole(path, true)) {
        auto opened = open_writing(path);
        if (opened) return opened;
    }
    fs::remove_all(path, error);
    return open_writing(path);
}

}  // namespace

class RowStore::Implementation {
public:
    std::unique_ptr<WriterLock> lock;  // nothing: read-only
    Raw database;
};

RowStore::RowStore(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}

RowStore::~RowStore() = default;

Result<std::unique_ptr<RowStore>> RowStore::open(const fs::path& given, RowAccess access) {
    const fs::path ledger_path = tidy_path(given);
    const fs::path path = views_of(ledger_path);
    const fs::path lock_file = ledger_path / "views.lock";
    auto opened = std::make_unique<Implementation>();
    if (access == RowAccess::write) {
        auto lock = WriterLock::take(lock_file, std::chrono::milliseconds{0}, "views", 0);
        if (lock) {
            auto database = open_healed(path);
            if (!database) return fail(database.error());
            opened->lock = std::move(*lock);
            opened->database = std::move(*database);
            return std::unique_ptr<RowStore>{new RowStore{std::move(opened)}};
        }
    }
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
        const bool is_alone = !is_locked(lock_file);
        std::error_code error;
        if (!fs::exists(path, error)) break;
        if (!is_whole(path, is_alone)) continue;
        auto database = open_reading(path, is_alone);
        if (!database) continue;
        opened->database = std::move(*database);
        return std::unique_ptr<RowStore>{new RowStore{std::move(opened)}};
    }
    return unavailable("no read models can be read in " + path.string());
}

bool RowStore::read_only() const { return implementation_->lock == nullptr; }

Result<std::optional<std::string>> RowStore::get(std::string_view key) const {
    std::string value;
    const ::rocksdb::Status status =
        implementation_->database->Get(::rocksdb::ReadOptions{}, slice(key), &value);
    if (status.IsNotFound()) return std::optional<std::string>{};
    if (!status.ok()) return fail(row_error(status));
    return std::optional{std::move(value)};
}

Result<std::vector<projections::Row>> RowStore::scan(std::string_view prefix) const {
    std::vector<projections::Row> found;
    const std::unique_ptr<::rocksdb::Iterator> rows{
        implementation_->database->NewIterator(::rocksdb::ReadOptions{})};
    for (rows->Seek(slice(prefix)); rows->Valid() && rows->key().starts_with(slice(prefix));
         rows->Next())
        found.push_back({rows->key().ToString(), rows->value().ToString()});
    if (!rows->status().ok()) return fail(row_error(rows->status()));
    return found;
}

Result<void> RowStore::write(const std::vector<projections::RowChange>& changes) {
    if (read_only()) return unavailable("the read models are open for reading only");
    ::rocksdb::WriteBatch batch;
    ::rocksdb::Status status;
    for (const projections::RowChange& change : changes) {
        if (!status.ok()) break;
        status = change.value ? batch.Put(slice(change.key), slice(*change.value))
                              : batch.Delete(slice(change.key));
    }
    if (status.ok()) status = implementation_->database->Write(::rocksdb::WriteOptions{}, &batch);
    if (!status.ok()) return fail(row_error(status));
    return {};
}

}  // namespace adapters::rocksdb
