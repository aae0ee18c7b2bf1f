// tools/varve/evidence_report.hpp: the bundle for people: one page to read and print.
//
// Format  HTML 5 without scripts, images or anything from outside; all that is not ours is escaped.
// Pure    the same evidence gives the same bytes.
#pragma once

#include "tools/varve/evidence.hpp"

#include <string>
#include <string_view>

namespace tools::varve {

[[nodiscard]] std::string report_html(const Evidence& evidence);

// Text as it may stand between tags and in quoted attributes; what is not UTF-8 is replaced.
[[nodiscard]] std::string html_text(std::string_view text);

// A cell of a table; a row of two of them, whose first one is the heading.
[[nodiscard]] std::string html_cell(std::string_view text);
[[nodiscard]] std::string html_row(std::string_view name, std::string_view value);

// Its part about each migration: what, when, by whom, why, with what result, and the SQL.
[[nodiscard]] std::string changes_html(const Evidence& evidence);

}  // namespace tools::varve
