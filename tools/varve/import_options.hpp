// tools/varve/import_options.hpp: varve import and its command line.
#pragma once

#include "tools/varve/console.hpp"
#include "tools/varve/invocation.hpp"
#include "tools/varve/verbs.hpp"

#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace tools::varve {

struct Words;

struct ImportVerbOptions {
    std::optional<std::string> from;
    std::optional<std::string> table;
    std::optional<std::string> unfinished;  // "applied" or "unapplied"
    bool accept_digest{};
    bool dry_run{};
    bool init{};
};
VerbResult import_history(const Invocation& invocation, const Console& console,
                          const ImportVerbOptions& options);

void add_import(CLI::App& app, Words& words);

}  // namespace tools::varve
