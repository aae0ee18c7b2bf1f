// adapters/rocksdb/redaction_checks.hpp: what events say of redacted content, held against those
// that they say name it. Internal.
//
// Shape   expect() for every redaction in order, then finish().
// Rule    it lists events before itself, rising, each of which names the content in its line, and
// at
//         least one of which refers to content of that size and kind; all that refer to it, unless
//         the list is full. What names it later is not its business: the same script may be
//         registered again.
#pragma once

#include "adapters/rocksdb/database.hpp"
#include "adapters/rocksdb/findings.hpp"
#include "ledger/event.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace adapters::rocksdb {

class RedactionChecks {
public:
    explicit RedactionChecks(Findings& findings) : findings_(findings) {}

    // `referring`: how many events before it are known to refer to the content.
    void expect(std::uint64_t position, const ledger::ContentRedacted& redacted,
                std::uint64_t referring);
    void finish(const Database& database);

private:
    struct Claim {
        std::uint64_t position{};
        ledger::ContentRedacted said;
        std::uint64_t referring{};
    };
    [[nodiscard]] std::string fault_of(const Database& database, const Claim& claim) const;

    Findings& findings_;
    std::vector<Claim> claims_;
};

}  // namespace adapters::rocksdb
