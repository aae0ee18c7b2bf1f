#include "adapters/shadow/data_folder.hpp"

#include "adapters/shadow/process.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace adapters::shadow {

namespace {

namespace fs = std::filesystem;

// A change of how folders are made needs another name: what older programs cached stays theirs.
constexpr const char* form = "1";

fs::path cache_folder(const Programs& programs) {
    const char* chosen = std::getenv("XDG_CACHE_HOME");
    const char* home = std::getenv("HOME");
    if (chosen != nullptr && *chosen == '/')
        return fs::path{chosen} / "varve" / "shadow" / (programs.key + "-" + form);
    if (home == nullptr || *home != '/') return {};
    return fs::path{home} / ".cache" / "varve" / "shadow" / (programs.key + "-" + form);
}

bool give_to(const fs::path& path, const std::optional<Owner>& owner) {
    return !owner || lchown(path.c_str(), owner->user, owner->group) == 0;
}

// Folders and files are all that a data folder has.
bool copy_tree(const fs::path& from, const fs::path& to, const std::optional<Owner>& owner) {
    std::error_code error;
    fs::create_directory(to, error);
    if (error || chmod(to.c_str(), S_IRWXU) != 0 || !give_to(to, owner)) return false;
    for (const auto& entry : fs::directory_iterator{from, error}) {
        const fs::path target = to / entry.path().filename();
        if (entry.is_directory(error)) {
            if (!copy_tree(entry.path(), target, owner)) return false;
        } else {
            fs::copy_file(entry.path(), target, error);
            if (error || !give_to(target, owner)) return false;
        }
    }
    return !error;
}

ledger::Result<void> initialise(const DataFolderRequest& request) {
    const fs::path log = request.place.parent_path() / "initdb.log";
    const int status = run_program(
        {(request.programs.folder / "initdb").string(), "--pgdata=" + request.place.string(),
         "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync",
         "--no-instructions", "--wal-segsize=1"},
        request.place.parent_path(), log, request.owner);
    if (status == 0) return {};
    return ledger::fail(ledger::Code::unavailable, "shadow-failed",
                        "initdb has made no data folder: " + last_words(log),
                        "see that there is room in " + request.place.parent_path().string());
}

// Whatever fails here costs the next one half a second, and nobody anything else.
void keep(const fs::path& made, const fs::path& cache) {
    std::error_code error;
    fs::create_directories(cache.parent_path(), error);
    if (error) return;
    const fs::path beside = cache.string() + "." + std::to_string(getpid());
    if (copy_tree(made, beside, std::nullopt)) fs::rename(beside, cache, error);
    fs::remove_all(beside, error);
}

}  // namespace

std::string last_words(const fs::path& log) {
    constexpr std::size_t bytes_max = 600;
    std::ifstream file{log, std::ios::binary};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    if (text.size() > bytes_max) text.erase(0, text.size() - bytes_max);
    return text.empty() ? "it said nothing" : text;
}

ledger::Result<void> make_data_folder(const DataFolderRequest& request) {
    const fs::path cache = cache_folder(request.programs);
    std::error_code error;
    if (request.remakes_cache && !cache.empty()) fs::remove_all(cache, error);
    // The last file that initdb makes is the sign that the folder is whole.
    if (!cache.empty() && fs::exists(cache / "PG_VERSION", error)) {
        if (copy_tree(cache, request.place, request.owner)) return {};
        fs::remove_all(request.place, error);
    }
    if (auto made = initialise(request); !made) return made;
    if (!cache.empty()) keep(request.place, cache);
    return {};
}

}  // namespace adapters::shadow
