// migrations/rules/nested_branches.hpp: which statements of a PL/pgSQL body may not be run when it
// is, or may be undone by a handler of errors.
//
// Shape   told every token between the statements, one after the other. What only runs where
//         something is missing, or is undone because it was there, counts as run: either way it is
//         there afterwards.
#pragma once

#include "migrations/sql/lexer.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace migrations::rules {

class Branches {
public:
    Branches(std::string_view body, const std::vector<sql::Token>& tokens)
        : body_{body}, tokens_{tokens} {}

    // `statements`: how many there have been. Where the token begins a handler, the first of those
    // that it undoes.
    std::optional<std::size_t> see(std::size_t at, std::size_t statements);
    // Of a statement here.
    [[nodiscard]] bool is_perhaps() const;
    // The parts of the code that a statement here stands in, from the outermost on.
    [[nodiscard]] std::vector<std::size_t> parts() const;

private:
    // Of an IF. What asks whether something was done already is neither of the others: either way
    // it is done then.
    enum class Asks { other, missing, present, done };

    struct Part {
        std::size_t first_statement{};
        bool is_branch{};
        bool is_perhaps{};
        bool has_handlers{};
        bool is_case{};
        Asks asks{};
        std::size_t number{};
    };

    [[nodiscard]] std::string_view text(std::size_t at) const;
    [[nodiscard]] bool is(std::size_t at, std::string_view word) const;
    [[nodiscard]] Asks asked_by(std::size_t at) const;
    [[nodiscard]] bool is_denied(std::size_t at) const;
    [[nodiscard]] bool is_of_duplicates(std::size_t when) const;
    [[nodiscard]] bool raises(std::size_t when) const;
    void open(Part part);
    void leave(std::size_t at);
    std::optional<std::size_t> handle(std::size_t at);

    std::string_view body_;
    const std::vector<sql::Token>& tokens_;
    std::vector<Part> open_;
    std::size_t part_count_{};
    bool may_have_left_{};
};

}  // namespace migrations::rules
