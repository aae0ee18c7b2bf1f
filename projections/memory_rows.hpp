// projections/memory_rows.hpp: rows in memory: the twin of a stored read model, and its snapshot.
//
// Shape  a value: copied, moved and compared, byte by byte.
#pragma once

#include "projections/row_store.hpp"

#include <functional>
#include <map>
#include <string>

namespace projections {

class MemoryRows final : public RowStore {
public:
    [[nodiscard]] ledger::Result<std::optional<std::string>> get(
        std::string_view key) const override;
    [[nodiscard]] ledger::Result<std::vector<Row>> scan(std::string_view prefix) const override;
    ledger::Result<void> write(std::vector<RowChange> changes) override;

    [[nodiscard]] const std::map<std::string, std::string, std::less<>>& all() const {
        return rows_;
    }
    friend bool operator==(const MemoryRows& a, const MemoryRows& b) { return a.rows_ == b.rows_; }

private:
    std::map<std::string, std::string, std::less<>> rows_;
};

}  // namespace projections
