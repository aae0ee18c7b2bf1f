// adapters/rocksdb/findings.hpp: the faults a verification found, in the order they are told.
// Internal.
//
// Order   those of an event by its position, then the others. What an index says wrongly about a
//         changed or missing event is no finding of its own.
#pragma once

#include "adapters/rocksdb/verify.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace adapters::rocksdb {

class Findings {
public:
    void add(std::optional<std::uint64_t> position, const std::string& what, std::string detail);
    // About that event: changed, or missing.
    [[nodiscard]] bool is_event_bad(std::uint64_t position) const;
    void tell(Verification& verification) const;

private:
    using Key = std::pair<std::uint64_t, std::string>;
    std::map<Key, std::string> of_events_;
    std::vector<Fault> others_;
    std::uint64_t others_count_{};
};

}  // namespace adapters::rocksdb
