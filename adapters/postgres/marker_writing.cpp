#include "adapters/postgres/marker_writing.hpp"

#include <string>

namespace adapters::postgres {

using ledger::Result;

Result<void> write_markers(Connection& connection, const MarkerTable& table,
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

Result<void> correct_marker(Connection& connection, const MarkerTable& table,
                            const ledger::Uuid& attempt, std::uint32_t statements_done) {
    const auto answer = connection.query(table.record_done(attempt, statements_done));
    if (!answer) return ledger::fail(to_error(answer.error(), "correcting an attempt's marker"));
    if (answer->affected_count == 1) return {};
    return ledger::fail(ledger::Code::refused, "marker-missing",
                        "attempt " + to_text(attempt) + " has no marker in the target",
                        "settle it with varve recover");
}

}  // namespace adapters::postgres
