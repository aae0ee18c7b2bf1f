// tools/tidy/fault.hpp: one place where a house rule is broken.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace tools::tidy {

struct Fault {
    std::string file;    // relative to the root of the project
    std::size_t line{};  // from 1
    std::string what;
    bool operator==(const Fault&) const = default;
};

using Faults = std::vector<Fault>;

}  // namespace tools::tidy
