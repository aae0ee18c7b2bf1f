#include "projections/row_key.hpp"

#include <cstddef>

namespace projections {

std::string row_key(std::initializer_list<std::string_view> parts) {
    std::size_t size = 0;
    for (const std::string_view part : parts) size += part.size() + 1;
    std::string key;
    key.reserve(size);
    for (const std::string_view part : parts) {
        key += part;
        key += '\0';
    }
    return key;
}

std::vector<std::string> row_key_parts(std::string_view key) {
    std::vector<std::string> parts;
    while (!key.empty()) {
        const std::size_t end = key.find('\0');
        parts.emplace_back(key.substr(0, end));
        key.remove_prefix(end == std::string_view::npos ? key.size() : end + 1);
    }
    return parts;
}

std::string big_endian(std::uint64_t number) {
    std::string bytes(8, '\0');
    for (std::size_t i = 8; i-- > 0; number >>= 8) bytes[i] = static_cast<char>(number & 0xff);
    return bytes;
}

std::uint64_t from_big_endian(std::string_view bytes) {
    std::uint64_t number = 0;
    for (const char byte : bytes) number = number << 8 | static_cast<std::uint8_t>(byte);
    return number;
}

}  // namespace projections
