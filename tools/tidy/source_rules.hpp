// tools/tidy/source_rules.hpp: the rules of a single source file.
//
// Columns    at most 100 characters (not bytes) a line, no tabs.
// Lines      at most 400 a file, at most 50 a function.
// Headers    begin with "// <path>: ", so that a reader always knows where they are.
// Layers     as docs/layers.txt says.
// Throw      only in adapters/, tools/ and tests/.
// Left over  no marks of things left to do.
#pragma once

#include "tools/tidy/fault.hpp"
#include "tools/tidy/layers.hpp"

#include <string>

namespace tools::tidy {

[[nodiscard]] Faults check_source(const std::string& file, const std::string& text,
                                  const Layers& layers);

}  // namespace tools::tidy
