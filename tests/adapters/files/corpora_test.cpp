#include "adapters/files/folder_reader.hpp"
#include "migrations/folder.hpp"
#include "tests/support/folders.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <toml++/toml.h>
#include <vector>

namespace corpora_test {
namespace {

namespace fs = std::filesystem;
using migrations::FolderSettings;
using migrations::Severity;
using migrations::SourceTree;
using migrations::TransactionMode;

// What each is to be recognised as.
const std::map<std::string, std::string>& layouts() {
    static const std::map<std::string, std::string> names{
        {"bionic-gpt", "dbmate"},  {"cas-ciip", "sqitch"},
        {"coder", "varve"},        {"conductor", "flyway"},
        {"cosmo", "drizzle"},      {"cow-services", "flyway"},
        {"crates.io", "diesel"},   {"graphile-worker", "graphile-worker"},
        {"keto", "popx"},          {"langfuse", "prisma"},
        {"openfga", "goose"},      {"sourcegraph-frontend", "sourcegraph"},
        {"supabase-auth", "fizz"},
    };
    return names;
}

FolderSettings read_settings(const std::string& name) {
    FolderSettings settings;
    const fs::path path = fs::path{tests::source_folder()} / "tests/corpora" / (name + ".toml");
    if (!fs::exists(path)) return settings;
    const toml::table table = toml::parse_file(path.string());
    settings.layout = table["migrations"]["layout"].value<std::string>();
    if (const auto* placeholders = table["migrations"]["placeholders"].as_table())
        for (const auto& [key, value] : *placeholders)
            settings.placeholders[std::string{key.str()}] = value.value_or(std::string{});
    if (const auto* files = table["migrations"]["files"].as_table())
        for (const auto& [key, value] : *files)
            settings.files[std::string{key.str()}].transaction =
                value.as_table()->at("transaction").value_or(std::string{}) == "off"
                    ? TransactionMode::none
                    : TransactionMode::one;
    return settings;
}

// The history as its tool would find it: overlay/ laid over the folder.
SourceTree read_history(const fs::path& folder) {
    const bool has_folder = fs::is_directory(folder / "migrations");
    SourceTree tree =
        adapters::files::read_tree(has_folder ? folder / "migrations" : folder).value();
    const fs::path overlay = has_folder ? folder / "overlay/migrations" : folder / "overlay";
    if (!fs::is_directory(overlay)) return tree;
    const SourceTree laid_over = adapters::files::read_tree(overlay).value();
    for (const auto& [path, file] : laid_over.files) tree.files[path] = file;
    return tree;
}

// The third column, without the folder that the tree is of.
std::vector<std::string> read_order(const fs::path& apply) {
    std::vector<std::string> paths;
    std::ifstream in{apply};
    std::string line;
    for (std::getline(in, line); std::getline(in, line);) {
        std::istringstream columns{line};
        std::string path;
        for (int column = 0; column < 3; ++column) std::getline(columns, path, '\t');
        constexpr std::string_view prefix = "migrations/";
        paths.push_back(path.rfind(prefix, 0) == 0 ? path.substr(prefix.size()) : path);
    }
    return paths;
}

std::vector<std::string> up_paths(const migrations::Folder& folder) {
    std::vector<std::string> paths;
    for (const auto& migration : folder.migrations) paths.push_back(migration.up.path);
    return paths;
}

void check_history(const fs::path& folder) {
    const std::string name = folder.filename().string();
    INFO(name);
    const auto read = migrations::read_folder(read_history(folder), read_settings(name));
    REQUIRE(read);
    if (const auto known = layouts().find(name); known != layouts().end())
        CHECK(read->layout == known->second);
    CHECK(up_paths(*read) == read_order(folder / "apply.tsv"));
    for (const auto& diagnostic : read->diagnostics) {
        INFO(diagnostic.file << ": " << diagnostic.message);
        CHECK((diagnostic.severity != Severity::error || diagnostic.concerns_down));
    }
}

}  // namespace

TEST_CASE("every real history is recognised, read without errors, and in its tool's order") {
    const fs::path corpora = fs::path{tests::shared_folder()} / "corpora";
    if (!fs::is_directory(corpora)) {
        WARN("skipped: there is no " << corpora);
        return;
    }
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator{corpora}) {
        if (!fs::exists(entry.path() / "apply.tsv")) continue;
        check_history(entry.path());
        ++count;
    }
    CHECK(count >= layouts().size());
}

}  // namespace corpora_test
