// ledger/spelling.hpp: the names of enumerators, as they are stored and shown.
//
// Shape   spellings(E{}) answers the names in the order of the enumerators; an enum of another
//         folder gets its own beside it, found by argument.
// Frozen  a name once stored never changes.
#pragma once

#include "ledger/event.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>

namespace ledger {

constexpr auto spellings(ActorKind /*tag*/) {
    return std::array<std::string_view, 3>{"person", "service", "schedule"};
}

constexpr auto spellings(MigrationKind /*tag*/) {
    return std::array<std::string_view, 3>{"versioned", "repeatable", "baseline"};
}

constexpr auto spellings(Direction /*tag*/) {
    return std::array<std::string_view, 2>{"up", "down"};
}

constexpr auto spellings(FailureCause /*tag*/) {
    return std::array<std::string_view, 8>{
        "statement_error", "commit_error",      "lock_timeout", "interrupted",
        "connection_lost", "transaction_ended", "marker_error", "refused"};
}

constexpr auto spellings(Outcome /*tag*/) {
    return std::array<std::string_view, 4>{"succeeded", "failed", "cancelled", "in_doubt"};
}

constexpr auto spellings(DifferenceKind /*tag*/) {
    return std::array<std::string_view, 8>{"changed", "missing", "out_of_order", "behind",
                                           "ahead",   "cloned",  "in_doubt",     "none"};
}

constexpr auto spellings(Resolution /*tag*/) {
    return std::array<std::string_view, 4>{"mark_applied", "mark_unapplied", "accept_digest",
                                           "adopt"};
}

constexpr auto spellings(AdoptionSource /*tag*/) {
    return std::array<std::string_view, 2>{"baseline", "import"};
}

constexpr auto spellings(WitnessKind /*tag*/) {
    return std::array<std::string_view, 4>{"cosigner", "target", "folder", "webhook"};
}

constexpr auto spellings(VerificationScope /*tag*/) {
    return std::array<std::string_view, 3>{"full", "fast", "witnesses"};
}

constexpr auto spellings(FindingSeverity /*tag*/) {
    return std::array<std::string_view, 3>{"error", "warning", "note"};
}

constexpr auto spellings(TestSuite /*tag*/) {
    return std::array<std::string_view, 5>{"schema", "dry_run", "integrity", "rollback",
                                           "idempotency"};
}

// Empty where `value` is no enumerator.
template <class E>
requires std::is_enum_v<E>
[[nodiscard]] constexpr std::string_view spell(E value) {
    constexpr auto names = spellings(E{});
    const auto index = static_cast<std::size_t>(value);
    return index < names.size() ? names[index] : std::string_view{};
}

template <class E>
requires std::is_enum_v<E>
[[nodiscard]] constexpr std::optional<E> unspell(std::string_view name) {
    constexpr auto names = spellings(E{});
    for (std::size_t index = 0; index < names.size(); ++index)
        if (names[index] == name) return static_cast<E>(index);
    return std::nullopt;
}

}  // namespace ledger
