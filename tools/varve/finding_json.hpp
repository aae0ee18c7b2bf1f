// tools/varve/finding_json.hpp: a JSON document that ends in findings, written at once.
//
// Shape  what nlohmann would print with two spaces of indentation, byte for byte. Where thousands
//        of files are judged, building its document took a third of the time.
#pragma once

#include "migrations/diagnostic.hpp"
#include "tools/varve/json_document.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tools::varve {

// The document, which has other members, with "findings" as its last.
[[nodiscard]] std::string with_findings(const Json& document,
                                        const std::vector<migrations::Diagnostic>& findings);

// As a JSON string; bytes that are not UTF-8 are replaced.
void append_quoted(std::string& json, std::string_view text);

}  // namespace tools::varve
