#include "tools/tidy/source_rules.hpp"

#include "tools/tidy/code.hpp"
#include "tools/tidy/functions.hpp"

#include <algorithm>
#include <regex>
#include <sstream>

namespace tools::tidy {

namespace {

constexpr std::size_t columns_max = 100;
constexpr std::size_t lines_max = 400;
constexpr std::size_t function_lines_max = 50;

std::size_t characters_in(const std::string& line) {
    return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

std::string first_folder(const std::string& file) { return file.substr(0, file.find('/')); }

bool may_throw(const std::string& file) {
    const std::string folder = first_folder(file);
    return folder == "adapters" || folder == "tools" || folder == "tests";
}

void check_line(const std::string& file, std::size_t number, const std::string& line,
                const Layers& layers, Faults& faults) {
    // In two halves, so that this file keeps its own rule.
    static const std::regex left_over{
        "\\b(TO"
        "DO|FIX"
        "ME)\\b"};
    if (characters_in(line) > columns_max)
        faults.push_back({file, number, "longer than 100 columns"});
    if (line.find('\t') != std::string::npos) faults.push_back({file, number, "a tab"});
    if (std::regex_search(line, left_over))
        faults.push_back({file, number, "something left to do: finish it, or take it out"});
    if (const auto why = layers.refuse(file, line)) faults.push_back({file, number, *why});
}

void check_throws(const std::string& file, const std::string& code, Faults& faults) {
    static const std::regex throws{R"(\bthrow\b)"};
    std::istringstream lines{code};
    std::size_t number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        if (std::regex_search(line, throws))
            faults.push_back({file, number, "throw outside adapters/, tools/ and tests/"});
    }
}

}  // namespace

Faults check_source(const std::string& file, const std::string& text, const Layers& layers) {
    Faults faults;
    if (file.ends_with(".hpp") && !text.starts_with("// " + file + ": "))
        faults.push_back({file, 1, "a header begins with \"// " + file + ": \" and its essence"});
    std::istringstream lines{text};
    std::size_t number = 0;
    for (std::string line; std::getline(lines, line);)
        check_line(file, ++number, line, layers, faults);
    if (number > lines_max)
        faults.push_back({file, number, "longer than 400 lines: " + std::to_string(number)});
    const std::string code = only_code(text);
    for (const Body& body : bodies_of(code))
        if (body.line_count > function_lines_max)
            faults.push_back(
                {file, body.line,
                 "a function longer than 50 lines: " + std::to_string(body.line_count)});
    if (!may_throw(file)) check_throws(file, code, faults);
    return faults;
}

}  // namespace tools::tidy
