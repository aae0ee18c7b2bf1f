// migrations/home.hpp: where in a tree the migrations are, when it holds more than they.
//
// Shape  the tree's top where it has SQL files or folders of migrations; else the one folder below
//        that has, or the one named for PostgreSQL among several: "postgres/", "pg/". Flyway reads
//        folders within folders: where what is beside that one is Flyway's too ("common/"), all of
//        it is the home, but for what is named for other databases.
#pragma once

#include "migrations/source_tree.hpp"

#include <string>
#include <vector>

namespace migrations {

// "" or a path that ends in '/'.
[[nodiscard]] std::string find_home(const SourceTree& tree);

// Of the folders in the home those for other databases ("mysql/"), where there is one for
// PostgreSQL beside them: paths that end in '/'.
[[nodiscard]] std::vector<std::string> folders_of_other_databases(const SourceTree& tree,
                                                                  const std::string& home);

// Folders that hold SQL files, for a message that suggests them.
[[nodiscard]] std::vector<std::string> folders_with_sql(const SourceTree& tree);

}  // namespace migrations
