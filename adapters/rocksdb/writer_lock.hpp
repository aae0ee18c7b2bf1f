// adapters/rocksdb/writer_lock.hpp: the right to be the one writer, held until this object is gone.
//
// Shape   flock on a file that is never deleted and says who holds it: pid, command, since.
// Why     RocksDB's own lock cannot wait, names nobody, and is taken after the point where opening
//         can do harm. The kernel releases ours when its holder dies.
// Times   `now_us` is when it is asked for; what the file says, when it was had.
// Wait    50 ms at least, or until `is_stopped`, where it is given, says so.
// Errors  conflict "ledger-locked", naming the holder; unavailable "ledger-unreachable".
#pragma once

#include "ledger/result.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace adapters::rocksdb {

class WriterLock {
public:
    static ledger::Result<std::unique_ptr<WriterLock>> take(
        const std::filesystem::path& file, std::chrono::milliseconds wait,
        const std::string& command, std::int64_t now_us,
        const std::function<bool()>& is_stopped = {});
    ~WriterLock();
    WriterLock(const WriterLock&) = delete;
    WriterLock& operator=(const WriterLock&) = delete;

private:
    explicit WriterLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

// Does anybody hold it at this moment?
[[nodiscard]] bool is_locked(const std::filesystem::path& file);

struct LockHolder {
    std::int64_t pid{};
    std::string command;      // "varve run"
    std::int64_t since_us{};  // what was begun before that, somebody else has begun
};

// Who holds it at this moment, as the file says. Nothing where nobody does, or it does not say
// since when.
[[nodiscard]] std::optional<LockHolder> lock_holder(const std::filesystem::path& file);

}  // namespace adapters::rocksdb
