// migrations/secret_strings.hpp: credentials within one string: of a connection, of a URL's query,
// of JSON, of a command.
#pragma once

#include "migrations/secret_clauses.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace migrations {

struct StringUse {
    bool connects{};  // given to CONNECTION, or to a function of dblink
    bool runs{};      // a command: COPY ... PROGRAM
};

// `quoted`: with its quotes; offsets are of it.
[[nodiscard]] std::vector<SecretClause> find_in_string(std::string_view quoted,
                                                       const StringUse& use);

// Whether the text, in lower case, has settings of a connection (host=, dbname=, Server=, ...).
[[nodiscard]] bool is_connection(const std::string& low);

// Whether a name says that what it names is a credential: "password", "aws_secret_access_key".
[[nodiscard]] bool names_a_secret(std::string_view name);

}  // namespace migrations
