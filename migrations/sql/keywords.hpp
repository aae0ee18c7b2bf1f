// migrations/sql/keywords.hpp: the words that cannot be every kind of name without quotes.
//
// Source  PostgreSQL 15 to 17, kwlist.h: all but the unreserved ones, which quote_ident() quotes.
#pragma once

#include <string_view>

namespace migrations::sql {

// In lower case.
[[nodiscard]] bool is_keyword(std::string_view word);

// Those that may be any name too ("comment"). Source: PostgreSQL 15.
[[nodiscard]] bool is_unreserved_keyword(std::string_view word);

}  // namespace migrations::sql
