// adapters/rocksdb/row_store.hpp: rows of read models, in a database of their own beside the
// events.
//
// Folder   <ledger>/views and views.lock. A cache: deleting them loses nothing but time.
// Healing  whoever opens it for writing makes a missing or damaged one anew, empty: a child process
//          reads every block first.
// Beside   one process writes; others see it as it was when they opened it, read-only.
// Lazy     nothing is written, and no thread started, before the first change.
// Durable  no: writes are unsynced.
// Errors   unavailable "rows-unavailable" (missing, or read-only and written); corrupt
//          "rows-damaged".
#pragma once

#include "projections/row_store.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace adapters::rocksdb {

enum class RowAccess { read_only, write };

class RowStore final : public projections::RowStore {
public:
    // `path` is the ledger's folder. With `write` it is read-only still where another process
    // writes, or the file system is read-only and rows are there: see read_only().
    static ledger::Result<std::unique_ptr<RowStore>> open(const std::filesystem::path& path,
                                                          RowAccess access);
    // The same in two parts: see Store::begin_open.
    class Opening {
    public:
        ledger::Result<std::unique_ptr<RowStore>> finish();  // call once

    private:
        friend class RowStore;
        explicit Opening(std::unique_ptr<RowStore> rows);
        std::unique_ptr<RowStore> rows_;
    };
    static Opening begin_open(const std::filesystem::path& path, RowAccess access);
    ~RowStore() override;
    RowStore(const RowStore&) = delete;
    RowStore& operator=(const RowStore&) = delete;

    // What the first change would do first; for who knows that there will be one. May be called
    // while another thread reads.
    ledger::Result<void> open_for_writing();
    [[nodiscard]] bool read_only() const;
    [[nodiscard]] ledger::Result<std::optional<std::string>> get(
        std::string_view key) const override;
    [[nodiscard]] ledger::Result<std::vector<projections::Row>> scan(
        std::string_view prefix) const override;
    [[nodiscard]] ledger::Result<std::vector<projections::Row>> scan_from(
        std::string_view prefix, std::uint64_t number) const override;
    ledger::Result<void> write(std::vector<projections::RowChange> changes) override;

private:
    class Implementation;
    explicit RowStore(std::unique_ptr<Implementation> implementation);
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace adapters::rocksdb
