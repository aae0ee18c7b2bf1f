// ledger/events/ledger.hpp: facts about the ledger itself.
//
// Frozen  once released an event never changes; a new meaning is a new struct with a new tag.
#pragma once

#include "ledger/digest.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace ledger {

// The first event of every ledger.
struct LedgerCreated {
    static constexpr std::string_view tag = "ledger-created.1";
    std::uint32_t format{};    // of what is stored around the records; 1
    std::string organisation;  // names the ledger in its checkpoints
    std::string origin;        // first line of its checkpoints: <organisation>/varve/<ledger uuid>
    bool operator==(const LedgerCreated&) const = default;
};

struct PublicKey {
    std::array<std::uint8_t, 32> bytes{};
    bool operator==(const PublicKey&) const = default;
};

// A signing key whose signatures count from here on.
struct KeyAdded {
    static constexpr std::string_view tag = "key-added.1";
    std::string name;       // as in the signature lines of a checkpoint
    std::string algorithm;  // "ed25519"
    PublicKey public_key;
    bool operator==(const KeyAdded&) const = default;
};

}  // namespace ledger
