// tools/tidy/layers.hpp: who may include what, as docs/layers.txt says.
//
// Format  a line a folder (or file): its path, then the house folders and third-party roots that
//         it may include. What is allowed to a folder is allowed to all inside it, which may add
//         more.
// Roots   the first word of an include's path (<nlohmann/json.hpp>), or its name (<libpq-fe.h>).
//         Headers of the standard library are for everybody; those of the system are "posix".
#pragma once

#include <istream>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace tools::tidy {

class Layers {
public:
    explicit Layers(std::istream& in);

    // Why the file may not have this line of source; nothing where it may.
    [[nodiscard]] std::optional<std::string> refuse(const std::string& file,
                                                    const std::string& line) const;

    [[nodiscard]] std::set<std::string> top_folders() const;

private:
    [[nodiscard]] bool allows(const std::string& file, const std::string& root) const;

    std::map<std::string, std::set<std::string>> allowed_;
};

}  // namespace tools::tidy
