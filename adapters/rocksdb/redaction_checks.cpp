#include "adapters/rocksdb/redaction_checks.hpp"

#include "ledger/codec.hpp"
#include "ledger/references.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <variant>

namespace adapters::rocksdb {

namespace {

struct ListedEvent {
    bool is_readable{};  // else nothing is known of it: that is told elsewhere
    bool names_content{};
    bool refers{};
    bool has_size_and_kind{};
};

ListedEvent listed_event(const Database& database, std::uint64_t position,
                         const ledger::ContentRedacted& said) {
    const auto line = database.get(Family::events, number_bytes(position));
    if (!line || !*line) return {};
    const auto record = ledger::decode(**line);
    if (!record || std::holds_alternative<ledger::Opaque>(record->data)) return {};
    ListedEvent found{true, (*line)->find(hex(said.digest)) != std::string::npos, false, false};
    for (const ledger::ContentReference& reference : ledger::references_of(record->data)) {
        if (reference.digest != said.digest) continue;
        found.refers = true;
        if (reference.byte_count == said.byte_count && reference.kind == said.kind)
            found.has_size_and_kind = true;
    }
    return found;
}

}  // namespace

void RedactionChecks::expect(std::uint64_t position, const ledger::ContentRedacted& redacted,
                             std::uint64_t referring) {
    claims_.push_back({position, redacted, referring});
}

std::string RedactionChecks::fault_of(const Database& database, const Claim& claim) const {
    const auto& positions = claim.said.positions;
    if (positions.empty() || positions.size() > ledger::ContentRedacted::positions_max ||
        positions.back() >= claim.position ||
        !std::is_sorted(positions.begin(), positions.end(), std::less_equal<>{}))
        return "it does not list the events before it that name content ";
    std::uint64_t referring = 0;
    bool has_size_and_kind = false;
    for (const std::uint64_t position : positions) {
        const ListedEvent event = listed_event(database, position, claim.said);
        if (!event.is_readable || findings_.is_event_bad(position)) return {};
        if (!event.names_content)
            return "it lists event " + std::to_string(position) + ", which does not name content ";
        referring += event.refers ? 1 : 0;
        has_size_and_kind = has_size_and_kind || event.has_size_and_kind;
    }
    if (!has_size_and_kind)
        return "no event before it gives the size and kind that it has to content ";
    if (positions.size() < ledger::ContentRedacted::positions_max && referring < claim.referring)
        return "it leaves out events before it that name content ";
    return {};
}

void RedactionChecks::finish(const Database& database) {
    for (const Claim& claim : claims_) {
        if (findings_.is_event_bad(claim.position)) continue;
        const std::string fault = fault_of(database, claim);
        if (!fault.empty())
            findings_.add(claim.position, "redaction-wrong", fault + hex(claim.said.digest),
                          "event");
    }
}

}  // namespace adapters::rocksdb
