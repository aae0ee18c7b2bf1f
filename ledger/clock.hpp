// ledger/clock.hpp: the port through which time comes in. Nothing else reads a clock.
#pragma once

#include <cstdint>

namespace ledger {

class Clock {
public:
    virtual ~Clock() = default;

    // Microseconds since 1970-01-01T00:00:00Z.
    virtual std::int64_t now_us() = 0;
};

}  // namespace ledger
