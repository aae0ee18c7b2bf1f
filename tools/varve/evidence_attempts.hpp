// tools/varve/evidence_attempts.hpp: the report's part about one attempt: what was sent where, by
// whom, why, with what result, and what of it stays.
#pragma once

#include "tools/varve/evidence.hpp"

#include <string>
#include <vector>

namespace tools::varve {

// Of what the bundle has of it: a range may begin or end in its middle.
struct ReportedAttempt {
    const EvidenceEvent* started{};
    const EvidenceEvent* ended{};
    std::vector<const EvidenceEvent*> committed;  // statements, where it was no transaction

    // The first one that is here: there is one.
    [[nodiscard]] const EvidenceEvent& first() const {
        return started != nullptr ? *started : !committed.empty() ? *committed.front() : *ended;
    }
};

// Who it was, and where; not yet escaped.
[[nodiscard]] std::string person(const ledger::Record& record);

// Why, and under which ticket; empty where neither was given. Likewise.
[[nodiscard]] std::string why_text(const ledger::Record& record);

// What happened, with each finding. Likewise.
[[nodiscard]] std::string told_text(const ledger::Event& event);

[[nodiscard]] std::string attempt_html(const Evidence& evidence, const ReportedAttempt& attempt);

}  // namespace tools::varve
