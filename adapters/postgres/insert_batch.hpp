// adapters/postgres/insert_batch.hpp: many small INSERTs in a row, as one simple query.
//
// Why      each would cost the server its parsing, a portal and a packet, which for a small row is
//          more than the row itself. A simple query of several statements is answered with a
//          result for each; only the time is one, and is shared out evenly.
// Errors   the server counts an error's position in the whole query: own_position() takes that
// back.
//          What comes after the failed one was not run.
#pragma once

#include "adapters/postgres/transaction_messages.hpp"
#include "migrations/migration.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace adapters::postgres {

// For each message how many from it on are one batch: 0 where none begins.
[[nodiscard]] std::vector<std::size_t> batch_lengths(const migrations::Script& script,
                                                     const std::vector<Message>& messages);

struct InsertBatch {
    std::string sql;
    std::vector<std::uint32_t> begins;  // of each statement in it, in the server's units, from 0
    std::uint32_t first_number{};       // of its first statement in the script, from 1

    // `in_bytes`: the server's encoding is SQL_ASCII.
    InsertBatch(const migrations::Script& script, const std::vector<Message>& messages,
                std::size_t place, std::size_t count, bool in_bytes);

    // Which statement an answer is of. The server parses all before it runs any, so an error of
    // syntax comes first, wherever it is.
    [[nodiscard]] std::size_t meant_by(std::size_t number, const ServerError& error) const;

    // libpq hands notices over without saying whose they are: each then names all it may be of.
    [[nodiscard]] std::vector<std::string> of_all(std::vector<std::string> notices) const;

    [[nodiscard]] std::optional<std::uint32_t> own_position(
        std::size_t number, std::optional<std::uint32_t> position) const;
};

}  // namespace adapters::postgres
