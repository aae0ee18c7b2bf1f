#include "adapters/files/folder_reader.hpp"

#include <cerrno>
#include <cstdint>
#include <fstream>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace adapters::files {

namespace {

namespace fs = std::filesystem;
using ledger::Code;
using ledger::fail;
using migrations::SourceFile;
using migrations::SourceTree;

constexpr std::uintmax_t file_bytes_max = std::uintmax_t{64} << 20U;
constexpr std::size_t files_max = 100'000;

bool is_left_out(const fs::path& path) {
    const std::string name = path.filename().string();
    return name == "node_modules" || (name.size() > 1 && name.front() == '.');
}

SourceFile failed(const std::error_code& error) { return {"", error.message()}; }

SourceFile read_file(const fs::path& path) {
    std::error_code error;
    const std::uintmax_t byte_count = fs::file_size(path, error);
    if (error) return failed(error);
    if (byte_count > file_bytes_max)
        return {"",
                "it has " + std::to_string(byte_count >> 20U) + " MiB, and 64 MiB is the limit"};
    std::ifstream in{path, std::ios::binary};
    if (!in) return failed(std::error_code{errno, std::generic_category()});
    std::string bytes(byte_count, '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(byte_count));
    bytes.resize(static_cast<std::size_t>(in.gcount()));
    if (in.bad()) return {"", "it could not be read to its end"};
    return {std::move(bytes), ""};
}

class Walk {
public:
    Walk(fs::path root, SourceTree& tree) : root_{std::move(root)}, tree_{tree} {}

    void run() {
        push(root_);
        while (!folders_.empty()) {
            const fs::path folder = folders_.back();
            folders_.pop_back();
            list(folder);
        }
    }

private:
    // A link may lead back up: a folder is read under the first name that leads to it.
    void push(const fs::path& folder) {
        std::error_code error;
        const fs::path real = fs::canonical(folder, error);
        if (error) return put(folder, failed(error));
        if (seen_.insert(real).second) folders_.push_back(folder);
    }

    void list(const fs::path& folder) {
        std::error_code error;
        fs::directory_iterator entries{folder, error};
        if (error) return put(folder, failed(error));
        for (; entries != fs::directory_iterator{}; entries.increment(error)) {
            if (error) return put(folder, failed(error));
            if (tree_.files.size() >= files_max)
                return put(folder, {"", "there are more than 100,000 files"});
            see(*entries);
        }
    }

    void see(const fs::directory_entry& entry) {
        std::error_code error;
        const fs::file_status status = entry.status(error);
        if (fs::is_directory(status)) {
            if (!is_left_out(entry.path())) push(entry.path());
        } else if (is_left_out(entry.path())) {
            return;
        } else if (fs::is_regular_file(status)) {
            put(entry.path(), read_file(entry.path()));
        } else if (entry.path().extension() == ".sql") {
            put(entry.path(), error ? failed(error) : SourceFile{"", "it is not a regular file"});
        }
    }

    void put(const fs::path& path, SourceFile file) {
        const std::string name = path.lexically_relative(root_).generic_string();
        tree_.files.insert_or_assign(name, std::move(file));
    }

    fs::path root_;
    SourceTree& tree_;
    std::vector<fs::path> folders_;
    std::set<fs::path> seen_;
};

}  // namespace

ledger::Result<SourceTree> read_tree(const fs::path& path) try {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status))
        return fail(Code::refused, "migrations-missing",
                    "there is no folder " + path.string() + " with migrations",
                    "say where they are: --migrations PATH, or make one: varve init");
    if (!fs::is_directory(status))
        return fail(Code::refused, "migrations-not-a-folder", path.string() + " is not a folder",
                    "give the folder that holds the migrations");
    fs::directory_iterator readable{path, error};
    if (error)
        return fail(Code::refused, "migrations-unreadable",
                    path.string() + " cannot be read: " + error.message(), "let this user read it");
    SourceTree tree;
    tree.root = path.string();
    Walk{path, tree}.run();
    return tree;
} catch (const fs::filesystem_error& error) {
    return fail(Code::refused, "migrations-unreadable", error.what(), "let this user read it");
}

}  // namespace adapters::files
