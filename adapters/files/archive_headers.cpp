#include "adapters/files/archive_headers.hpp"

#include <algorithm>
#include <array>
#include <ctime>

namespace adapters::files {

namespace {

// Octal digits, as many as the field has without its end.
std::string octal(std::uint64_t number, std::size_t digits) {
    std::string text(digits, '0');
    for (std::size_t at = digits; at > 0; --at, number /= 8)
        text[at - 1] = static_cast<char>('0' + number % 8);
    return text;
}

void put(std::string& header, std::size_t offset, std::string_view text) {
    std::copy(text.begin(), text.end(), header.begin() + static_cast<std::ptrdiff_t>(offset));
}

std::string little_endian(std::uint64_t number, std::size_t bytes) {
    std::string text;
    for (std::size_t at = 0; at < bytes; ++at, number >>= 8U)
        text += static_cast<char>(number & 0xffU);
    return text;
}

// Two seconds exact, from 1980 on: what zip can say.
std::string dos_time(std::int64_t time_s) {
    constexpr std::int64_t first_s = 315'532'800;
    const std::time_t time = std::max(time_s, first_s);
    std::tm parts{};
    gmtime_r(&time, &parts);
    const int clock = parts.tm_hour << 11 | parts.tm_min << 5 | parts.tm_sec / 2;
    const int day = (parts.tm_year - 80) << 9 | (parts.tm_mon + 1) << 5 | parts.tm_mday;
    return little_endian(static_cast<std::uint64_t>(clock), 2) +
           little_endian(static_cast<std::uint64_t>(day), 2);
}

// What a member's two headers have in common: version needed, flags (UTF-8), method 0, time, sums.
std::string zip_common(const ZipMember& member) {
    return little_endian(20, 2) + little_endian(0x0800, 2) + little_endian(0, 2) +
           dos_time(member.time_s) + little_endian(member.checksum, 4) +
           little_endian(member.byte_count, 4) + little_endian(member.byte_count, 4) +
           little_endian(member.name.size(), 2) + little_endian(0, 2);
}

constexpr std::array<std::uint32_t, 256> crc_table() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t value = byte;
        for (int bit = 0; bit < 8; ++bit)
            value = (value & 1U) != 0 ? 0xedb88320U ^ (value >> 1U) : value >> 1U;
        table[byte] = value;
    }
    return table;
}

}  // namespace

std::string tar_header(std::string_view name, std::uint64_t byte_count, std::int64_t time_s) {
    std::string header(tar_block_bytes, '\0');
    put(header, 0, name);
    put(header, 100, octal(0644, 7));
    put(header, 108, octal(0, 7));
    put(header, 116, octal(0, 7));
    put(header, 124, octal(byte_count, 11));
    put(header, 136, octal(static_cast<std::uint64_t>(std::max<std::int64_t>(time_s, 0)), 11));
    put(header, 148, "        ");  // the sum is taken with spaces in its own place
    header[156] = '0';
    put(header, 257,
        std::string_view{"ustar\0"
                         "00",
                         8});
    put(header, 329, octal(0, 7));
    put(header, 337, octal(0, 7));
    std::uint64_t sum = 0;
    for (const char byte : header) sum += static_cast<std::uint8_t>(byte);
    put(header, 148, octal(sum, 6) + std::string{"\0 ", 2});
    return header;
}

std::uint32_t crc32(std::string_view bytes) {
    static constexpr auto table = crc_table();
    std::uint32_t value = 0xffffffffU;
    for (const char byte : bytes)
        value = table[(value ^ static_cast<std::uint8_t>(byte)) & 0xffU] ^ (value >> 8U);
    return value ^ 0xffffffffU;
}

std::string zip_local_header(const ZipMember& member) {
    return "PK\3\4" + zip_common(member) + member.name;
}

std::string zip_central_header(const ZipMember& member) {
    constexpr std::uint32_t regular_0644 = 0100644U << 16U;
    constexpr std::uint32_t made_by_unix = 3U << 8U | 20U;
    return "PK\1\2" + little_endian(made_by_unix, 2) + zip_common(member) + little_endian(0, 2) +
           little_endian(0, 2) + little_endian(0, 2) + little_endian(regular_0644, 4) +
           little_endian(member.offset, 4) + member.name;
}

std::string zip_end(std::uint16_t member_count, std::uint32_t central_bytes,
                    std::uint32_t central_offset) {
    return "PK\5\6" + little_endian(0, 4) + little_endian(member_count, 2) +
           little_endian(member_count, 2) + little_endian(central_bytes, 4) +
           little_endian(central_offset, 4) + little_endian(0, 2);
}

}  // namespace adapters::files
