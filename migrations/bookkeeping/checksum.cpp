#include "migrations/bookkeeping/checksum.hpp"

#include "ledger/digest.hpp"
#include "migrations/encoding.hpp"

#include <boost/crc.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>
#include <openssl/evp.h>

namespace migrations::bookkeeping {

namespace {

std::string digest_hex(const EVP_MD* kind, std::string_view bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    const int done = EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, kind, nullptr);
    assert(done == 1);
    if (done != 1) return {};
    return ledger::hex(std::string_view{reinterpret_cast<const char*>(digest.data()), length});
}

Checksum checksum_of(std::string_view tool) {
    struct OfTool {
        std::string_view tool;
        Checksum of;
    };
    constexpr std::array all{OfTool{"flyway", flyway_checksum}, OfTool{"drizzle", sha256_hex},
                             OfTool{"prisma", sha256_hex}, OfTool{"sqlx", sha384_hex},
                             OfTool{"sqitch", sha1_hex}};
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const OfTool& each) { return each.tool == tool; });
    return found == all.end() ? nullptr : found->of;
}

}  // namespace

std::string flyway_checksum(std::string_view bytes) {
    boost::crc_32_type crc;
    for (const char character : without_byte_order_mark(bytes))
        if (character != '\n' && character != '\r')
            crc.process_byte(static_cast<unsigned char>(character));
    return std::to_string(static_cast<std::int32_t>(crc.checksum()));
}

std::string sha1_hex(std::string_view bytes) { return digest_hex(EVP_sha1(), bytes); }

std::string sha256_hex(std::string_view bytes) { return ledger::hex(ledger::sha256(bytes)); }

std::string sha384_hex(std::string_view bytes) { return digest_hex(EVP_sha384(), bytes); }

std::string with_line_ends(std::string_view text, std::string_view line_end) {
    std::string changed;
    for (std::size_t index = 0; index < text.size(); ++index) {
        if (text[index] == '\r' && index + 1 < text.size() && text[index + 1] == '\n') continue;
        if (text[index] == '\n')
            changed += line_end;
        else
            changed += text[index];
    }
    return changed;
}

bool matches_with_other_line_ends(std::string_view bytes, const std::string& checksum,
                                  Checksum of) {
    return of(with_line_ends(bytes, "\n")) == checksum ||
           of(with_line_ends(bytes, "\r\n")) == checksum;
}

bool has_checksum(std::string_view tool, std::string_view bytes, const std::string& checksum) {
    const Checksum of = checksum_of(tool);
    return of != nullptr &&
           (of(bytes) == checksum || matches_with_other_line_ends(bytes, checksum, of));
}

std::vector<std::string> checksums_of(std::string_view tool, std::string_view bytes) {
    const Checksum of = checksum_of(tool);
    if (of == nullptr) return {};
    return {of(bytes), of(with_line_ends(bytes, "\n")), of(with_line_ends(bytes, "\r\n"))};
}

}  // namespace migrations::bookkeeping
