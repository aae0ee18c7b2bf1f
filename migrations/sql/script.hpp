// migrations/sql/script.hpp: reads a script's text into statements, and says what is wrong in it.
//
// Refuses  syntax errors, psql's meta-commands, inline COPY data, unknown placeholders: each a
//          Diagnostic with line, column, source line and help.
// Cost     one pass to split, then about 10 us a statement; one that is too large or too deep to be
//          parsed is classified by its first words, with a warning.
#pragma once

#include "migrations/diagnostic.hpp"
#include "migrations/replaced.hpp"
#include "migrations/sql/split.hpp"
#include "migrations/statement.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace migrations::sql {

struct ScriptText {
    std::string_view text;  // UTF-8 without NUL, placeholders replaced
    std::string file;
    std::uint32_t first_line{1};
    std::uint32_t server_version{150000};
    Boundary boundary{};
    const Written* written{};  // what the text came of: lines are told of it within a help
};

struct ScriptStatements {
    std::vector<Statement> statements;
    std::vector<Diagnostic> diagnostics;
};

[[nodiscard]] ScriptStatements read_statements(const ScriptText& script);

}  // namespace migrations::sql
