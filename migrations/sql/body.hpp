// migrations/sql/body.hpp: which dollar-quoted strings are code.
//
// Source  DO $$ ... $$, DO LANGUAGE plpgsql $$ ... $$, CREATE FUNCTION ... AS $$ ... $$.
//         Elsewhere a string is data.
#pragma once

#include "migrations/sql/lexer.hpp"
#include "migrations/sql/split.hpp"

#include <optional>
#include <string_view>

namespace migrations::sql {

// Given every token of a text, one after the other.
class BodyFinder {
public:
    explicit BodyFinder(std::string_view text) : text_{text} {}

    // Whether the token is a body.
    [[nodiscard]] bool see(const Token& token);

private:
    [[nodiscard]] bool is(const std::optional<Token>& token, std::string_view word) const;

    std::string_view text_;
    std::optional<Token> before_;
    std::optional<Token> earlier_;
};

// Where the body of such a string begins and ends, without its tags.
[[nodiscard]] Range body_of(std::string_view text, const Token& token);

}  // namespace migrations::sql
