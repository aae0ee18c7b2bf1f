#include "adapters/files/folder_reader.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace folder_reader_test {
namespace {

namespace fs = std::filesystem;
using adapters::files::read_tree;

class Folder {
public:
    Folder() {
        std::string name = (fs::temp_directory_path() / "varve-files-XXXXXX").string();
        path_ = mkdtemp(name.data());
    }
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    void write(const std::string& name, const std::string& bytes) const {
        fs::create_directories((path_ / name).parent_path());
        std::ofstream{path_ / name, std::ios::binary} << bytes;
    }
    [[nodiscard]] const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

std::vector<std::string> names(const migrations::SourceTree& tree) {
    std::vector<std::string> found;
    for (const auto& [name, file] : tree.files) found.push_back(name);
    return found;
}

}  // namespace

TEST_CASE("a folder in a script's place is told") {
    const Folder folder;
    folder.write("1_a.down.sql/kept", "x");
    folder.write("2_b.sql/migration.sql", "SELECT 1;");
    folder.write("old.sql/README.md", "x");
    const auto tree = read_tree(folder.path());
    REQUIRE(tree);
    CHECK(tree->files.at("1_a.down.sql").error == "it is a directory");
    CHECK_FALSE(tree->files.contains("2_b.sql"));
    CHECK_FALSE(tree->files.contains("old.sql"));
}

TEST_CASE("a folder is read with its bytes, nested folders too, hidden ones not") {
    const Folder folder;
    folder.write("1_a.up.sql", std::string{"a\0\r\n", 4});
    folder.write("sub/deep/2.sql", "b");
    folder.write(".git/config", "x");
    folder.write(".template.up.sql", "x");
    folder.write("node_modules/m/1.sql", "x");
    const auto tree = read_tree(folder.path());
    REQUIRE(tree);
    CHECK(tree->root == folder.path().string());
    CHECK(names(*tree) == std::vector<std::string>{"1_a.up.sql", "sub/deep/2.sql"});
    CHECK(tree->files.at("1_a.up.sql").bytes == std::string{"a\0\r\n", 4});
}

TEST_CASE("a folder that is missing, or is none, is refused with what to do") {
    const Folder folder;
    folder.write("file", "");
    const auto missing = read_tree(folder.path() / "gone");
    REQUIRE_FALSE(missing);
    CHECK(missing.error().reason == "migrations-missing");
    CHECK_FALSE(missing.error().help.empty());
    const auto file = read_tree(folder.path() / "file");
    REQUIRE_FALSE(file);
    CHECK(file.error().reason == "migrations-not-a-folder");
    CHECK(read_tree(folder.path())->files.size() == 1);
}

TEST_CASE("a link is followed once, and one that leads nowhere is an error in the tree") {
    const Folder folder;
    folder.write("real/1.sql", "a");
    fs::create_directory_symlink(folder.path(), folder.path() / "real/up");
    fs::create_symlink(folder.path() / "real/1.sql", folder.path() / "2.sql");
    fs::create_symlink("nowhere", folder.path() / "3.sql");
    fs::create_symlink("4.sql", folder.path() / "4.sql");
    const auto tree = read_tree(folder.path());
    REQUIRE(tree);
    CHECK(names(*tree) == std::vector<std::string>{"2.sql", "3.sql", "4.sql", "real/1.sql"});
    CHECK(tree->files.at("2.sql").bytes == "a");
    CHECK_FALSE(tree->files.at("3.sql").error.empty());
    CHECK_FALSE(tree->files.at("4.sql").error.empty());
}

TEST_CASE("a link that leads nowhere counts where its name may be a migration's") {
    const Folder folder;
    folder.write("1.sql", "a");
    fs::create_symlink("nowhere", folder.path() / "README");
    fs::create_symlink("v1.1", folder.path() / "v1.1");
    fs::create_symlink("nowhere", folder.path() / "notes.txt");
    const auto tree = read_tree(folder.path());
    REQUIRE(tree);
    CHECK(names(*tree) == std::vector<std::string>{"1.sql", "v1.1"});
    CHECK(tree->files.at("v1.1").is_folder);
    CHECK(tree->files.at("v1.1").error == "Too many levels of symbolic links");
}

TEST_CASE("files that may wait are listed, and read when they are asked for") {
    const Folder folder;
    for (const char* name : {"1_a.up.sql", "1_a.down.sql", "sub/2_b.down.sql"})
        folder.write(name, "x");
    auto tree = read_tree(folder.path(), migrations::is_down_file).value();
    CHECK(tree.files.size() == 3);
    CHECK(tree.files.at("1_a.up.sql") == migrations::SourceFile{"x", ""});
    CHECK(tree.files.at("1_a.down.sql").waits);
    CHECK(tree.files.at("1_a.down.sql").bytes.empty());
    fs::remove(folder.path() / "sub/2_b.down.sql");

    adapters::files::read_rest(tree);
    CHECK(tree.files.at("1_a.down.sql") == migrations::SourceFile{"x", ""});
    CHECK_FALSE(tree.files.at("sub/2_b.down.sql").waits);
    CHECK(tree.files.at("sub/2_b.down.sql").error == "No such file or directory");
}

TEST_CASE("a file above the limit is an error in the tree, and costs no memory") {
    const Folder folder;
    folder.write("1_a.up.sql", "");
    fs::resize_file(folder.path() / "1_a.up.sql", std::uintmax_t{65} << 20U);
    const auto tree = read_tree(folder.path());
    CHECK(tree->files.at("1_a.up.sql").error == "it has 65 MiB, and 64 MiB is the limit");
    CHECK(tree->files.at("1_a.up.sql").bytes.empty());
}

TEST_CASE("what this user may not read is an error in the tree") {
    if (geteuid() == 0) {
        WARN("skipped: root may read everything");
        return;
    }
    const Folder folder;
    folder.write("1_a.up.sql", "x");
    folder.write("closed/2.sql", "x");
    fs::permissions(folder.path() / "1_a.up.sql", fs::perms::none);
    fs::permissions(folder.path() / "closed", fs::perms::none);
    const auto tree = read_tree(folder.path());
    fs::permissions(folder.path() / "closed", fs::perms::owner_all);
    CHECK(tree->files.at("1_a.up.sql").error == "Permission denied");
    CHECK(tree->files.at("closed").error == "Permission denied");
}

}  // namespace folder_reader_test
