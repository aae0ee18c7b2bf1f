// migrations/layouts/layout.hpp: every layout that is read, and how one is recognised.
//
// Add  one pair of files here, its line in all_layouts(), its sign in recognise(), a test.
#pragma once

#include "migrations/layouts/reading.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migrations::layouts {

struct Layout {
    std::string_view name;
    LayoutTraits traits;
    void (*read)(Reading&);
};

[[nodiscard]] const std::vector<Layout>& all_layouts();

[[nodiscard]] const Layout* find_layout(std::string_view name);

// By names first, then by what the files say. `root` is the folder as the user named it.
[[nodiscard]] std::optional<std::string_view> recognise(const std::vector<LayoutFile>& files,
                                                        std::string_view root);

}  // namespace migrations::layouts
