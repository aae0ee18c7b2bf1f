// ledger/digest.hpp: SHA-256 of bytes, and its 64 lower-case hex characters.
//
// Source  FIPS 180-4, through OpenSSL's libcrypto.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ledger {

struct Digest {
    std::array<std::uint8_t, 32> bytes{};
    auto operator<=>(const Digest&) const = default;
};

[[nodiscard]] Digest sha256(std::string_view bytes);

// Of `first` followed by `second`, without putting them together.
[[nodiscard]] Digest sha256(std::string_view first, std::string_view second);

// Of bytes that come one part after the other.
class Sha256 {
public:
    Sha256();
    Sha256(Sha256&& other) noexcept;
    Sha256& operator=(Sha256&& other) noexcept;
    ~Sha256();

    void update(std::string_view bytes);
    // Of all that was given so far; once.
    [[nodiscard]] Digest finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

[[nodiscard]] std::string hex(std::string_view bytes);
[[nodiscard]] std::string hex(const Digest& digest);

// Exactly 64 lower-case hex characters, else nothing.
[[nodiscard]] std::optional<Digest> digest_from_hex(std::string_view text);

}  // namespace ledger
