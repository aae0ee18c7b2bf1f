// migrations/diagnostic.hpp: something to say about a place in a file, as good compilers say it.
//
// Units  line from 1; column from 1, in characters; 0: the whole file.
// Down   `concerns_down`: only the way back is concerned, so a run need not be blocked by it.
// Run    `concerns_running`: what the file says is sound, only Varve cannot run it: where it has
//        been run already, nothing need be blocked by it.
#pragma once

#include "migrations/boxed.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace migrations {

enum class Severity { error, warning, note };

// What would take the place of a piece of the file. Ends are exclusive.
struct SuggestedEdit {
    std::uint32_t line{};
    std::uint32_t column{};
    std::uint32_t end_line{};
    std::uint32_t end_column{};
    std::string text;
    bool operator==(const SuggestedEdit&) const = default;
};

struct SuggestedFix {
    std::string title;
    std::vector<SuggestedEdit> edits;
    std::optional<std::string> proven_because{};  // tried: what it makes better
    bool operator==(const SuggestedFix&) const = default;
};

struct Diagnostic {
    Severity severity{};
    std::string rule;     // kebab-case slug: "syntax-error", "duplicate-version", "not-utf8"
    std::string message;  // one sentence
    std::string file;     // relative to the migrations folder
    std::uint32_t line{};
    std::uint32_t column{};
    std::uint32_t end_column{};  // exclusive; column + 1 where only a point is known
    std::string source_line{};   // the text of that line, for the caret; empty where unknown
    std::vector<std::string> help{};
    bool concerns_down{};
    bool concerns_running{};
    std::uint32_t end_line{};  // 0: the same line
    Boxed<SuggestedFix> fix{};
    std::optional<std::string> accepted_because{};  // by a directive in the file: it stops nothing
    bool operator==(const Diagnostic&) const = default;
};

[[nodiscard]] inline bool has_errors(const std::vector<Diagnostic>& diagnostics) {
    for (const Diagnostic& diagnostic : diagnostics)
        if (diagnostic.severity == Severity::error && !diagnostic.accepted_because) return true;
    return false;
}

}  // namespace migrations
