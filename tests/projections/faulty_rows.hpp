// tests/projections/faulty_rows.hpp: rows whose writes can be made to fail, whole, as a disk does.
#pragma once

#include "projections/memory_rows.hpp"

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

namespace tests {

class FaultyRows final : public projections::RowStore {
public:
    projections::MemoryRows rows;
    std::size_t writes_before_failure = std::numeric_limits<std::size_t>::max();

    ledger::Result<std::optional<std::string>> get(std::string_view key) const override {
        return rows.get(key);
    }
    ledger::Result<std::vector<projections::Row>> scan(std::string_view prefix) const override {
        return rows.scan(prefix);
    }
    ledger::Result<void> write(std::vector<projections::RowChange> changes) override {
        if (writes_before_failure == 0)
            return ledger::fail(ledger::Code::unavailable, "rows-unavailable", "the disk is full");
        --writes_before_failure;
        return rows.write(std::move(changes));
    }
};

}  // namespace tests
