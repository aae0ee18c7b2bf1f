// commands/examination.hpp: what is in doubt, since when, by whom, and what will settle it.
//
// Shape  pure, from the ledger's open attempt and its script, before the target is asked anything.
//        An attempt that is running right now looks the same: the run lock tells them apart.
// Trust  holds no literal of the script, since those may be secret.
#pragma once

#include "migrations/migration.hpp"
#include "projections/target_state.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace commands {

// The first statement that is not known to be done.
struct DoubtfulStatement {
    std::uint32_t index{};
    std::string path;
    std::uint32_t line{};
    std::string text;  // how it begins
    bool operator==(const DoubtfulStatement&) const = default;
};

struct Examination {
    projections::OpenAttempt attempt;
    // Nothing: all of the attempt is one transaction, or its script cannot be had.
    std::optional<DoubtfulStatement> statement;
    std::vector<std::string> looks;  // in this order
    bool operator==(const Examination&) const = default;
};

[[nodiscard]] Examination examine(const projections::OpenAttempt& attempt,
                                  const std::optional<migrations::Script>& script);

[[nodiscard]] std::optional<DoubtfulStatement> statement_at(const migrations::Script& script,
                                                            std::uint32_t index);

// "migrations/0003_fill.up.sql:3 (CALL fill …)".
[[nodiscard]] std::string to_text(const DoubtfulStatement& statement);

}  // namespace commands
