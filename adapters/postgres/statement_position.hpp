// adapters/postgres/statement_position.hpp: where in a file the server points to.
//
// Units  line and column from 1; a column counts characters. The server counts characters of the
//        statement it was sent (bytes, where its encoding is SQL_ASCII), from 1.
#pragma once

#include "migrations/migration.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace adapters::postgres {

struct LineAndColumn {
    std::uint32_t line{};
    std::uint32_t column{};
    bool operator==(const LineAndColumn&) const = default;
};

// Of UTF-8.
[[nodiscard]] std::size_t character_count(std::string_view text);

// Without a position: where the statement begins.
[[nodiscard]] LineAndColumn locate(const migrations::Script& script, std::uint32_t statement_index,
                                   std::optional<std::uint32_t> position, bool position_in_bytes);

}  // namespace adapters::postgres
