#include "ledger/identity.hpp"

#include "ledger/hex_digit.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string_view>
#include <sys/random.h>

namespace ledger {

namespace {

constexpr std::array<std::size_t, 4> hyphens{8, 13, 18, 23};

// An id without its source of randomness would not be one, so there is no going on without it.
std::uint64_t random_bits() {
    std::uint64_t bits = 0;
    while (getrandom(&bits, sizeof bits, 0) != sizeof bits)
        if (errno != EINTR) std::abort();
    return bits;
}

// The 122 bits of a version 7 UUID that are not fixed, as one number in three parts.
struct Stamp {
    std::uint64_t unix_ms{};  // 48 bits
    std::uint64_t middle{};   // 12 bits
    std::uint64_t low{};      // 62 bits
};

constexpr std::uint64_t unix_ms_max = (std::uint64_t{1} << 48) - 1;
constexpr std::uint64_t middle_max = (std::uint64_t{1} << 12) - 1;
constexpr std::uint64_t low_max = (std::uint64_t{1} << 62) - 1;

Stamp fresh(std::uint64_t unix_ms) {
    return {unix_ms, random_bits() & middle_max, random_bits() & low_max};
}

// A little above the last one, by an amount nobody can guess.
Stamp following(Stamp last) {
    last.low += 1 + (random_bits() >> 24);
    if (last.low <= low_max) return last;
    last.low &= low_max;
    if (++last.middle <= middle_max) return last;
    last.middle = 0;
    ++last.unix_ms;
    return last;
}

Uuid assemble(const Stamp& stamp) {
    const std::uint64_t high = stamp.unix_ms << 16 | std::uint64_t{7} << 12 | stamp.middle;
    const std::uint64_t low = std::uint64_t{2} << 62 | stamp.low;
    Uuid uuid;
    for (std::size_t index = 0; index < 8; ++index) {
        uuid.bytes[index] = static_cast<std::uint8_t>(high >> (56 - 8 * index));
        uuid.bytes[index + 8] = static_cast<std::uint8_t>(low >> (56 - 8 * index));
    }
    return uuid;
}

}  // namespace

std::array<char, uuid_characters> characters_of(const Uuid& uuid) {
    const auto digits = hex_characters(uuid.bytes);
    const char* const from = digits.data();
    std::array<char, uuid_characters> text{};
    char* const to = text.data();
    std::memcpy(to, from, 8);
    std::memcpy(to + 9, from + 8, 4);
    std::memcpy(to + 14, from + 12, 4);
    std::memcpy(to + 19, from + 16, 4);
    std::memcpy(to + 24, from + 20, 12);
    for (const std::size_t place : hyphens) text[place] = '-';
    return text;
}

std::string to_text(const Uuid& uuid) {
    const auto text = characters_of(uuid);
    return {text.data(), text.size()};
}

std::optional<Uuid> uuid_from_text(std::string_view text) {
    if (text.size() != uuid_characters) return std::nullopt;
    for (const std::size_t place : hyphens)
        if (text[place] != '-') return std::nullopt;
    const char* const digits = text.data();
    Uuid uuid;
    std::uint8_t* const bytes = uuid.bytes.data();
    bool is_hex = read_hex(sixteen_characters(digits, digits + 4, digits + 9, digits + 14), bytes);
    is_hex &=
        read_hex(sixteen_characters(digits + 19, digits + 24, digits + 28, digits + 32), bytes + 8);
    if (!is_hex) return std::nullopt;
    return uuid;
}

Uuid new_uuid(std::int64_t unix_ms) {
    static std::mutex mutex;
    static Stamp last;
    const std::uint64_t now_ms =
        unix_ms < 0 ? 0 : static_cast<std::uint64_t>(unix_ms) & unix_ms_max;
    const std::scoped_lock lock{mutex};
    last = now_ms > last.unix_ms ? fresh(now_ms) : following(last);
    return assemble(last);
}

std::string target_stream(const Target& target) { return "target/" + target.name; }

std::string migration_stream(const Version& version) { return "migration/" + version.text; }

}  // namespace ledger
