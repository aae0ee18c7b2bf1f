#include "adapters/rocksdb/folder.hpp"

#include <algorithm>
#include <fstream>
#include <string>
#include <sys/statvfs.h>
#include <system_error>

namespace adapters::rocksdb {

namespace fs = std::filesystem;
using ledger::Code;
using ledger::fail;

namespace {

constexpr int links_max = 40;  // as Linux follows

// The first line of a small file.
std::string text_of(const fs::path& path) {
    std::ifstream file{path};
    std::string line;
    std::getline(file, line);
    return line;
}

ledger::Error unreachable(const fs::path& path, const std::error_code& error) {
    return {Code::unavailable, "ledger-unreachable", path.string() + ": " + error.message(),
            "look at the folder's owner, its rights and its disk"};
}

}  // namespace

ledger::Result<void> expect_ledger(const fs::path& path) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (status.type() == fs::file_type::not_found)
        return fail(Code::refused, "ledger-missing", "there is no ledger at " + path.string(),
                    "make one with `varve init`, or say where it is with --ledger");
    if (error) return fail(unreachable(path, error));
    if (!fs::is_directory(status))
        return fail(Code::refused, "not-a-ledger",
                    path.string() + " is a file; a ledger is a folder");
    const bool has_events = fs::exists(events_of(path) / "CURRENT", error);
    if (error) return fail(unreachable(path, error));
    if (has_events) return {};
    if (fs::exists(path / "anchor", error))
        return fail(Code::corrupt, "ledger-damaged",
                    path.string() + " has an anchor, but its events are gone",
                    "`varve ledger restore COPY --replace` puts a copy in its place");
    return fail(Code::refused, "not-a-ledger", path.string() + " is a folder without a ledger",
                "make one with `varve init`, or say where it is with --ledger");
}

ledger::Result<void> expect_writable(const fs::path& path, bool accepts_restored) {
    std::error_code ignored;
    if (fs::exists(manifest_of(path), ignored))
        return fail(Code::refused, "ledger-is-copy",
                    path.string() + " is a backup: nothing may be written to it",
                    "make a ledger of it with `varve ledger restore " + path.string() +
                        " --to PLACE`; reading it is fine");
    if (fs::exists(follows_of(path), ignored))
        return fail(Code::refused, "ledger-is-copy",
                    path.string() + " is a copy; it follows " + text_of(follows_of(path)),
                    "write to the ledger that it follows; if that is lost, make a ledger of the "
                    "copy with `varve ledger restore " +
                        path.string() + " --to PLACE`");
    if (!accepts_restored && fs::exists(restored_of(path), ignored))
        return fail(
            Code::refused, "loss-unaccepted",
            path.string() + " is restored and waits for a decision: " + text_of(restored_of(path)),
            "look for a newer copy first; then `varve ledger restore --accept-loss "
            "--reason WHY` writes down what is lost");
    return {};
}

ledger::Result<void> expect_none(const fs::path& path) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (status.type() == fs::file_type::not_found) return {};
    if (fs::is_directory(status) && fs::is_empty(path, error) && !error) return {};
    const bool is_ledger = fs::exists(path / "anchor", error) || fs::exists(events_of(path), error);
    if (is_ledger)
        return fail(Code::refused, "ledger-exists", "there is a ledger at " + path.string(),
                    "use it as it is; nothing was changed");
    return fail(Code::refused, "not-a-ledger",
                path.string() + " exists already and is not a ledger",
                "choose a path where nothing is yet, or an empty folder");
}

ledger::Result<void> expect_room(const fs::path& path, std::uint64_t bytes,
                                 const std::string& help) {
    struct statvfs disk {};
    if (statvfs(path.c_str(), &disk) != 0) return {};
    const std::uint64_t free = std::uint64_t{disk.f_bavail} * disk.f_frsize;
    if (free >= bytes) return {};
    return fail(Code::unavailable, "ledger-full",
                "the disk under " + path.string() + " has " + std::to_string(free >> 20U) +
                    " MiB left, and " + std::to_string(bytes >> 20U) + " MiB must stay free",
                help);
}

fs::path tidy_path(const fs::path& path) {
    std::error_code error;
    const fs::path absolute = fs::absolute(path, error).lexically_normal();
    return absolute.has_filename() ? absolute : absolute.parent_path();
}

fs::path behind_links(const fs::path& path) {
    std::error_code error;
    fs::path place = path;
    for (int count = 0; count < links_max && fs::is_symlink(place, error); ++count) {
        const fs::path target = fs::read_symlink(place, error);
        if (error) break;
        place = tidy_path(place.parent_path() / target);
    }
    return place;
}

bool is_within(const fs::path& path, const fs::path& folder) {
    std::error_code error;
    const fs::path real = fs::weakly_canonical(behind_links(path), error);
    if (error) return false;
    const fs::path outer = fs::weakly_canonical(behind_links(folder), error);
    if (error) return false;
    return std::mismatch(outer.begin(), outer.end(), real.begin(), real.end()).first == outer.end();
}

}  // namespace adapters::rocksdb
