#include "migrations/encoding.hpp"

#include "ledger/clean.hpp"
#include "ledger/digest.hpp"

#include <algorithm>

namespace migrations {

namespace {

std::uint32_t line_of(std::string_view bytes, std::size_t at) {
    const auto end = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    return static_cast<std::uint32_t>(std::count(bytes.begin(), end, '\n')) + 1;
}

EncodingFault utf16(std::string_view form) {
    return {"not-utf8", "the file is " + std::string{form} + ", not UTF-8",
            "convert it: iconv -f UTF-16 -t UTF-8", 1};
}

}  // namespace

std::string_view without_byte_order_mark(std::string_view bytes) {
    if (bytes.substr(0, 3) == utf8_byte_order_mark) bytes.remove_prefix(3);
    return bytes;
}

std::optional<EncodingFault> find_encoding_fault(std::string_view bytes) {
    if (bytes.substr(0, 2) == "\xFF\xFE") return utf16("UTF-16 (little endian)");
    if (bytes.substr(0, 2) == "\xFE\xFF") return utf16("UTF-16 (big endian)");
    const std::size_t nul = bytes.find('\0');
    if (nul != std::string_view::npos)
        return EncodingFault{"nul-byte",
                             "the file has a NUL byte at offset " + std::to_string(nul) +
                                 ": it is not text, or UTF-16 without its mark",
                             "save it as UTF-8", line_of(bytes, nul)};
    const std::size_t bad = ledger::find_ill_formed_utf8(bytes);
    if (bad == std::string_view::npos) return std::nullopt;
    return EncodingFault{"not-utf8",
                         "the file is not UTF-8: byte 0x" + ledger::hex(bytes.substr(bad, 1)) +
                             " at offset " + std::to_string(bad),
                         "if it is Latin-1, convert it: iconv -f ISO-8859-1 -t UTF-8",
                         line_of(bytes, bad)};
}

}  // namespace migrations
