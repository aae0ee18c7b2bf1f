#include "tools/tidy/layers.hpp"

#include <algorithm>
#include <regex>
#include <sstream>

namespace tools::tidy {

namespace {

// The folder itself: "ledger" of "ledger/tree.hpp", "adapters/rocksdb" of "adapters/rocksdb/x.cpp".
std::string own_folder(const std::string& file) {
    const std::size_t slash = file.find('/');
    const std::string top = file.substr(0, slash);
    if (top != "adapters" || slash == std::string::npos) return top;
    return file.substr(0, file.find('/', slash + 1));
}

std::string root_of(const std::string& path) {
    const std::size_t slash = path.find('/');
    if (slash != std::string::npos) return path.substr(0, slash);
    return path.substr(0, path.rfind('.'));
}

// Only <unistd.h> and <sys/file.h> are left once the standard library and the listed are out.
bool is_system(const std::string& path, const std::string& root) {
    static const std::set<std::string> folders{"sys", "linux", "arpa", "net", "netinet"};
    static const std::set<std::string> files{"unistd", "fcntl",  "poll",  "pthread",
                                             "dirent", "dlfcn",  "grp",   "pwd",
                                             "sched",  "signal", "spawn", "termios"};
    return path.find('/') == std::string::npos ? files.contains(root) : folders.contains(root);
}

}  // namespace

Layers::Layers(std::istream& in) {
    for (std::string line; std::getline(in, line);) {
        std::istringstream words{line};
        std::string folder, word;
        if (!(words >> folder) || folder[0] == '#') continue;
        while (words >> word) allowed_[folder].insert(word);
    }
}

std::set<std::string> Layers::top_folders() const {
    std::set<std::string> folders;
    for (const auto& [folder, unused] : allowed_)
        folders.insert(folder.substr(0, folder.find('/')));
    return folders;
}

bool Layers::allows(const std::string& file, const std::string& root) const {
    return std::any_of(allowed_.begin(), allowed_.end(), [&](const auto& entry) {
        const bool inside = file == entry.first || file.starts_with(entry.first + "/");
        return inside && entry.second.contains(root);
    });
}

std::optional<std::string> Layers::refuse(const std::string& file, const std::string& line) const {
    static const std::regex include{R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])"};
    std::smatch match;
    if (!std::regex_search(line, match, include)) return std::nullopt;
    const std::string path = match[2];
    const std::string root = root_of(path);
    const std::string own = own_folder(file);
    if (match[1] == "\"") {
        if (path.find('/') == std::string::npos)
            return "includes are written from the root: " + path;
        if (path.starts_with(own + "/")) return std::nullopt;
        if (own.starts_with("adapters/") && root == "adapters")
            return own + " may not include another adapter: " + path;
        return allows(file, root) ? std::nullopt : std::optional{own + " may not include " + path};
    }
    if (path.find('.') == std::string::npos) return std::nullopt;  // the standard library
    if (allows(file, is_system(path, root) ? "posix" : root)) return std::nullopt;
    return own + " may not include <" + path + ">";
}

}  // namespace tools::tidy
