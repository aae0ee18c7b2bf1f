// tools/varve/evidence_html.hpp: text of others on a page of ours.
//
// Shape   what is not UTF-8 is replaced; tags are escaped.
// Honest  what would be shown elsewhere than it stands, as another line than it is, or not at all,
//         is shown by its name: [U+202E]. Else SQL would be read that never ran. Line ends of
//         Windows are line ends.
#pragma once

#include <string>
#include <string_view>

namespace tools::varve {

// As it may stand between tags and in quoted attributes.
[[nodiscard]] std::string html_text(std::string_view text);

// Lines as they stand, blank ones too.
[[nodiscard]] std::string html_pre(std::string_view text);

// A cell of a table; a row of two of them, whose first one is the heading.
[[nodiscard]] std::string html_cell(std::string_view text);
[[nodiscard]] std::string html_row(std::string_view name, std::string_view value);

}  // namespace tools::varve
