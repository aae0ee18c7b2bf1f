// adapters/postgres/secrets.hpp: passwords taken out of texts that are shown or kept.
//
// Masks   scheme://user:PASSWORD@..., password=PASSWORD (sslpassword=, PGPASSWORD=, => and := too),
//         PASSWORD 'PASSWORD' of SQL; in any case. In doubt more is masked than needed.
// Cost    linear in the text.
#pragma once

#include <string>
#include <string_view>

namespace adapters::postgres {

// Any text, such as a message of the server that may quote a connection string or a statement.
[[nodiscard]] std::string without_secrets(std::string_view text);

// A text that is as a whole a URL or a keyword string, whether libpq could read it or not.
[[nodiscard]] std::string without_password(const std::string& connection_string);

}  // namespace adapters::postgres
