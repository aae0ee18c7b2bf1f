// tools/varve/event_table.hpp: events as a table for people, and as the lines that they are.
#pragma once

#include "ledger/event.hpp"
#include "ledger/result.hpp"
#include "ledger/store.hpp"
#include "tools/varve/console.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace tools::varve {

struct ToldEvent {
    std::string line;
    ledger::Record record;
};

// Positions `from` up to, not with, `to`; of those only the wanted.
[[nodiscard]] ledger::Result<std::vector<ToldEvent>> read_events(
    const ledger::Reader& reader, std::uint64_t from, std::uint64_t to,
    const std::function<bool(const ledger::Record&)>& is_wanted);

// A line of history is one line, whatever a reason holds.
[[nodiscard]] std::string one_line(std::string text);

// Position, time, actor, what happened with reason and ticket.
[[nodiscard]] std::vector<std::string> event_cells(const Console& console,
                                                   const ledger::Record& record);

}  // namespace tools::varve
