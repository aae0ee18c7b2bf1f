// tools/varve/validation_view.hpp: what validate has found, in the form that was asked for.
#pragma once

#include "migrations/rules/diagnose.hpp"
#include "tools/varve/console.hpp"
#include "tools/varve/exit_code.hpp"
#include "tools/varve/json_document.hpp"
#include "tools/varve/verbs.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace tools::varve {

struct Validation {
    std::vector<migrations::Diagnostic> findings;
    std::filesystem::path folder;  // of the findings' files; empty: as they are named
    std::string what;              // "3 migrations (flyway)"
    Json members;                  // of the JSON document, besides the findings
};

// Refused where an error stands that nobody accepts.
[[nodiscard]] ExitCode show(const Invocation& invocation, const Console& console,
                            const ValidateOptions& options, const Validation& validation);

void list_rules(const Invocation& invocation, const Console& console,
                const migrations::rules::Policy& policy);

}  // namespace tools::varve
