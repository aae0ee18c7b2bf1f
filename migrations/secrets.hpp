// migrations/secrets.hpp: credentials in a script, found before it enters a ledger that forgets
// nothing.
//
// Finds    PASSWORD '...' of roles, closed or not, and in options of servers, user mappings and
//          subscriptions, also in code between dollars and in what a comment has commented out;
//          passwords in connection strings (in a comment beside another setting of a connection)
//          and URLs, in JSON, in commands that COPY runs and in
//          rows of a table of settings; those that code gives to format(), or keeps in a variable;
//          settings like app.jwt_secret; keys of functions that encrypt or sign; private keys;
//          tokens whose form says what they are (secret_marks.hpp), JSON web tokens.
// Spares   what is empty, NULL, a placeholder that was not filled in, or names itself an example
//          ("changeme", "xxxx", "<password>", "testpassword"); a SCRAM verifier or an md5 digest
//          counts: it opens the door to who can read it.
// Never    is a secret's text part of what is said.
#pragma once

#include "migrations/diagnostic.hpp"
#include "migrations/migration.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace migrations {

inline constexpr std::string_view secret_rule = "secret-in-script";

struct Secret {
    std::string kind;  // "a password of a role", "an AWS access key"
    std::size_t begin{};
    std::size_t end{};  // of the text
    bool operator==(const Secret&) const = default;
};

// In the text's order; none of them overlaps another.
[[nodiscard]] std::vector<Secret> find_secrets(std::string_view text);

// The text with a star for each character of a secret, so that it can be shown.
[[nodiscard]] std::string without_secrets(std::string_view text);

// What diagnostics quote of the text: stars in the messages of the parser, which give a piece of
// it, and in the lines that go with them.
void hide_secrets(std::string_view text, std::uint32_t first_line,
                  std::vector<Diagnostic>& diagnostics);

// Of a script that does not accept them ("-- varve: allow secret-in-script"), as errors. Lines are
// named and not quoted.
[[nodiscard]] std::vector<Diagnostic> diagnose_secrets(const Script& script);

}  // namespace migrations
