// migrations/source_tree.hpp: the bytes of a migrations folder, already read; layouts are pure.
//
// Shape  path relative to the folder, '/' between, sorted; a file that could not be read has its
//        error in place of its bytes.
#pragma once

#include <map>
#include <optional>
#include <string>

namespace migrations {

struct SourceFile {
    std::string bytes;
    std::string error;  // "Permission denied"; empty where the bytes are there
    bool operator==(const SourceFile&) const = default;
};

struct SourceTree {
    std::string root;  // as the user named it, for messages
    std::map<std::string, SourceFile> files;
};

}  // namespace migrations
