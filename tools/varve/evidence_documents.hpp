// tools/varve/evidence_documents.hpp: the files of a bundle that programs read.
//
// Format  docs/ledger-format.md, "The evidence bundle".
// Pure    the same evidence gives the same bytes.
#pragma once

#include "tools/varve/evidence.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace tools::varve {

// Positions as runs without a gap: [[3,7],[9,9]].
using Spans = std::vector<std::pair<std::uint64_t, std::uint64_t>>;
[[nodiscard]] Spans spans_of(const Evidence& evidence, commands::EvidenceRole role);

// What of a stream is here: versions, as runs without a gap.
struct StreamPart {
    std::string stream;
    Spans versions;
};
[[nodiscard]] std::vector<StreamPart> streams_of(const Evidence& evidence);

// What is complete here, in sentences for people.
[[nodiscard]] std::vector<std::string> completeness_sentences(const Evidence& evidence);

[[nodiscard]] std::string proof_text(const Evidence& evidence, const EvidenceEvent& event,
                                     std::vector<ledger::Digest> proof);
[[nodiscard]] std::string keys_text(const Evidence& evidence);
[[nodiscard]] std::string policy_text(const Evidence& evidence);
[[nodiscard]] std::string completeness_text(const Evidence& evidence);
[[nodiscard]] std::string control_map_text(const Evidence& evidence);
[[nodiscard]] std::string events_text(const Evidence& evidence);  // events.jsonl
[[nodiscard]] std::string readme_text(const Evidence& evidence);

}  // namespace tools::varve
