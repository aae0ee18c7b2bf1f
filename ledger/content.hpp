// ledger/content.hpp: bytes too large for a record, or that may have to be forgotten.
//
// Shape  kept beside the events by their SHA-256; the record holds digest, size and kind. Deleting
//        content (redaction) leaves every proof valid.
// Units  byte_count is that of the bytes themselves, before any compression.
#pragma once

#include "ledger/digest.hpp"

#include <cstdint>
#include <string>

namespace ledger {

struct ContentReference {
    Digest digest;
    std::uint64_t byte_count{};
    std::string kind;  // "sql", "plan", "statements", "error", ...
    bool operator==(const ContentReference&) const = default;
};

struct Content {
    std::string bytes;
    std::string kind;
    bool operator==(const Content&) const = default;
};

[[nodiscard]] inline ContentReference reference(const Content& content) {
    return {sha256(content.bytes), content.bytes.size(), content.kind};
}

}  // namespace ledger
