// adapters/rocksdb/content_checks.hpp: all content, held against the events that name it. Internal.
//
// Shape   expect() for every event in order, then finish().
// Rule    what a content-redacted event names may be gone, or a row that says so (codec 0x02); its
//         bytes must not be there any more. What that event says of it is held to those that name
//         it.
// Cost    48 bytes a content.
#pragma once

#include "adapters/rocksdb/database.hpp"
#include "adapters/rocksdb/findings.hpp"
#include "adapters/rocksdb/redaction_checks.hpp"
#include "ledger/event.hpp"

#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace adapters::rocksdb {

class ContentChecks {
public:
    explicit ContentChecks(Findings& findings) : findings_(findings), redactions_(findings) {}

    void expect(const ledger::Record& record);
    void finish(const Database& database);
    // Only those that the events named.
    void finish_named(const Database& database);

    [[nodiscard]] std::uint64_t content_count() const { return content_count_; }
    [[nodiscard]] std::uint64_t redacted_count() const { return redacted_.size(); }

private:
    struct Hash {
        std::size_t operator()(const ledger::Digest& digest) const {
            std::size_t hash = 0;
            std::memcpy(&hash, digest.bytes.data(), sizeof hash);
            return hash;
        }
    };
    struct Reference {
        std::uint64_t position{};  // of the first event that names it
        std::uint64_t byte_count{};
        std::uint32_t referring{};  // how many events
        bool is_there{};
    };
    void note_redaction(std::uint64_t position, const ledger::ContentRedacted& redacted);
    void tell_missing();
    void check_row(std::string_view key, std::string_view row);
    void check_bytes(const ledger::Digest& digest, Reference* reference, std::string_view row);

    Findings& findings_;
    RedactionChecks redactions_;
    std::unordered_map<ledger::Digest, Reference, Hash> references_;
    std::unordered_map<ledger::Digest, std::uint64_t, Hash> redacted_;  // by the event at
    std::uint64_t content_count_{};
};

}  // namespace adapters::rocksdb
