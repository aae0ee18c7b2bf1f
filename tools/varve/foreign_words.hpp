// tools/varve/foreign_words.hpp: what other migration tools call the verbs and flags.
#pragma once

#include <string>
#include <string_view>

namespace tools::varve {

// What to type instead of a word that is no verb here.
[[nodiscard]] std::string instead_of(std::string_view word);

// The same of a flag that is not understood; empty where nothing is known of it.
[[nodiscard]] std::string instead_of_flag(std::string_view flag);

}  // namespace tools::varve
