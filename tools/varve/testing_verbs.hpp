// tools/varve/testing_verbs.hpp: varve test and its command line.
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

struct TestOptions {
    bool schema{};
    bool dry_run{};
    bool integrity{};
    bool rollback{};
    bool idempotency{};
    std::optional<std::string> migration;
    bool all{};
    bool no_record{};
    std::string shadow_from{"ledger"};               // or "target"
    std::optional<std::string> statement_timeout{};  // of a script's statements on the shadow
    std::string query_timeout{"60s"};                // of a question to the target
};
VerbResult test(const Invocation& invocation, const Console& console, const TestOptions& options);

void add_testing(CLI::App& app, Words& words);

}  // namespace tools::varve
