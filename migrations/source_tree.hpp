// migrations/source_tree.hpp: the bytes of a migrations folder, already read; layouts are pure.
//
// Shape  path relative to the folder, '/' between, sorted; a file that could not be read has its
//        error in place of its bytes.
// Waits  a file may be there without having been read: then nothing but its name may be asked for.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace migrations {

struct SourceFile {
    std::string bytes;
    std::string error;  // "Permission denied"; empty where the bytes are there
    bool waits{};       // to be read: the bytes are not there yet
    bool is_folder{};   // that could not be looked into, or not wholly; `error` says why
    bool operator==(const SourceFile&) const = default;
};

struct SourceTree {
    std::string root;  // as the user named it, for messages
    std::map<std::string, SourceFile> files;
};

// A file of its own that undoes a migration. What is in it matters once something is to be run.
[[nodiscard]] inline bool is_down_file(std::string_view path) {
    return path.ends_with(".down.sql");
}

}  // namespace migrations
