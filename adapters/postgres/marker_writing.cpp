#include "adapters/postgres/marker_writing.hpp"

#include <string>

namespace adapters::postgres {

ledger::Result<void> write_markers(Connection& connection, const MarkerTable& table,
                                   const std::vector<commands::Marker>& markers) {
    std::vector<Command> commands{{"BEGIN", {}}, MarkerTable::durable_transaction()};
    for (const auto& marker : markers) commands.push_back(table.insert_where_missing(marker));
    for (const auto& command : commands)
        if (const auto answer = connection.query(command); !answer)
            return ledger::fail(to_error(answer.error(), "writing markers"));
    const auto kept = connection.query(table.count_of(markers));
    if (!kept) return ledger::fail(to_error(kept.error(), "writing markers"));
    if (kept->first().at(0) != std::to_string(markers.size()))
        return ledger::fail(table.not_kept());
    if (const auto done = connection.query({"COMMIT", {}}); !done)
        return ledger::fail(to_error(done.error(), "writing markers"));
    return {};
}

}  // namespace adapters::postgres
