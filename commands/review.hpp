// commands/review.hpp: which events somebody has examined, and which of them are no routine.
//
// Pure     but for reading and one append. A review is of a range; what lies between reviews was
//          never reviewed.
// Records  LogReviewed in the stream "ledger".
// Refuses  "nothing-to-review" an empty range.
#pragma once

#include "ledger/clock.hpp"
#include "ledger/store.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

namespace commands {

// Why an event is looked at first, in this order.
enum class ExceptionKind {
    failure,    // an attempt failed, the ledger was found not whole, a lock was not obtained
    in_doubt,   // an attempt has begun, and no end of it is recorded
    refusal,    // a run was refused: drift, validation, policy
    decision,   // a person's word on a difference, a baseline, an import
    forced,     // a run or a rollback that a gate was told to let through
    cancelled,  // stopped by a person
    settled,    // learned afterwards: the process had died
    redaction,
    restore,
    key,
    clock,    // the clock had gone back
    unknown,  // an event of a newer program
};
inline constexpr std::size_t exception_kinds_count = 12;

[[nodiscard]] std::string_view to_text(ExceptionKind kind);

// Nothing: routine, as far as the event alone tells.
[[nodiscard]] std::optional<ExceptionKind> exception_in(const ledger::Record& record);
// And as far as the events do that are looked at with it: `open`, as open_attempts() has them.
[[nodiscard]] std::optional<ExceptionKind> exception_in(const ledger::Record& record,
                                                        const std::set<std::uint64_t>& open);

// Begins a gate's detail where a flag or a setting lets through what it would have refused.
inline constexpr std::string_view forced_prefix = "overridden";
[[nodiscard]] bool is_overridden(const ledger::GateVerdict& verdict);

struct Span {
    std::uint64_t from{};
    std::uint64_t to{};  // not with it
    bool operator==(const Span&) const = default;
};

// Every LogReviewed, oldest first.
[[nodiscard]] ledger::Result<std::vector<ledger::Record>> read_reviews(
    const ledger::Reader& reader);

// The first position that no review covers, gaps included: where the next review begins.
[[nodiscard]] std::uint64_t first_unreviewed(const std::vector<ledger::Record>& reviews);

// What no review covers, of a ledger of `size` events.
[[nodiscard]] std::vector<Span> never_reviewed(const std::vector<ledger::Record>& reviews,
                                               std::uint64_t size);

// Answers the position of its event.
ledger::Result<std::uint64_t> acknowledge(ledger::Store& store, ledger::Clock& clock,
                                          const ledger::Context& context, Span span,
                                          std::uint64_t exception_count);

}  // namespace commands
