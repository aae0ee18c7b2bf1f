// migrations/directives.hpp: what a script's own "-- varve:" comments say.
//
// Format   -- varve: transaction off
//          -- varve: transaction on
//          -- varve: allow RULE reason="why"
//          -- varve: irreversible reason="why"     a rollback of the migration is refused
//          allow stands in the body of a DO block as well; in that of a function it
//                                                  accepts what is found of the definition alone
// Refuses  any other, with its line: a directive is never ignored.
#pragma once

#include "migrations/diagnostic.hpp"
#include "migrations/migration.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migrations {

// A finding that is accepted: in the statement that the directive stands before, or in.
struct Allowance {
    std::string rule;
    std::string reason;
    std::size_t begin{};  // of the directive, in the text
    bool operator==(const Allowance&) const = default;
};

struct Directives {
    std::optional<TransactionMode> transaction;
    std::optional<std::string> irreversible;  // why
    std::vector<Allowance> allowances;
    std::vector<Diagnostic> diagnostics;
};

[[nodiscard]] Directives read_directives(std::string_view text, const std::string& file,
                                         std::uint32_t first_line);

}  // namespace migrations
