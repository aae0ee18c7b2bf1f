#include "adapters/rocksdb/anchor.hpp"
#include "adapters/rocksdb/database.hpp"
#include "adapters/rocksdb/folder.hpp"
#include "adapters/rocksdb/store.hpp"
#include "ledger/tree.hpp"

#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace adapters::rocksdb {

namespace fs = std::filesystem;
using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

tl::unexpected<ledger::Error> unreachable(const fs::path& path, const std::error_code& error) {
    return fail(Code::unavailable, "ledger-unreachable", path.string() + ": " + error.message(),
                "a new ledger needs a folder that you may write to");
}

Result<void> sync_folder(const fs::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = descriptor >= 0 && fsync(descriptor) == 0;
    const std::error_code error{errno, std::generic_category()};
    if (descriptor >= 0) ::close(descriptor);
    if (!synced) return unreachable(path, error);
    return {};
}

// A folder that is gone with this object, unless it got its name.
class Making {
public:
    explicit Making(const fs::path& path)
        : folder_(path.parent_path() /
                  ("." + path.filename().string() + ".making-" + std::to_string(getpid()) + "-" +
                   std::to_string(next_number++))) {}
    ~Making() {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }
    Making(const Making&) = delete;
    Making& operator=(const Making&) = delete;

    [[nodiscard]] const fs::path& folder() const { return folder_; }

    Result<void> begin() {
        std::error_code error;
        fs::create_directories(folder_.parent_path(), error);
        if (error) return unreachable(folder_.parent_path(), error);
        fs::remove_all(folder_, error);
        if (::mkdir(folder_.c_str(), S_IRWXU) != 0)
            return unreachable(folder_, {errno, std::generic_category()});
        return {};
    }

    // rename() replaces an empty folder and no other, so nobody's ledger is ever lost.
    Result<void> rename_to(const fs::path& path) {
        if (auto synced = sync_folder(folder_); !synced) return synced;
        std::error_code error;
        fs::rename(folder_, path, error);
        if (error == std::errc::directory_not_empty || error == std::errc::file_exists)
            return fail(Code::refused, "ledger-exists", "there is a ledger at " + path.string(),
                        "use it as it is; nothing was changed");
        if (error) return unreachable(path, error);
        return sync_folder(path.parent_path());
    }

private:
    static inline std::atomic<unsigned> next_number{0};
    fs::path folder_;
};

Result<void> make_empty(const fs::path& folder, const ledger::Uuid& uuid) {
    auto database = Database::open(events_of(folder), Mode::create);
    if (!database) return fail(database.error());
    ::rocksdb::WriteBatch batch;
    ::rocksdb::ColumnFamilyHandle* meta = (*database)->handle(Family::meta);
    ::rocksdb::Status status = batch.Put(meta, slice(format_key), slice(format_value));
    if (status.ok()) status = batch.Put(meta, slice(ledger_key), slice(bytes_of(uuid)));
    if (status.ok()) status = (*database)->commit(batch);
    if (!status.ok()) return fail(error_of(status, "making the ledger"));
    const auto anchor = AnchorFile::create(folder, {0, uuid, 0, ledger::empty_root()});
    if (!anchor) return fail(anchor.error());
    return {};
}

}  // namespace

Result<std::unique_ptr<Store>> Store::create(const fs::path& given, ledger::Clock& clock,
                                             CreateOptions options) {
    const fs::path path = tidy_path(given);
    if (auto none = expect_none(path); !none) return fail(none.error());
    Making making{path};
    if (auto done = making.begin(); !done) return fail(done.error());
    if (auto done = make_empty(making.folder(), options.ledger); !done) return fail(done.error());
    {
        auto store = open(making.folder(), clock, options.open);
        if (!store) return fail(store.error());
        if (options.first) {
            const auto appended = (*store)->append(std::move(*options.first));
            if (!appended) return fail(appended.error());
        }
        (*store)->make_tables();
    }
    if (auto done = making.rename_to(path); !done) return fail(done.error());
    return open(path, clock, options.open);
}

}  // namespace adapters::rocksdb
