// migrations/sql/position.hpp: from a byte of a text to the line and column a person looks for.
//
// Units  line from 1; column from 1, in characters (UTF-8); byte offsets from 0.
// Cost   place() is O(log lines), however long the line is.
#pragma once

#include "migrations/diagnostic.hpp"
#include "migrations/replaced.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace migrations::sql {

struct Place {
    std::uint32_t line{};
    std::uint32_t column{};
    bool operator==(const Place&) const = default;
};

class Positions {
public:
    // `first_line` is the number of the text's first line in its file.
    explicit Positions(std::string_view text, std::uint32_t first_line = 1);
    // Of what came of a text: bytes are of `text`, and places where they were written.
    Positions(std::string_view text, std::uint32_t first_line, const Written& written);

    [[nodiscard]] Place place(std::size_t byte) const;
    [[nodiscard]] std::uint32_t line(std::size_t byte) const {
        return first_line_ + static_cast<std::uint32_t>(index_of_line(begin_of(byte)));
    }

    // The line that holds the byte, without its end, cut where it is very long.
    [[nodiscard]] std::string source_line(std::size_t byte) const;

    // Fills in line, column, end column and the source line of begin ... end.
    void mark(Diagnostic& diagnostic, std::size_t begin, std::size_t end) const;

private:
    [[nodiscard]] std::size_t begin_of(std::size_t byte) const {
        return replaced_ == nullptr ? byte : written_begin(*replaced_, byte);
    }
    [[nodiscard]] std::size_t index_of_line(std::size_t byte) const;
    [[nodiscard]] std::string_view line_text(std::size_t index) const;
    [[nodiscard]] std::size_t characters_before(std::size_t byte) const;

    std::string_view text_;
    std::uint32_t first_line_;
    const Replacements* replaced_{};
    std::vector<std::size_t> starts_;
    std::vector<std::size_t> characters_;  // before each block of the text
};

[[nodiscard]] std::size_t count_characters(std::string_view utf8);

// The byte at which the character of that index (from 0) begins; the size where there is none.
[[nodiscard]] std::size_t byte_of_character(std::string_view utf8, std::size_t index);

}  // namespace migrations::sql
