#include "adapters/files/folder_reader.hpp"

#include "adapters/files/descriptor.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <set>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace adapters::files {

namespace {

namespace fs = std::filesystem;
using ledger::Code;
using ledger::fail;
using migrations::SourceFile;
using migrations::SourceTree;

constexpr off_t script_bytes_max = off_t{64} << 20U;
constexpr std::size_t files_max = 100'000;

bool is_left_out(const std::string& name) {
    return name == "node_modules" || (name.size() > 1 && name.front() == '.');
}

std::error_code last_error() { return {errno, std::generic_category()}; }

SourceFile failed(const std::error_code& error) { return {"", error.message()}; }
SourceFile failed() { return failed(last_error()); }

SourceFile not_looked_into(std::string why) { return {"", std::move(why), false, true}; }
SourceFile not_looked_into(const std::error_code& error) {
    return not_looked_into(error.message());
}

ssize_t read_some(int file, char* bytes, std::size_t count) {
    for (;;) {
        const ssize_t got = read(file, bytes, count);
        if (got >= 0 || errno != EINTR) return got;
    }
}

SourceFile too_large(off_t byte_count) {
    return {"", "it has " + std::to_string(byte_count >> 20U) + " MiB, and 64 MiB is the limit"};
}

// Until nothing more comes: less than was asked for may be a network's way, and half a script is
// the worst of all scripts. Most files are small: then nobody asks how long they are.
SourceFile read_file(int folder, const std::string& name, int flags) {
    const Descriptor file{openat(folder, name.c_str(), O_RDONLY | O_CLOEXEC | flags)};
    if (!file.is_open()) return failed();
    std::array<char, 16 * 1024> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    std::string bytes;
    for (bool is_first = true;; is_first = false) {
        const ssize_t got = read_some(file.number(), buffer.data(), buffer.size());
        if (got < 0) return failed();
        bytes.append(buffer.data(), static_cast<std::size_t>(got));
        if (got == 0) return {std::move(bytes), ""};
        if (static_cast<off_t>(bytes.size()) > script_bytes_max)
            return too_large(static_cast<off_t>(bytes.size()));
        struct stat found {};
        if (is_first && got == static_cast<ssize_t>(buffer.size()) &&
            fstat(file.number(), &found) == 0) {
            if (found.st_size > script_bytes_max) return too_large(found.st_size);
            bytes.reserve(static_cast<std::size_t>(found.st_size) + 1);
        }
    }
}

struct CloseFolder {
    void operator()(DIR* folder) const { closedir(folder); }
};
using FolderStream = std::unique_ptr<DIR, CloseFolder>;

class Walk {
public:
    Walk(fs::path root, SourceTree& tree, const MayWait& may_wait)
        : root_{std::move(root)}, tree_{tree}, may_wait_{may_wait} {}

    void run() {
        push("");
        while (!folders_.empty()) {
            const std::string folder = std::move(folders_.back());
            folders_.pop_back();
            list(folder);
        }
        tell_of_folders_named_as_scripts();
    }

private:
    enum class Kind { folder, file, other, unknown };

    // A link may lead back up: a folder is read under the first name that leads to it.
    void push(const std::string& folder) {
        std::error_code error;
        const fs::path real = fs::canonical(root_ / folder, error);
        if (error) return put(folder, not_looked_into(error));
        if (seen_.insert(real).second) folders_.push_back(folder);
    }

    void list(const std::string& folder) {
        const FolderStream stream{opendir((root_ / folder).c_str())};
        if (stream == nullptr) return put(folder, not_looked_into(last_error()));
        for (;;) {
            errno = 0;
            const dirent* entry = readdir(stream.get());  // NOLINT(concurrency-mt-unsafe): our own
            if (entry == nullptr) break;
            const std::string name = entry->d_name;
            if (name == "." || name == "..") continue;
            if (tree_.files.size() >= files_max)
                return put(folder, not_looked_into("there are more than 100,000 files"));
            see(dirfd(stream.get()), folder, name, kind_of(*entry));
        }
        if (errno != 0) put(folder, not_looked_into(last_error()));
    }

    static Kind kind_of(const dirent& entry) {
        switch (entry.d_type) {
            case DT_DIR:
                return Kind::folder;
            case DT_REG:
                return Kind::file;
            case DT_LNK:
            case DT_UNKNOWN:
                return Kind::unknown;
            default:
                return Kind::other;
        }
    }

    void see(int stream, const std::string& folder, const std::string& name, Kind kind) {
        if (is_left_out(name)) return;
        const std::string path = folder.empty() ? name : folder + "/" + name;
        std::error_code error;
        if (kind == Kind::unknown) {
            const fs::file_status status = fs::status(root_ / path, error);
            kind = fs::is_directory(status)      ? Kind::folder
                   : fs::is_regular_file(status) ? Kind::file
                                                 : Kind::other;
        }
        if (kind == Kind::folder && is_named_as_script(name) && is_numbered(name))
            named_as_scripts_.push_back(path);
        if (kind == Kind::folder)
            push(path);
        else if (kind == Kind::file)
            put(path, may_wait_ && may_wait_(path) ? SourceFile{"", "", true}
                                                   : read_file(stream, name, O_NONBLOCK));
        else if (error && may_be_folder(name) && (is_numbered(name) || !leads_nowhere(error)))
            put(path, not_looked_into(error));
        else if (is_named_as_script(name))
            put(path, error ? failed(error) : SourceFile{"", "it is not a regular file"});
    }

    static bool is_named_as_script(const std::string& path) {
        return fs::path{path}.extension() == ".sql";
    }

    // A README's, or that of a build which is gone.
    static bool leads_nowhere(const std::error_code& error) {
        return error == std::errc::no_such_file_or_directory ||
               error == std::errc::too_many_symbolic_link_levels;
    }

    // Of a link: "later" and "v1.1", not "notes.txt".
    static bool may_be_folder(const std::string& name) {
        const std::string extension = fs::path{name}.extension();
        return std::none_of(extension.begin(), extension.end(), [](char each) {
            return (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z');
        });
    }

    // As scripts are in most layouts: 0001_a.sql, V1__a.sql.
    static bool is_numbered(const std::string& name) {
        return name.find_first_of("0123456789") <= 1;
    }

    // Prisma's folder of a migration may be named so by a person: then a script is in it.
    void tell_of_folders_named_as_scripts() {
        for (const std::string& folder : named_as_scripts_) {
            auto file = tree_.files.lower_bound(folder + "/");
            const auto is_within = [&] {
                return file != tree_.files.end() && file->first.starts_with(folder + "/");
            };
            while (is_within() && !is_named_as_script(file->first)) ++file;
            if (!is_within()) put(folder, SourceFile{"", "it is a directory"});
        }
    }

    void put(const std::string& path, SourceFile file) {
        tree_.files.insert_or_assign(path.empty() ? "." : path, std::move(file));
    }

    fs::path root_;
    SourceTree& tree_;
    const MayWait& may_wait_;
    std::vector<std::string> folders_;
    std::vector<std::string> named_as_scripts_;
    std::set<fs::path> seen_;
};

tl::unexpected<ledger::Error> unreadable(std::string detail, const std::error_code& error) {
    const bool has_too_many = error == std::errc::too_many_files_open;
    return fail(Code::refused, "migrations-unreadable", std::move(detail),
                has_too_many ? "allow more open files (ulimit -n)" : "let this user read it");
}

}  // namespace

// Who names a pipe waits for what comes through it.
SourceFile read_one(const fs::path& path) { return read_file(AT_FDCWD, path.string(), 0); }

void read_rest(SourceTree& tree) {
    for (auto& [path, file] : tree.files) {
        if (!file.waits) continue;
        file = read_file(AT_FDCWD, (fs::path{tree.root} / path).string(), O_NONBLOCK);
    }
}

ledger::Result<SourceTree> read_tree(const fs::path& path, const MayWait& may_wait) try {
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
    if (error) return unreadable(path.string() + " cannot be read: " + error.message(), error);
    SourceTree tree;
    tree.root = path.string();
    Walk{path, tree, may_wait}.run();
    if (const auto whole = tree.files.find("."); whole != tree.files.end())
        return fail(Code::refused, "migrations-unreadable",
                    path.string() + " cannot be read: " + whole->second.error,
                    "let this user read it, on a disk that answers; a folder that is too large "
                    "is not the one with the migrations");
    return tree;
} catch (const fs::filesystem_error& error) {
    return unreadable(error.what(), error.code());
}

}  // namespace adapters::files
