// migrations/replaced.hpp: which pieces of a text stand for which of the text as it was written.
//
// Shape   pieces in the order of both texts, none over another; between them the texts are alike.
// Within  what begins within a piece begins, as it was written, where that piece does; what ends
//         within it ends where that does.
#pragma once

#include "migrations/diagnostic.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migrations {

struct Replaced {
    std::size_t written_begin{};
    std::size_t written_end{};
    std::size_t begin{};
    std::size_t end{};
    bool operator==(const Replaced&) const = default;
};

using Replacements = std::vector<Replaced>;

// What was replaced in a text, and then in what came of that.
[[nodiscard]] Replacements composed(const Replacements& first, const Replacements& second);

[[nodiscard]] std::size_t written_begin(const Replacements& replaced, std::size_t byte);
[[nodiscard]] std::size_t written_end(const Replacements& replaced, std::size_t byte);
// Of a byte as written that is within no piece; nothing: it is.
[[nodiscard]] std::optional<std::size_t> replaced_byte(const Replacements& replaced,
                                                       std::size_t written);

// A text as its file has it.
struct Written {
    std::string text;
    Replacements replaced;  // empty: nothing was, and the text is not kept twice
    bool operator==(const Written&) const = default;
};

// From places of what came of it to those in the file. A fix that would change what was replaced,
// or write out what a placeholder stands for, is none.
void place_as_written(std::vector<Diagnostic>& diagnostics, const Written& written,
                      std::string_view text, std::uint32_t first_line);

}  // namespace migrations
