#include "commands/same_text.hpp"

#include "migrations/encoding.hpp"

#include <string>

namespace commands {

namespace {

std::string with_line_ends(std::string_view text, std::string_view end) {
    std::string made;
    for (const char character : text) {
        if (character == '\r') continue;
        character == '\n' ? static_cast<void>(made.append(end)) : made.push_back(character);
    }
    return made;
}

}  // namespace

bool is_same_text(std::string_view bytes, const ledger::Digest& applied) {
    if (ledger::sha256(bytes) == applied) return true;
    const std::string_view plain = migrations::without_byte_order_mark(bytes);
    for (const std::string_view end : {"\n", "\r\n"}) {
        const std::string text = with_line_ends(plain, end);
        if (ledger::sha256(text) == applied) return true;
        if (ledger::sha256(std::string{migrations::utf8_byte_order_mark} + text) == applied)
            return true;
    }
    return false;
}

}  // namespace commands
