// projections/changes.hpp: what is different between two moments, and which events made it so.
//
// Pure   from the status of every target at both, and the events in between.
// Order  by target, then by version; what is about no target comes first.
#pragma once

#include "projections/status.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace projections {

enum class ChangeKind {
    registered,   // the ledger has heard of it for the first time
    revised,      // other bytes
    applied,      // it was not, or with another digest, or was undone in between
    unapplied,    // it was
    partial,      // stopped half-way, up or down
    failed,       // and nothing of it stayed
    failed_once,  // an attempt failed, whatever came later
    resolved,     // by a person's decision
    in_doubt,     // an attempt began and has no outcome yet
};

[[nodiscard]] std::string_view to_text(ChangeKind kind);  // "failed-once"

struct Change {
    ChangeKind kind{};
    std::optional<ledger::Target> target;  // nothing: whatever the target
    ledger::Version version;
    std::string name;
    std::optional<State> before;  // nothing: the ledger had not heard of it
    std::optional<State> after;
    bool in_doubt_before{};
    bool in_doubt_after{};
    std::optional<ledger::Digest> digest_before;
    std::optional<ledger::Digest> digest_after;
    std::vector<std::uint64_t> positions;
    std::vector<std::string> actors;  // their ids, sorted
    bool operator==(const Change&) const = default;
};

// `between`: the events from the one moment up to the other.
[[nodiscard]] std::vector<Change> changes_between(const std::vector<TargetStatus>& before,
                                                  const std::vector<TargetStatus>& after,
                                                  const std::vector<ledger::Record>& between);

}  // namespace projections
