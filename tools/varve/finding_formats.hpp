// tools/varve/finding_formats.hpp: findings as other programs read them.
//
// Format  SARIF 2.1.0 (OASIS); workflow commands of GitHub Actions ("::error file=...").
#pragma once

#include "ledger/result.hpp"
#include "migrations/diagnostic.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace tools::varve {

// Files are named from the working directory on; `folder` is where the findings' files are.
[[nodiscard]] std::string to_sarif(const std::vector<migrations::Diagnostic>& findings,
                                   const std::filesystem::path& folder);
[[nodiscard]] std::string to_github(const std::vector<migrations::Diagnostic>& findings,
                                    const std::filesystem::path& folder);

// Why there are no findings: nothing could be judged.
[[nodiscard]] std::string to_sarif(const ledger::Error& error);
[[nodiscard]] std::string to_github(const ledger::Error& error);

}  // namespace tools::varve
