// projections/overlay_rows.hpp: stored rows that may only be read, with writes kept in memory.
//
// Use  a reader beside a writer catches a read model up in here, without the writer's lock.
#pragma once

#include "projections/row_store.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace projections {

class OverlayRows final : public RowStore {
public:
    // `below` outlives this, and does not change meanwhile.
    explicit OverlayRows(const RowStore& below) : below_(below) {}
    OverlayRows(const OverlayRows&) = delete;
    OverlayRows& operator=(const OverlayRows&) = delete;

    [[nodiscard]] ledger::Result<std::optional<std::string>> get(
        std::string_view key) const override;
    [[nodiscard]] ledger::Result<std::vector<Row>> scan(std::string_view prefix) const override;
    [[nodiscard]] ledger::Result<std::vector<Row>> scan_from(std::string_view prefix,
                                                             std::uint64_t number) const override;
    ledger::Result<void> write(std::vector<RowChange> changes) override;

private:
    [[nodiscard]] bool is_changed(std::string_view prefix) const;

    const RowStore& below_;
    std::map<std::string, std::optional<std::string>, std::less<>> changes_;
};

}  // namespace projections
