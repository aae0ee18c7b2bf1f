// migrations/home.hpp: where in a tree the migrations are, when it holds more than they.
//
// Shape  the tree's top where it has SQL files or folders of migrations; else the one folder below
//        that has, or the one named for PostgreSQL among several: "postgres/", "pg/".
#pragma once

#include "migrations/source_tree.hpp"

#include <string>
#include <vector>

namespace migrations {

// "" or a path that ends in '/'.
[[nodiscard]] std::string find_home(const SourceTree& tree);

// Folders that hold SQL files, for a message that suggests them.
[[nodiscard]] std::vector<std::string> folders_with_sql(const SourceTree& tree);

}  // namespace migrations
