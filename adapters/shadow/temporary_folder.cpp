#include "adapters/shadow/temporary_folder.hpp"

#include "adapters/shadow/owner.hpp"

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <linux/magic.h>
#include <string>
#include <sys/stat.h>
#include <sys/vfs.h>

namespace adapters::shadow {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t socket_path_max = 100;  // of 107, for ".s.PGSQL.5432"
constexpr std::size_t name_bytes = 40;
constexpr std::uint64_t room_bytes_min = std::uint64_t{4} << 30U;
constexpr const char* on_disk = "/tmp";
constexpr const char* in_memory = "/dev/shm";

// The server's user, where that is another one, must come through, and remove its folder there.
bool is_open_to_others(const fs::path& folder) {
    struct stat last {};
    if (stat(folder.c_str(), &last) != 0 || (last.st_mode & S_IWOTH) == 0) return false;
    for (fs::path each = folder; each.has_relative_path(); each = each.parent_path()) {
        struct stat status {};
        if (stat(each.c_str(), &status) != 0 || (status.st_mode & S_IXOTH) == 0) return false;
    }
    return true;
}

bool is_fit(const fs::path& folder) {
    return folder.string().size() + name_bytes < socket_path_max &&
           (!other_owner() || is_open_to_others(folder));
}

// What can be had without taking it from anybody; 0 where the kernel does not say.
std::uint64_t available_memory_bytes() {
    std::ifstream file{"/proc/meminfo"};
    std::string name;
    std::uint64_t kibibytes = 0;
    std::string unit;
    while (file >> name >> kibibytes && std::getline(file, unit))
        if (name == "MemAvailable:") return kibibytes << 10U;
    return 0;
}

}  // namespace

bool is_roomy_memory(const fs::path& folder) {
    struct statfs found {};
    if (statfs(folder.c_str(), &found) != 0 || found.f_type != TMPFS_MAGIC) return false;
    const std::uint64_t free_bytes = found.f_bavail * static_cast<std::uint64_t>(found.f_bsize);
    return free_bytes >= room_bytes_min && available_memory_bytes() >= room_bytes_min;
}

fs::path temporary_folder() {
    const char* chosen = std::getenv("TMPDIR");
    if (chosen != nullptr && *chosen == '/') return is_fit(chosen) ? chosen : on_disk;
    return is_roomy_memory(in_memory) && is_fit(in_memory) ? in_memory : on_disk;
}

std::vector<fs::path> temporary_folders() {
    std::vector<fs::path> folders{on_disk, in_memory};
    const fs::path chosen = temporary_folder();
    if (chosen != on_disk && chosen != in_memory) folders.push_back(chosen);
    return folders;
}

}  // namespace adapters::shadow
