// tests/adapters/rocksdb/lossy_disk.hpp: a disk that knows what it has synced, over RocksDB's
// public FileSystemWrapper; it runs full, or loses its power, at an operation that was said before.
//
// Cut  the process ends there and then, and a report tells of each file what is sure to be there.
#pragma once

#include <rocksdb/file_system.h>

#include <cstdint>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <unistd.h>
#include <utility>

namespace tests {

inline constexpr int exit_of_power_cut = 9;

// What one life of the process does.
struct Life {
    std::string ledger;
    std::string report;  // where the disk tells what it had synced
    std::uint64_t seed{};
    std::uint64_t first_id{};
    std::uint64_t cut_at{};   // the operation at which the power goes; 0: never
    std::uint64_t full_at{};  // from which on the disk is full; 0: never
};

inline std::string to_text(const Life& life) {
    std::ostringstream text;
    text << life.ledger << ' ' << life.report << ' ' << life.seed << ' ' << life.first_id << ' '
         << life.cut_at << ' ' << life.full_at;
    return text.str();
}

inline Life life_from(const std::string& text) {
    std::istringstream in{text};
    Life life;
    in >> life.ledger >> life.report >> life.seed >> life.first_id >> life.cut_at >> life.full_at;
    return life;
}

// Counts operations, and remembers what would be there after the power was cut.
class Disk {
public:
    explicit Disk(Life life) : life_(std::move(life)) {}

    // False where the disk is full. Does not come back where the power goes.
    bool operate() {
        const std::scoped_lock lock{mutex_};
        ++operations_;
        if (operations_ == life_.cut_at) cut();
        return life_.full_at == 0 || operations_ < life_.full_at;
    }
    void created(const std::string& path) {
        const std::scoped_lock lock{mutex_};
        files_[path] = {0, false};
    }
    void synced(const std::string& path, std::uint64_t length) {
        const std::scoped_lock lock{mutex_};
        files_[path].synced_length = length;
    }
    void renamed(const std::string& from, const std::string& to) {
        const std::scoped_lock lock{mutex_};
        files_[to] = {files_[from].synced_length, true};  // there was one of that name before
        files_.erase(from);
        // A journal keeps the order of names: what was made before is there as well.
        for (auto& [path, file] : files_) file.is_named = true;
    }
    void folder_synced() {
        const std::scoped_lock lock{mutex_};
        for (auto& [path, file] : files_) file.is_named = true;
    }

private:
    struct File {
        std::uint64_t synced_length{};
        bool is_named{};  // its folder was synced
    };

    [[noreturn]] void cut() {
        std::ofstream report{life_.report};
        for (const auto& [path, file] : files_)
            report << file.synced_length << ' ' << file.is_named << ' ' << path << '\n';
        report.close();
        _exit(exit_of_power_cut);
    }

    Life life_;
    std::mutex mutex_;
    std::uint64_t operations_{};
    std::map<std::string, File> files_;
};

class WatchedFile final : public ::rocksdb::FSWritableFileOwnerWrapper {
public:
    WatchedFile(std::unique_ptr<::rocksdb::FSWritableFile>&& file, std::string path, Disk& disk)
        : FSWritableFileOwnerWrapper(std::move(file)), path_(std::move(path)), disk_(disk) {}

    ::rocksdb::IOStatus Append(const ::rocksdb::Slice& data, const ::rocksdb::IOOptions& options,
                               ::rocksdb::IODebugContext* debug) override {
        if (!disk_.operate()) return ::rocksdb::IOStatus::NoSpace("simulated");
        auto status = FSWritableFileOwnerWrapper::Append(data, options, debug);
        if (status.ok()) length_ += data.size();
        return status;
    }
    ::rocksdb::IOStatus Append(const ::rocksdb::Slice& data, const ::rocksdb::IOOptions& options,
                               const ::rocksdb::DataVerificationInfo& /*verification*/,
                               ::rocksdb::IODebugContext* debug) override {
        return Append(data, options, debug);
    }
    ::rocksdb::IOStatus Sync(const ::rocksdb::IOOptions& options,
                             ::rocksdb::IODebugContext* debug) override {
        static_cast<void>(disk_.operate());
        auto status = FSWritableFileOwnerWrapper::Sync(options, debug);
        if (status.ok()) disk_.synced(path_, length_);
        return status;
    }
    ::rocksdb::IOStatus Fsync(const ::rocksdb::IOOptions& options,
                              ::rocksdb::IODebugContext* debug) override {
        return Sync(options, debug);
    }
    ::rocksdb::IOStatus RangeSync(std::uint64_t /*offset*/, std::uint64_t /*count*/,
                                  const ::rocksdb::IOOptions& /*options*/,
                                  ::rocksdb::IODebugContext* /*debug*/) override {
        return ::rocksdb::IOStatus::OK();
    }

private:
    std::string path_;
    Disk& disk_;
    std::uint64_t length_{};
};

class WatchedFolder final : public ::rocksdb::FSDirectoryWrapper {
public:
    WatchedFolder(std::unique_ptr<::rocksdb::FSDirectory>&& folder, Disk& disk)
        : FSDirectoryWrapper(std::move(folder)), disk_(disk) {}
    ::rocksdb::IOStatus Fsync(const ::rocksdb::IOOptions& options,
                              ::rocksdb::IODebugContext* debug) override {
        static_cast<void>(disk_.operate());
        auto status = FSDirectoryWrapper::Fsync(options, debug);
        if (status.ok()) disk_.folder_synced();
        return status;
    }
    ::rocksdb::IOStatus FsyncWithDirOptions(const ::rocksdb::IOOptions& options,
                                            ::rocksdb::IODebugContext* debug,
                                            const ::rocksdb::DirFsyncOptions& more) override {
        static_cast<void>(disk_.operate());
        auto status = FSDirectoryWrapper::FsyncWithDirOptions(options, debug, more);
        if (status.ok()) disk_.folder_synced();
        return status;
    }

private:
    Disk& disk_;
};

class WatchedFileSystem final : public ::rocksdb::FileSystemWrapper {
public:
    explicit WatchedFileSystem(Life life)
        : FileSystemWrapper(::rocksdb::FileSystem::Default()), disk_(std::move(life)) {}
    const char* Name() const override { return "watched"; }

    ::rocksdb::IOStatus NewWritableFile(const std::string& path,
                                        const ::rocksdb::FileOptions& options,
                                        std::unique_ptr<::rocksdb::FSWritableFile>* result,
                                        ::rocksdb::IODebugContext* debug) override {
        if (!disk_.operate()) return ::rocksdb::IOStatus::NoSpace("simulated");
        std::unique_ptr<::rocksdb::FSWritableFile> file;
        auto status = FileSystemWrapper::NewWritableFile(path, options, &file, debug);
        if (!status.ok()) return status;
        disk_.created(path);
        *result = std::make_unique<WatchedFile>(std::move(file), path, disk_);
        return status;
    }
    ::rocksdb::IOStatus NewDirectory(const std::string& path, const ::rocksdb::IOOptions& options,
                                     std::unique_ptr<::rocksdb::FSDirectory>* result,
                                     ::rocksdb::IODebugContext* debug) override {
        std::unique_ptr<::rocksdb::FSDirectory> folder;
        auto status = FileSystemWrapper::NewDirectory(path, options, &folder, debug);
        if (status.ok()) *result = std::make_unique<WatchedFolder>(std::move(folder), disk_);
        return status;
    }
    ::rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                                   const ::rocksdb::IOOptions& options,
                                   ::rocksdb::IODebugContext* debug) override {
        static_cast<void>(disk_.operate());
        auto status = FileSystemWrapper::RenameFile(from, to, options, debug);
        if (status.ok()) disk_.renamed(from, to);
        return status;
    }

private:
    Disk disk_;
};

}  // namespace tests
