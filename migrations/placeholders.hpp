// migrations/placeholders.hpp: replaces what the configuration gives for a script's placeholders.
//
// Keys   a text as it stands in the file (":NAME", "${name}", "{{ .Options.Name }}"; the white
// space
//        within braces does not matter), or a bare name, which stands for the layout's own form.
// Forms  braces  {{ name }}, {{ .Options.Name }}, {{ index .Options "Name" }}: its last name
//        psql    :name, :'name', :"name" outside strings and comments, as psql does
//        colon   :NAME anywhere, as graphile's tools do
//        dollar  ${name} anywhere, as Flyway does
//        env     ${NAME}, ${NAME:-default}, $NAME between goose's ENVSUB ON and OFF
#pragma once

#include "migrations/replaced.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace migrations {

enum class PlaceholderForm { none, psql, colon, dollar, braces, env };

using Placeholders = std::map<std::string, std::string>;

struct Substituted {
    std::string text;
    Replacements replaced;
};

[[nodiscard]] Substituted substitute(std::string_view text, const Placeholders& placeholders,
                                     PlaceholderForm form);

struct Unresolved {
    std::string text;  // as it stands
    std::string key;   // what the configuration would call it
    std::size_t begin{};
    std::size_t end{};
    bool operator==(const Unresolved&) const = default;
};

// Those that are left and that the layout's tool would not leave: each name once. psql's and
// graphile's show as syntax errors instead, since ':' has other meanings.
[[nodiscard]] std::vector<Unresolved> find_unresolved(std::string_view text, PlaceholderForm form);

}  // namespace migrations
