// The low-level calls are deprecated in OpenSSL 3, and three times as fast on a tree's 65 bytes as
// those that replace them.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "ledger/digest.hpp"

#include "ledger/hex_digit.hpp"

#include <openssl/sha.h>

namespace ledger {

Digest sha256(std::string_view bytes) { return sha256(bytes, {}); }

Digest sha256(std::string_view first, std::string_view second) {
    Digest digest;
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, first.data(), first.size());
    SHA256_Update(&context, second.data(), second.size());
    SHA256_Final(digest.bytes.data(), &context);
    return digest;
}

struct Sha256::State {
    SHA256_CTX context;
};

Sha256::Sha256() : state_{std::make_unique<State>()} { SHA256_Init(&state_->context); }
Sha256::Sha256(Sha256&& other) noexcept = default;
Sha256& Sha256::operator=(Sha256&& other) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::update(std::string_view bytes) {
    SHA256_Update(&state_->context, bytes.data(), bytes.size());
}

Digest Sha256::finish() {
    Digest digest;
    SHA256_Final(digest.bytes.data(), &state_->context);
    return digest;
}

std::string hex(std::string_view bytes) {
    std::string text;
    text.reserve(2 * bytes.size());
    for (const char each : bytes) {
        const auto byte = static_cast<std::uint8_t>(each);
        text += hex_digits[byte >> 4];
        text += hex_digits[byte & 15];
    }
    return text;
}

std::string hex(const Digest& digest) {
    const auto text = hex_characters(digest.bytes);
    return {text.data(), text.size()};
}

std::optional<Digest> digest_from_hex(std::string_view text) {
    Digest digest;
    if (text.size() != 2 * digest.bytes.size()) return std::nullopt;
    bool is_hex = true;
    for (std::size_t index = 0; index < digest.bytes.size(); index += 8)
        is_hex &=
            read_hex(sixteen_characters(text.data() + 2 * index), digest.bytes.data() + index);
    if (!is_hex) return std::nullopt;
    return digest;
}

}  // namespace ledger
