#include "migrations/sql/position.hpp"

#include <algorithm>

namespace migrations::sql {

namespace {

constexpr std::size_t source_line_bytes_max = 400;
constexpr std::size_t block_bytes = 4096;

bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

}  // namespace

std::size_t count_characters(std::string_view utf8) {
    return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), begins_character));
}

std::size_t byte_of_character(std::string_view utf8, std::size_t index) {
    for (std::size_t byte = 0; byte < utf8.size(); ++byte)
        if (begins_character(utf8[byte]) && index-- == 0) return byte;
    return utf8.size();
}

Positions::Positions(std::string_view text, std::uint32_t first_line)
    : text_{text}, first_line_{first_line}, starts_{0}, characters_{0} {
    for (std::size_t at = text.find('\n'); at != std::string_view::npos;
         at = text.find('\n', at + 1))
        starts_.push_back(at + 1);
    for (std::size_t end = block_bytes; end <= text.size(); end += block_bytes)
        characters_.push_back(characters_.back() +
                              count_characters(text.substr(end - block_bytes, block_bytes)));
}

Positions::Positions(std::string_view text, std::uint32_t first_line, const Written& written)
    : Positions{written.replaced.empty() ? text : std::string_view{written.text}, first_line} {
    if (!written.replaced.empty()) replaced_ = &written.replaced;
}

std::size_t Positions::index_of_line(std::size_t byte) const {
    const auto after = std::upper_bound(starts_.begin(), starts_.end(), byte);
    return static_cast<std::size_t>(after - starts_.begin()) - 1;
}

std::string_view Positions::line_text(std::size_t index) const {
    const std::size_t end = index + 1 < starts_.size() ? starts_[index + 1] - 1 : text_.size();
    std::string_view line = text_.substr(starts_[index], end - starts_[index]);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
}

std::size_t Positions::characters_before(std::size_t byte) const {
    const std::size_t block = byte / block_bytes;
    const std::size_t begin = block * block_bytes;
    return characters_[block] + count_characters(text_.substr(begin, byte - begin));
}

Place Positions::place(std::size_t byte) const {
    byte = begin_of(byte);
    const std::size_t index = index_of_line(byte);
    const std::size_t begin = starts_[index];
    const std::size_t end = std::clamp(byte, begin, std::max(begin, text_.size()));
    const std::size_t column = end - begin < block_bytes
                                   ? count_characters(text_.substr(begin, end - begin))
                                   : characters_before(end) - characters_before(begin);
    return {first_line_ + static_cast<std::uint32_t>(index),
            static_cast<std::uint32_t>(column) + 1};
}

std::string Positions::source_line(std::size_t byte) const {
    std::string_view line = line_text(index_of_line(begin_of(byte)));
    if (line.size() <= source_line_bytes_max) return std::string{line};
    std::size_t end = source_line_bytes_max;
    while (end > 0 && !begins_character(line[end])) --end;
    return std::string{line.substr(0, end)} + " ...";
}

void Positions::mark(Diagnostic& diagnostic, std::size_t begin, std::size_t end) const {
    const Place from = place(begin);
    diagnostic.line = from.line;
    diagnostic.column = from.column;
    diagnostic.source_line = source_line(begin);
    if (replaced_ != nullptr) {
        begin = written_begin(*replaced_, begin);
        end = std::max(begin, written_end(*replaced_, end));
    }
    const std::size_t line_end =
        starts_[index_of_line(begin)] + line_text(index_of_line(begin)).size();
    const std::size_t last = std::clamp(end, begin, std::max(begin, line_end));
    const auto width = count_characters(text_.substr(begin, last - begin));
    diagnostic.end_column = from.column + std::max<std::uint32_t>(1, std::uint32_t(width));
}

}  // namespace migrations::sql
