// migrations/rules/edited.hpp: a text with suggested edits made.
//
// Units   lines and columns as in SuggestedEdit; `first_line` is the number of the text's first.
// Refuses nothing is answered where an edit lies outside the text or two of them overlap.
#pragma once

#include "migrations/migration.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migrations::rules {

[[nodiscard]] std::optional<std::string> edited(std::string_view text, std::uint32_t first_line,
                                                const std::vector<SuggestedEdit>& edits);

// Of places in its file, made in what is run: nothing, too, where one is about a placeholder.
[[nodiscard]] std::optional<std::string> edited(const Script& script,
                                                const std::vector<SuggestedEdit>& edits);

}  // namespace migrations::rules
