// tools/tidy/main.cpp: the house rules a compiler cannot check. Run as a test; silent when clean.
//
// Usage  tidy [FOLDER]; exits 0, 1 with a line "file:line: what" for every fault, or 2.
#include "tools/tidy/layers.hpp"
#include "tools/tidy/reasons.hpp"
#include "tools/tidy/source_rules.hpp"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace fs = std::filesystem;
using namespace tools::tidy;  // NOLINT(google-build-using-namespace)

namespace {

std::string read(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    if (!in) throw std::runtime_error{"cannot read " + path.string()};
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

std::vector<std::string> sources_in(const fs::path& root, const Layers& layers) {
    std::vector<std::string> sources;
    for (const std::string& folder : layers.top_folders())
        for (const auto& entry : fs::recursive_directory_iterator{root / folder})
            if (entry.path().extension() == ".hpp" || entry.path().extension() == ".cpp")
                sources.push_back(fs::relative(entry.path(), root).generic_string());
    std::sort(sources.begin(), sources.end());
    return sources;
}

Faults check(const fs::path& root) {
    std::istringstream layers_text{read(root / "docs/layers.txt")};
    const Layers layers{layers_text};
    Faults faults;
    Reasons reasons;
    for (const std::string& file : sources_in(root, layers)) {
        const std::string text = read(root / file);
        const Faults found = check_source(file, text, layers);
        faults.insert(faults.end(), found.begin(), found.end());
        if (!file.starts_with("tests/")) collect_reasons(file, text, reasons);
    }
    const Faults unlisted = check_reasons(reasons, listed_reasons(read(root / "docs/errors.md")));
    faults.insert(faults.end(), unlisted.begin(), unlisted.end());
    return faults;
}

}  // namespace

int main(int argc, char** argv) try {
    const Faults faults = check(argc > 1 ? argv[1] : ".");
    for (const Fault& fault : faults)
        std::cerr << fault.file << ':' << fault.line << ": " << fault.what << '\n';
    return faults.empty() ? 0 : 1;
} catch (const std::exception& error) {
    std::cerr << "tidy: " << error.what() << '\n';
    return 2;
}
