// migrations/kept_script.hpp: a script made again from the bytes that the ledger keeps of it.
//
// Use     for what must be run or looked at when its file is gone or was edited. Placeholders are
//         not replaced: give it the text that was executed.
#pragma once

#include "migrations/migration.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace migrations {

[[nodiscard]] Script kept_script(const std::string& path, const std::string& text);

// Of the script that makes what a target has now.
inline constexpr const char* target_schema_path = "the target's schema";

// Why bytes of that layout cannot be run as they are: a placeholder that its tool would have
// replaced, or what is no SQL. Nothing: they can.
[[nodiscard]] std::optional<std::string> why_not_as_is(std::string_view layout,
                                                       const std::string& text);

// Where a layout looks for the way back of that up script: the same file where it holds both.
[[nodiscard]] std::string down_path(std::string_view layout, const std::string& up_path);

}  // namespace migrations
