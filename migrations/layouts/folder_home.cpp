#include "migrations/layouts/folder_home.hpp"

#include <algorithm>
#include <string>

namespace migrations::layouts {

namespace {

std::string_view home_of(const LayoutFile& file) { return parent_of(parent_of(file.name)); }

std::ptrdiff_t depth_of(const LayoutFile& file) {
    return std::count(file.name.begin(), file.name.end(), '/');
}

void say_elsewhere(Reading& reading, const LayoutFile& file, const LayoutFile& first) {
    reading.use(file);
    if (depth_of(file) > depth_of(first)) {
        reading.say(Severity::warning, "file-not-run",
                    "it stands further below than the other migrations, and does not run",
                    file.path);
        return;
    }
    const std::string home{home_of(first)};
    reading.refuse("file-not-run", "it stands in another folder than those in " + home, file)
        .help = {"each is one project's: say which with --migrations"};
}

}  // namespace

std::vector<const LayoutFile*> in_one_home(Reading& reading, std::string_view name) {
    std::vector<const LayoutFile*> named;
    for (const LayoutFile& file : reading.files())
        if (base_name(file.name) == name && !parent_of(file.name).empty()) named.push_back(&file);
    if (named.empty()) return named;
    const LayoutFile& first = **std::min_element(
        named.begin(), named.end(),
        [](const auto* one, const auto* other) { return depth_of(*one) < depth_of(*other); });
    std::erase_if(named, [&](const LayoutFile* file) {
        const bool is_elsewhere =
            depth_of(*file) != depth_of(first) || home_of(*file) != home_of(first);
        if (is_elsewhere) say_elsewhere(reading, *file, first);
        return is_elsewhere;
    });
    return named;
}

}  // namespace migrations::layouts
