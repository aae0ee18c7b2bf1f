// ledger/identity.hpp: the small words everything else is written in.
//
// Uuid     16 bytes, written as 36 lower-case characters. Event ids are version 7 (RFC 9562), so
//          they sort by time.
// Version  what a layout calls a migration: "20261122093000", "1.1", "R__views". Compared for
//          identity only; the order of migrations is the folder's, not the text's.
// Target   a database under management, by its name in the configuration.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ledger {

struct Uuid {
    std::array<std::uint8_t, 16> bytes{};
    auto operator<=>(const Uuid&) const = default;
};

inline constexpr std::size_t uuid_characters = 36;
[[nodiscard]] std::string to_text(const Uuid& uuid);
// The same, for who keeps no string of it.
[[nodiscard]] std::array<char, uuid_characters> characters_of(const Uuid& uuid);
[[nodiscard]] std::optional<Uuid> uuid_from_text(std::string_view text);

// A version 7 UUID: `unix_ms` in its first 48 bits, the rest from the operating system's random
// source. Ids made in one process sort in the order they were made.
[[nodiscard]] Uuid new_uuid(std::int64_t unix_ms);

struct Version {
    std::string text;
    auto operator<=>(const Version&) const = default;
};

struct Target {
    std::string name;
    auto operator<=>(const Target&) const = default;
};

// The stream of a target's events, and of the ledger's own.
[[nodiscard]] std::string target_stream(const Target& target);       // "target/<name>"
[[nodiscard]] std::string migration_stream(const Version& version);  // "migration/<version>"
inline constexpr std::string_view ledger_stream = "ledger";

}  // namespace ledger
