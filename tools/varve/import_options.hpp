// tools/varve/import_options.hpp: the command line of varve import.
#pragma once

#include "tools/varve/verbs.hpp"

#include <CLI/App.hpp>

namespace tools::varve {

void add_import_options(CLI::App& verb, ImportVerbOptions& options);

}  // namespace tools::varve
