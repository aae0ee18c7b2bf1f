// tools/varve/foreign_words.hpp: what other migration tools call the verbs.
#pragma once

#include <string>
#include <string_view>

namespace tools::varve {

// What to type instead of a word that is no verb here.
[[nodiscard]] std::string instead_of(std::string_view word);

}  // namespace tools::varve
