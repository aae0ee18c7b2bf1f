// tools/tidy/reasons.hpp: every reason that the sources give an error is explained in the docs.
//
// Format  docs/errors.md lists a reason as a table row that begins "| `slug` |".
#pragma once

#include "tools/tidy/fault.hpp"

#include <map>
#include <set>
#include <string>

namespace tools::tidy {

struct Place {
    std::string file;
    std::size_t line{};
};

using Reasons = std::map<std::string, Place>;  // where each was seen first

// Adds the slugs that stand after a Code in this text.
void collect_reasons(const std::string& file, const std::string& text, Reasons& reasons);

[[nodiscard]] std::set<std::string> listed_reasons(const std::string& document);

[[nodiscard]] Faults check_reasons(const Reasons& used, const std::set<std::string>& listed);

}  // namespace tools::tidy
