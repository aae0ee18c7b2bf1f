#include "tools/tidy/reasons.hpp"

#include <algorithm>
#include <regex>

namespace tools::tidy {

void collect_reasons(const std::string& file, const std::string& text, Reasons& reasons) {
    static const std::regex reason{"\\bCode::\\w+,\\s*\"([a-z0-9-]+)\""};
    for (std::sregex_iterator found{text.begin(), text.end(), reason}, end; found != end; ++found) {
        const auto before = text.begin() + found->position();
        const auto line = static_cast<std::size_t>(1 + std::count(text.begin(), before, '\n'));
        reasons.try_emplace((*found)[1].str(), Place{file, line});
    }
}

std::set<std::string> listed_reasons(const std::string& document) {
    static const std::regex row{"(^|\n)\\| `([a-z0-9-]+)` \\|"};
    std::set<std::string> listed;
    for (std::sregex_iterator found{document.begin(), document.end(), row}, end; found != end;
         ++found)
        listed.insert((*found)[2].str());
    return listed;
}

Faults check_reasons(const Reasons& used, const std::set<std::string>& listed) {
    Faults faults;
    for (const auto& [slug, place] : used)
        if (!listed.contains(slug))
            faults.push_back(
                {place.file, place.line, "docs/errors.md does not list the reason " + slug});
    return faults;
}

}  // namespace tools::tidy
