// tools/varve/evidence_scope.hpp: what of a ledger is asked for, from the words of a command line.
//
// Errors  refused "usage"; of a version those of commands::find_version.
#pragma once

#include "commands/evidence.hpp"
#include "ledger/result.hpp"
#include "ledger/store.hpp"
#include "tools/varve/verbs.hpp"

#include <optional>
#include <string>

namespace tools::varve {

[[nodiscard]] ledger::Result<commands::EvidenceScope> evidence_scope(
    const ExportEvidenceOptions& options, const ledger::Reader& reader);

// Both ends included; a date is the whole day. Without an end: up to the last event.
[[nodiscard]] ledger::Result<commands::EvidenceScope> evidence_range(
    const std::optional<std::string>& from, const std::optional<std::string>& to,
    const ledger::Reader& reader);

}  // namespace tools::varve
