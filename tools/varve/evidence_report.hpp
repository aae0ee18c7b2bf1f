// tools/varve/evidence_report.hpp: the bundle for people: one page to read and print.
//
// Format  HTML 5 without scripts, images or anything from outside; all that is not ours is escaped.
// Pure    the same evidence gives the same bytes.
#pragma once

#include "tools/varve/evidence.hpp"

#include <string>

namespace tools::varve {

[[nodiscard]] std::string report_html(const Evidence& evidence);

// Its part about each migration: what, when, by whom, why, with what result, and the SQL.
[[nodiscard]] std::string changes_html(const Evidence& evidence);

}  // namespace tools::varve
