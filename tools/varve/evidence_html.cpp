#include "tools/varve/evidence_html.hpp"

#include "ledger/clean.hpp"
#include "tools/varve/character.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <utility>

namespace tools::varve {

namespace {

// First and last of those that nobody sees, that end a line for a browser alone, or that change the
// order in which others are shown. Those that belong to emoji (U+FE0F) are not among them.
constexpr std::array<std::pair<std::uint32_t, std::uint32_t>, 16> unseen{{
    {0x7f, 0x9f},
    {0xad, 0xad},
    {0x34f, 0x34f},
    {0x61c, 0x61c},
    {0x115f, 0x1160},
    {0x17b4, 0x17b5},
    {0x180b, 0x180f},
    {0x200b, 0x200f},
    {0x2028, 0x202e},
    {0x2060, 0x206f},
    {0x3164, 0x3164},
    {0xfeff, 0xfeff},
    {0xffa0, 0xffa0},
    {0xfff9, 0xfffb},
    {0x1d173, 0x1d17a},
    {0xe0000, 0xe0fff},
}};

bool is_unseen(std::uint32_t point) {
    return std::any_of(unseen.begin(), unseen.end(), [&](const auto& range) {
        return range.first <= point && point <= range.second;
    });
}

std::string named(std::uint32_t point) {
    std::array<char, 16> text{};
    const int length = std::snprintf(text.data(), text.size(), "[U+%04X]", point);
    return {text.data(), static_cast<std::size_t>(length)};
}

std::string ascii_html(char character) {
    switch (character) {
        case '&':
            return "&amp;";
        case '<':
            return "&lt;";
        case '>':
            return "&gt;";
        case '"':
            return "&quot;";
        case '\'':
            return "&#39;";
        case '\r':  // alone: PostgreSQL ends a comment there, so that what follows is run
            return named('\r') + "\n";
        case '\n':
        case '\t':
            return {character};
        default:
            return character < ' ' || character == '\x7f'
                       ? named(static_cast<std::uint8_t>(character))
                       : std::string{character};
    }
}

}  // namespace

std::string html_text(std::string_view text) {
    std::string html;
    constexpr std::size_t escaped_max = 6;  // of a byte
    const std::string cleaned = ledger::clean(text, text.size() * escaped_max + escaped_max);
    for (std::string_view rest = cleaned; !rest.empty();) {
        if (rest.starts_with("\r\n")) rest.remove_prefix(1);
        const std::size_t length = ledger::utf8_sequence_length(rest);
        if (length <= 1) {
            html += ascii_html(rest.front());
            rest.remove_prefix(1);
            continue;
        }
        const std::string_view sequence = rest.substr(0, length);
        std::size_t end = 0;
        const auto point = static_cast<std::uint32_t>(take_character(rest, end));
        html += is_unseen(point) ? named(point) : std::string{sequence};
        rest.remove_prefix(length);
    }
    return html;
}

// A browser takes a line break away that stands first.
std::string html_pre(std::string_view text) { return "<pre>\n" + html_text(text) + "</pre>\n"; }

std::string html_cell(std::string_view text) { return "<td>" + html_text(text) + "</td>"; }

std::string html_row(std::string_view name, std::string_view value) {
    return "<tr><th>" + html_text(name) + "</th>" + html_cell(value) + "</tr>\n";
}

}  // namespace tools::varve
