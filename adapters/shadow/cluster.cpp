#include "adapters/shadow/cluster.hpp"

#include "adapters/shadow/data_folder.hpp"
#include "adapters/shadow/programs.hpp"
#include "adapters/shadow/temporary_folder.hpp"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace adapters::shadow {

namespace {

namespace fs = std::filesystem;

constexpr const char* folder_prefix = "varve-shadow.";

ledger::Result<fs::path> new_folder(const std::optional<Owner>& owner) {
    const fs::path temporary = temporary_folder();
    std::string name = (temporary / (std::string{folder_prefix} + "XXXXXX")).string();
    if (mkdtemp(name.data()) == nullptr ||
        (owner && chown(name.c_str(), owner->user, owner->group) != 0))
        return ledger::fail(ledger::Code::unavailable, "shadow-failed",
                            "no folder can be made in " + temporary.string(),
                            "let TMPDIR name a folder that can be written");
    return fs::path{name};
}

std::vector<std::string> server_words(const Programs& programs, const fs::path& folder) {
    std::vector<std::string> words{(programs.folder / "postgres").string(), "-D",
                                   (folder / "data").string()};
    for (const std::string& setting : {std::string{"listen_addresses="},
                                       "unix_socket_directories=" + folder.string(),
                                       std::string{"unix_socket_permissions=0700"},
                                       std::string{"port=5432"},
                                       std::string{"fsync=off"},
                                       std::string{"synchronous_commit=off"},
                                       std::string{"full_page_writes=off"},
                                       std::string{"jit=off"},
                                       std::string{"autovacuum=off"},
                                       std::string{"max_locks_per_transaction=1024"},
                                       std::string{"max_connections=24"},
                                       std::string{"max_prepared_transactions=4"},
                                       std::string{"max_wal_size=4GB"},
                                       std::string{"checkpoint_timeout=1d"},
                                       std::string{"max_logical_replication_workers=0"},
                                       std::string{"wal_level=logical"},
                                       std::string{"dynamic_shared_memory_type=mmap"},
                                       std::string{"TimeZone=UTC"},
                                       std::string{"log_timezone=UTC"},
                                       std::string{"shared_buffers=64MB"},
                                       std::string{"logging_collector=off"}}) {
        words.emplace_back("-c");
        words.push_back(setting);
    }
    return words;
}

// pg_ctl's own sign: the eighth line of postmaster.pid.
bool is_ready(const fs::path& folder) {
    constexpr int status_line = 8;
    std::ifstream file{folder / "data" / "postmaster.pid"};
    std::string line;
    for (int number = 0; number < status_line; ++number)
        if (!std::getline(file, line)) return false;
    return line.starts_with("ready");
}

bool becomes_ready(const fs::path& folder, const Keeper& keeper) {
    using namespace std::chrono_literals;
    const auto end = std::chrono::steady_clock::now() + 60s;
    while (std::chrono::steady_clock::now() < end) {
        if (is_ready(folder)) return true;
        if (!keeper.has_server()) return false;
        std::this_thread::sleep_for(1ms);
    }
    return false;
}

// In some places a script stands there, which starts the server.
bool is_binary(const fs::path& program) {
    std::string magic(4, '\0');
    std::ifstream{program, std::ios::binary}.read(magic.data(), 4);
    return magic ==
           "\x7f"
           "ELF";
}

// To its statistics collector, up to PostgreSQL 14.
bool connects_to_itself(const fs::path& data) {
    constexpr int without_collector = 15;
    int version = 0;
    std::ifstream{data / "PG_VERSION"} >> version;
    return version < without_collector;
}

struct Started {
    fs::path folder;
    Keeper keeper;
};

ledger::Result<std::unique_ptr<Started>> start_once(const Programs& programs, bool remakes_cache) {
    const auto owner = other_owner();
    const auto folder = new_folder(owner);
    if (!folder) return ledger::fail(folder.error());
    std::error_code error;
    if (auto made = make_data_folder({programs, *folder / "data", owner, remakes_cache}); !made) {
        fs::remove_all(*folder, error);
        return ledger::fail(made.error());
    }
    auto keeper = Keeper::start({*folder, server_words(programs, *folder), owner,
                                 is_binary(programs.folder / "postgres"),
                                 connects_to_itself(*folder / "data")});
    if (!keeper) return ledger::fail(keeper.error());
    const bool ready = becomes_ready(*folder, *keeper);
    const std::string said = ready ? "" : last_words(*folder / "server.log");
    if (ready) return std::make_unique<Started>(Started{*folder, *std::move(keeper)});
    return ledger::fail(ledger::Code::unavailable, "shadow-failed",
                        "the server to rehearse on has not started: " + said,
                        "or let TEST_DATABASE_URL name a server on which databases may be made");
}

// A folder that nobody keeps may be about to get its keeper.
bool is_old(const fs::path& folder) {
    constexpr std::time_t young_s = 60;
    struct stat status {};
    return lstat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
           time(nullptr) - status.st_mtim.tv_sec > young_s;
}

bool is_ours(const fs::path& folder) {
    const auto owner = other_owner();
    struct stat status {};
    return lstat(folder.c_str(), &status) == 0 &&
           (status.st_uid == geteuid() || (owner && status.st_uid == owner->user));
}

}  // namespace

ledger::Result<std::unique_ptr<Cluster>> Cluster::start(std::optional<unsigned> major) {
    const auto programs = find_programs(major);
    if (!programs) return ledger::fail(programs.error());
    for (const fs::path& folder : temporary_folders()) sweep(folder);
    auto started = start_once(*programs, false);
    if (!started) started = start_once(*programs, true);  // the cached folder may be broken
    if (!started) return ledger::fail(started.error());
    return std::unique_ptr<Cluster>{new Cluster{(*started)->folder, std::move((*started)->keeper)}};
}

std::string Cluster::connection_string() const {
    return "host='" + folder_.string() + "' port=5432 user=postgres";
}

std::size_t sweep(const fs::path& temporary) {
    std::size_t count = 0;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator{temporary, error}) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with(folder_prefix) || !is_ours(entry.path())) continue;
        if (!is_old(entry.path()) || is_kept(entry.path())) continue;
        fs::remove_all(entry.path(), error);
        ++count;
    }
    return count;
}

}  // namespace adapters::shadow
