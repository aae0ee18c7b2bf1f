#include "adapters/rocksdb/backup.hpp"

#include "adapters/rocksdb/anchor.hpp"
#include "adapters/rocksdb/empty_ledger.hpp"
#include "adapters/rocksdb/folder.hpp"
#include "adapters/rocksdb/reader.hpp"
#include "adapters/rocksdb/replica.hpp"
#include "adapters/rocksdb/store.hpp"
#include "adapters/rocksdb/verify.hpp"
#include "adapters/rocksdb/writer_lock.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace adapters::rocksdb {

namespace fs = std::filesystem;
using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

constexpr std::chrono::milliseconds backup_lock_wait{0};  // beside a writer there is another way

// Links on the ledger's own file system; gone with this object. Those of a process that was killed
// are gone with the next.
class Links {
public:
    explicit Links(const fs::path& ledger)
        : folder_{ledger / (std::string{prefix} + std::to_string(getpid()))} {
        std::error_code ignored;
        for (const auto& entry : fs::directory_iterator{ledger, ignored})
            if (is_left_over(entry.path().filename().string())) remove(entry.path());
    }
    ~Links() { remove(folder_); }
    Links(const Links&) = delete;
    Links& operator=(const Links&) = delete;
    [[nodiscard]] const fs::path& folder() const { return folder_; }

private:
    static constexpr std::string_view prefix = ".copying-";

    static bool is_left_over(const std::string& name) {
        if (!name.starts_with(prefix)) return false;
        const int process = std::atoi(name.c_str() + prefix.size());
        return process == getpid() || (::kill(process, 0) != 0 && errno == ESRCH);
    }
    static void remove(const fs::path& path) {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
    fs::path folder_;
};

Result<void> expect_fit(const fs::path& ledger, const fs::path& destination) {
    std::error_code error;
    if (is_within(destination, ledger))
        return fail(Code::refused, "destination-unfit",
                    destination.string() + " is inside the ledger's own folder",
                    "name a folder elsewhere, on another disk where there is one");
    const fs::file_status status = fs::status(destination, error);
    if (status.type() == fs::file_type::not_found) return {};
    if (fs::is_directory(status) && fs::is_empty(destination, error) && !error) return {};
    return fail(Code::refused, "destination-unfit",
                "there is something at " + destination.string() + " already",
                "name a folder that is not there yet, or an empty one; nothing was changed");
}

Result<ledger::Head> link_tables(const fs::path& ledger, const Links& links, ledger::Clock& clock) {
    OpenOptions options;
    options.lock_wait = backup_lock_wait;
    options.command = "varve ledger backup";
    const auto store = Store::open(ledger, clock, options);
    if (!store) return fail(store.error());
    return (*store)->link_tables(links.folder());
}

// The lock is held for the links alone: whatever is written later has no part in them.
Result<void> copy_tables(const BackupRequest& request, const fs::path& folder,
                         ledger::Clock& clock) {
    const Links links{request.ledger};
    const auto head = link_tables(request.ledger, links, clock);
    if (!head) return fail(head.error());
    auto copied = copy_folder(links.folder(), events_of(folder), request.is_stopped);
    if (!copied) return copied;
    const auto anchor = AnchorFile::create(folder, {0, head->ledger, head->size, head->root});
    if (!anchor) return fail(anchor.error());
    return {};
}

bool may_be_read_all_the_same(const ledger::Error& error) {
    return error.reason == "ledger-locked" || error.reason == "ledger-unreachable" ||
           error.reason == "ledger-full" || error.reason == "ledger-is-copy" ||
           error.reason == "loss-unaccepted";
}

// True where it went line by line.
Result<bool> fill(const BackupRequest& request, NewFolder& making, ledger::Clock& clock) {
    const auto copied = copy_tables(request, making.folder(), clock);
    if (copied) return false;
    if (!may_be_read_all_the_same(copied.error())) return fail(copied.error());
    if (auto begun = making.begin(); !begun) return fail(begun.error());
    if (auto lines = copy_lines(request.ledger, making.folder()); !lines)
        return fail(lines.error());
    return true;
}

Result<Manifest> manifest_for(const BackupRequest& request, const fs::path& folder,
                              ledger::Clock& clock) {
    const auto anchor = read_anchor(folder);
    if (!anchor) return fail(anchor.error());
    if (request.verifies)
        if (auto whole = expect_whole(folder, anchor->size, anchor->root); !whole)
            return fail(whole.error());
    const auto reader = Reader::open(folder);
    if (!reader) return fail(reader.error());
    auto checkpoint = (*reader)->checkpoint(anchor->size);
    if (!checkpoint) return fail(checkpoint.error());
    auto files = files_of_copy(folder);
    if (!files) return fail(files.error());
    return Manifest{anchor->ledger, anchor->size,           anchor->root,     clock.now_us(),
                    request.tool,   std::move(*checkpoint), std::move(*files)};
}

}  // namespace

Result<void> copy_lines(const fs::path& path, const fs::path& folder) {
    const auto anchor = read_anchor(path);  // first, so that what it says is in what is read next
    if (!anchor) return fail(anchor.error());
    const auto source = Reader::open(path);
    if (!source) return fail(source.error());
    if (auto made = make_empty(folder, anchor->ledger); !made) return made;
    const auto replica = Replica::open(folder, "varve ledger backup");
    if (!replica) return fail(replica.error());
    if (auto taken = (*replica)->take_up_to(anchor->size, **source); !taken) return taken;
    (*replica)->make_tables();
    if ((*replica)->head().root == anchor->root) return {};
    return fail(Code::corrupt, "copy-damaged",
                "the events that were read do not give the root that their anchor says",
                "`varve verify` of the ledger says what is wrong");
}

Result<void> expect_whole(const fs::path& folder, std::uint64_t size, const ledger::Digest& root) {
    const auto verification = verify_in_child(folder);
    if (!verification) return fail(verification.error());
    if (!verification->faults.empty()) {
        const Fault& fault = verification->faults.front();
        return fail(Code::corrupt, "copy-damaged",
                    "the copy is not whole: " + fault.what +
                        (fault.position ? " at position " + std::to_string(*fault.position) : "") +
                        ": " + fault.detail,
                    "`varve verify` of what was copied says whether it is whole itself; then the "
                    "disk of the copy is to be looked at");
    }
    if (verification->size == size && verification->root == root) return {};
    return fail(Code::corrupt, "copy-damaged",
                "the copy has " + std::to_string(verification->size) + " events and root " +
                    ledger::hex(verification->root) + ", not " + std::to_string(size) + " and " +
                    ledger::hex(root),
                "use another copy");
}

Result<Backup> back_up(const BackupRequest& given, ledger::Clock& clock) {
    BackupRequest request = given;
    request.ledger = tidy_path(given.ledger);
    request.destination = tidy_path(given.destination);
    if (auto there = expect_ledger(request.ledger); !there) return fail(there.error());
    if (auto fit = expect_fit(request.ledger, request.destination); !fit) return fail(fit.error());
    NewFolder making{request.destination, "copying"};
    if (auto begun = making.begin(); !begun) return fail(begun.error());
    const auto line_by_line = fill(request, making, clock);
    if (!line_by_line) return fail(line_by_line.error());
    std::error_code ignored;
    fs::remove(lock_of(making.folder()), ignored);
    auto manifest = manifest_for(request, making.folder(), clock);
    if (!manifest) return fail(manifest.error());
    if (auto done = write_file(manifest_of(making.folder()), to_text(*manifest)); !done)
        return fail(done.error());
    if (auto on = expect_not_stopped(request.is_stopped); !on) return fail(on.error());
    const auto placed = making.take_place();
    if (!placed) return fail(placed.error());
    if (!*placed)
        return fail(Code::refused, "destination-unfit",
                    "somebody else has put something at " + request.destination.string(),
                    "name another folder; nothing was changed");
    return Backup{std::move(*manifest), *line_by_line, request.destination};
}

}  // namespace adapters::rocksdb
