// adapters/postgres/steps.hpp: a script cut into what is committed together.
//
// Shape    pure. A step is statements [first_index, end_index): one transaction with its marker, or
//          one bare statement. The file's own BEGIN and COMMIT belong to the step, and are not sent
//          as statements: the step has its own.
// Refuses  a transaction the file leaves open or chains, two-phase commit, COPY from the client;
//          in one transaction also ROLLBACK, and a COMMIT that is not the end.
#pragma once

#include "ledger/result.hpp"
#include "migrations/migration.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace adapters::postgres {

struct Step {
    std::uint32_t first_index{};
    std::uint32_t end_index{};
    bool is_bare{};
    std::optional<std::uint32_t> begin_index{};    // of the file's own BEGIN
    std::optional<std::uint32_t> closing_index{};  // of the file's own COMMIT or ROLLBACK
    bool rolls_back{};
    std::vector<std::uint32_t> body{};  // the statements to send
    bool operator==(const Step&) const = default;
};

// All of the script in one transaction.
[[nodiscard]] ledger::Result<Step> one_step(const migrations::Script& script);

// Statement by statement, a BEGIN ... COMMIT of the file as one.
[[nodiscard]] ledger::Result<std::vector<Step>> steps_of(const migrations::Script& script);

[[nodiscard]] std::string statement_text(const migrations::Script& script, std::uint32_t index);

// How many statements of the body come before the first query of the transaction: up to the last
// SET TRANSACTION among the SETs it begins with.
[[nodiscard]] std::size_t transaction_settings_count(const migrations::Script& script,
                                                     const std::vector<std::uint32_t>& body);

// The words a statement begins with, in upper case: at most `count`.
[[nodiscard]] std::vector<std::string> leading_words(std::string_view text, std::size_t count);

}  // namespace adapters::postgres
