#include "adapters/shadow/programs.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <sstream>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace adapters::shadow {

namespace {

namespace fs = std::filesystem;

struct Found {
    unsigned major{};  // 0: not known
    fs::path folder;
};

bool has_server(const fs::path& folder) {
    return access((folder / "postgres").c_str(), X_OK) == 0 &&
           access((folder / "initdb").c_str(), X_OK) == 0;
}

unsigned number_at_end(std::string_view name) {
    const auto first = name.find_first_of("0123456789");
    unsigned number = 0;
    if (first != name.npos) std::from_chars(name.data() + first, name.data() + name.size(), number);
    return number;
}

void look_into(const fs::path& parent, std::string_view prefix, std::vector<Found>& found) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator{parent, error}) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with(prefix)) continue;
        const unsigned major = number_at_end(name);
        if (major > 0 && has_server(entry.path() / "bin"))
            found.push_back({major, entry.path() / "bin"});
    }
}

void look_on_path(std::vector<Found>& found) {
    const char* path = std::getenv("PATH");
    std::istringstream folders{path == nullptr ? "" : path};
    for (std::string folder; std::getline(folders, folder, ':');) {
        if (!folder.empty() && has_server(folder)) found.push_back({0, folder});
        std::error_code error;
        const fs::path target = fs::canonical(fs::path{folder} / "pg_config", error).parent_path();
        if (!error && has_server(target)) found.push_back({0, target});
    }
}

// Debian's wrapper of another version must not pass for this one: the program itself is looked at.
std::string key_of(const fs::path& folder) {
    struct stat status {};
    const fs::path program = folder / "postgres";
    if (stat(program.c_str(), &status) != 0) return "unknown";
    return std::to_string(status.st_size) + "-" + std::to_string(status.st_mtim.tv_sec) + "-" +
           std::to_string(status.st_ino);
}

Programs programs_in(const fs::path& folder) { return {folder, key_of(folder)}; }

}  // namespace

ledger::Result<Programs> find_programs(std::optional<unsigned> major) {
    if (const char* named = std::getenv("VARVE_POSTGRES_BIN"); named != nullptr && *named != '\0') {
        if (has_server(named)) return programs_in(named);
        return ledger::fail(
            ledger::Code::unavailable, "shadow-missing",
            "VARVE_POSTGRES_BIN names " + std::string{named} + ", where no postgres and initdb are",
            "name the folder that holds them");
    }
    std::vector<Found> found;
    look_into("/usr/lib/postgresql", "", found);
    look_into("/usr", "pgsql-", found);
    look_into("/opt/homebrew/opt", "postgresql@", found);
    look_into("/usr/local/opt", "postgresql@", found);
    std::stable_sort(found.begin(), found.end(),
                     [](const Found& a, const Found& b) { return a.major > b.major; });
    look_on_path(found);
    if (found.empty())
        return ledger::fail(ledger::Code::unavailable, "shadow-missing",
                            "no PostgreSQL server is installed here to rehearse on",
                            "install one (Debian: apt-get install postgresql), or let "
                            "TEST_DATABASE_URL name a server on which databases may be made");
    const auto wanted = std::find_if(found.begin(), found.end(), [&](const Found& each) {
        return major && each.major == *major;
    });
    return programs_in(wanted != found.end() ? wanted->folder : found.front().folder);
}

}  // namespace adapters::shadow
