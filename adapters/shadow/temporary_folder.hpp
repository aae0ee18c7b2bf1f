// adapters/shadow/temporary_folder.hpp: where a disposable server keeps its data.
//
// Chosen  TMPDIR where it is set; else memory (/dev/shm), where there is plenty of it; else /tmp.
// Why     a data folder is a thousand small files. ext4 does not give an inode out again for five
//         seconds after a file was removed, and looks at each of them for every new file: on a disk
//         one server right after another takes four times as long to start.
#pragma once

#include <filesystem>
#include <vector>

namespace adapters::shadow {

// Short enough for a socket in it, and open to the server's user where that is another one.
[[nodiscard]] std::filesystem::path temporary_folder();

// All that may have been chosen, then or now: where dead ones may have left something.
[[nodiscard]] std::vector<std::filesystem::path> temporary_folders();

// Whether it is a file system in memory with so much room that nobody misses it.
[[nodiscard]] bool is_roomy_memory(const std::filesystem::path& folder);

}  // namespace adapters::shadow
