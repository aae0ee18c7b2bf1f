// projections/projection.hpp: a read model: a name, a version, and a fold of events into rows.
//
// Version  of the fold and of its rows' form. Raise it whenever either changes: rows of another
//          version are never read, the new ones are built beside them, then the old are erased.
// Pure     apply sees its rows and one record, nothing else: no clock, no content, no randomness.
// Past     where `moment_events` is given, what the rows were every so many events is kept with
//          them (projections/past.hpp). No key of such a projection begins with another of its
//          keys.
#pragma once

#include "ledger/event.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace projections {

class Rows;

struct Projection {
    std::string_view name;  // kebab-case
    std::uint32_t version{};
    void (*apply)(Rows& rows, const ledger::Record& record){};
    std::uint64_t moment_events{};  // 0: the past is not kept
};

// "<name>/<version>/": what the keys of its rows begin with.
[[nodiscard]] std::string row_prefix(const Projection& projection);

}  // namespace projections
