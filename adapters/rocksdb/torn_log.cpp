#include "adapters/rocksdb/torn_log.hpp"

#include <array>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace adapters::rocksdb {

namespace {

// RocksDB's log: blocks, each with fragments of records: checksum, length, type, payload. What is
// left at a block's end and too short for a header is not used.
constexpr std::size_t log_block_bytes = std::size_t{32} << 10U;
constexpr std::size_t header_bytes = 4 + 2 + 1;

enum class Ending { whole, torn, damaged };

constexpr std::array<std::uint32_t, 256> crc_table() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
        std::uint32_t crc = byte;
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0x82F63B78U : 0U);
        table[byte] = crc;
    }
    return table;
}

// CRC-32C, and the mask that RocksDB stores it under.
std::uint32_t stored_checksum(std::string_view bytes) {
    static constexpr std::array<std::uint32_t, 256> table = crc_table();
    std::uint32_t crc = ~std::uint32_t{0};
    for (const char letter : bytes)
        crc = table[(crc ^ static_cast<std::uint8_t>(letter)) & 0xFFU] ^ (crc >> 8U);
    crc = ~crc;
    return ((crc >> 15U) | (crc << 17U)) + 0xA282EAD8U;
}

std::uint32_t little_endian(std::string_view bytes) {
    std::uint32_t number = 0;
    for (std::size_t index = bytes.size(); index-- > 0;)
        number = number << 8U | static_cast<std::uint8_t>(bytes[index]);
    return number;
}

Ending ending_of_block(std::string_view block) {
    const bool is_last = block.size() < log_block_bytes;
    while (block.size() >= header_bytes) {
        const std::size_t end = header_bytes + little_endian(block.substr(4, 2));
        if (end > block.size()) return is_last ? Ending::whole : Ending::damaged;  // cut short
        const std::string_view summed = block.substr(6, end - 6);  // type and payload
        if (little_endian(block.substr(0, 4)) == stored_checksum(summed)) {
            block.remove_prefix(end);
            continue;
        }
        const bool is_zeros = block.find_first_not_of('\0', end - 1) == block.npos;
        return is_zeros ? Ending::torn : Ending::damaged;
    }
    return Ending::whole;
}

Ending ending_of(const std::filesystem::path& log) {
    std::ifstream file{log, std::ios::binary};
    if (!file) return Ending::damaged;
    Ending ending = Ending::whole;
    std::string block(log_block_bytes, '\0');
    while (file.read(block.data(), static_cast<std::streamsize>(log_block_bytes)),
           file.gcount() > 0) {
        const std::string_view bytes{block.data(), static_cast<std::size_t>(file.gcount())};
        if (ending == Ending::whole)
            ending = ending_of_block(bytes);
        else if (bytes.find_first_not_of('\0') != bytes.npos)
            return Ending::damaged;
        if (ending == Ending::damaged) return ending;
    }
    return file.bad() ? Ending::damaged : ending;
}

std::vector<std::filesystem::path> logs_of(const std::filesystem::path& database) {
    std::vector<std::filesystem::path> logs;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator{database, error})
        if (entry.path().extension() == ".log") logs.push_back(entry.path());
    return logs;
}

}  // namespace

bool ends_in_zeros(const std::filesystem::path& database) {
    bool is_torn = false;
    for (const std::filesystem::path& log : logs_of(database)) {
        const Ending ending = ending_of(log);
        if (ending == Ending::damaged) return false;
        is_torn = is_torn || ending == Ending::torn;
    }
    return is_torn;
}

}  // namespace adapters::rocksdb
