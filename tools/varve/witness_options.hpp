// tools/varve/witness_options.hpp: `varve witness` and its own verbs.
//
// Include in .cpp files alone: CLI11 is heavy.
#pragma once

#include "tools/varve/verb_options.hpp"

namespace tools::varve {

void add_witness(CLI::App& app, Words& words);

}  // namespace tools::varve
