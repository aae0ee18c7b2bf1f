#include "adapters/postgres/statement_position.hpp"

#include <algorithm>
#include <string_view>

namespace adapters::postgres {

namespace {

bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

// Byte offset of the character with that number, from 0.
std::size_t offset_of(std::string_view text, std::size_t character) {
    std::size_t offset = 0;
    for (; offset < text.size(); ++offset) {
        if (!begins_character(text[offset])) continue;
        if (character == 0) return offset;
        --character;
    }
    return offset;
}

}  // namespace

std::size_t character_count(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

LineAndColumn locate(const migrations::Script& script, std::uint32_t statement_index,
                     std::optional<std::uint32_t> position, bool position_in_bytes) {
    const auto& statement = script.statements[statement_index];
    const std::string_view text = script.text;
    const auto sent = text.substr(statement.begin, statement.end - statement.begin);
    const std::size_t character = position.value_or(1) - 1;
    const auto within =
        position_in_bytes ? std::min(character, sent.size()) : offset_of(sent, character);

    const auto before = std::string_view{script.file_text()}.substr(
        0, migrations::written_begin(script.written().replaced, statement.begin + within));
    const auto line_start = before.rfind('\n') == before.npos ? 0 : before.rfind('\n') + 1;
    const auto on_line = before.substr(line_start);
    return {script.first_line +
                static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n')),
            1 + static_cast<std::uint32_t>(character_count(on_line))};
}

}  // namespace adapters::postgres
