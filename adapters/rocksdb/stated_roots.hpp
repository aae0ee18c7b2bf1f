// adapters/rocksdb/stated_roots.hpp: roots that events state of the ledger, held against its tree.
// Internal.
//
// Which   of a verification that found no fault, a copy, a restoration, an export, a review: each
//         speaks of the first events, as they were then. What is signed, CheckpointChecks sees to.
// Judge   the tree's root at that size; where it is another, once more from the lines, so that a
//         tile that is damaged is no other history. Beyond an event that is bad nothing is said:
//         every root after it is another.
// Cost    a few reads and hashes each; a pass over the lines where one differs.
#pragma once

#include "adapters/rocksdb/database.hpp"
#include "adapters/rocksdb/findings.hpp"
#include "ledger/event.hpp"
#include "ledger/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace adapters::rocksdb {

struct StatedRoot {
    std::uint64_t position{};  // of the event
    std::string type;
    std::uint64_t size{};
    ledger::Digest root;
};

// Whether the event states a root, and it is the one that was committed; where it is another, that
// is a finding. What was changed since the commit is found by who looks at the events.
[[nodiscard]] ledger::Result<bool> states_committed_root(const Database& database,
                                                         std::uint64_t size,
                                                         const ledger::Record& record,
                                                         Findings& findings);

class StatedRoots {
public:
    void expect(const ledger::Record& record);
    // Of a ledger of `size` events; after all that is to be found of the events themselves.
    void finish(const Database& database, std::uint64_t size, Findings& findings) const;

private:
    std::vector<StatedRoot> stated_;
};

}  // namespace adapters::rocksdb
