// tests/migrations/folder_of.hpp: a migrations folder made of names and texts, read.
#pragma once

#include "migrations/folder.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace tests {

inline migrations::SourceTree tree_of(const std::map<std::string, std::string>& files) {
    migrations::SourceTree tree;
    tree.root = "migrations";
    for (const auto& [path, bytes] : files) tree.files[path] = {bytes, ""};
    return tree;
}

// Only for folders that are recognised.
inline migrations::Folder folder_of(const std::map<std::string, std::string>& files,
                                    const migrations::FolderSettings& settings = {}) {
    return migrations::read_folder(tree_of(files), settings).value();
}

inline std::vector<std::string> versions(const migrations::Folder& folder) {
    std::vector<std::string> texts;
    for (const auto& migration : folder.migrations) texts.push_back(migration.version.text);
    return texts;
}

inline std::vector<std::string> rules(const migrations::Folder& folder) {
    std::vector<std::string> names;
    for (const auto& diagnostic : folder.diagnostics) names.push_back(diagnostic.rule);
    return names;
}

// The texts of a script's statements.
inline std::vector<std::string> statements(const migrations::Script& script) {
    std::vector<std::string> texts;
    for (const auto& statement : script.statements)
        texts.push_back(script.text.substr(statement.begin, statement.end - statement.begin));
    return texts;
}

using Texts = std::vector<std::string>;

}  // namespace tests
