#include "adapters/postgres/shadow_room.hpp"

#include <filesystem>

namespace adapters::postgres {

namespace {

// The socket of a server of ours is in its own folder, beside its data.
std::string room_help(const Connection& connection) {
    const char* host = PQhost(connection.raw());
    const std::filesystem::path place{host == nullptr ? "" : host};
    if (!place.filename().string().starts_with("varve-shadow."))
        return "make room on the server that TEST_DATABASE_URL names";
    return "make room in " + place.parent_path().string() +
           ", or let TMPDIR name a folder that has more";
}

}  // namespace

// COPY ... PROGRAM: the C library says of a program that may not be started that memory is lacking.
bool is_out_of_room(std::string_view sqlstate, std::string_view source_function) {
    constexpr std::string_view disk_full = "53100";
    constexpr std::string_view out_of_memory = "53200";
    return (sqlstate == disk_full || sqlstate == out_of_memory) &&
           source_function != "exec_stmt_raise" && !source_function.starts_with("BeginCopy");
}

ledger::Error no_room(const std::string& message, const Connection& connection) {
    return {ledger::Code::unavailable, "shadow-failed",
            "the server that is rehearsed on has no room left: " + message, room_help(connection)};
}

ledger::Error server_ended(const ServerError& error, const Connection& connection) {
    return {ledger::Code::unavailable, "shadow-failed",
            "the server that was rehearsed on has ended: " + error.message,
            "try again; see that its memory suffices, and " + room_help(connection)};
}

ledger::Error shadow_error(const ServerError& error, const std::string& doing,
                           const Connection& connection) {
    if (is_out_of_room(error.sqlstate, error.source_function))
        return no_room("while " + doing + ": " + error.message, connection);
    if (error.connection_ended && error.stopped_by.empty()) return server_ended(error, connection);
    return to_error(error, doing);
}

}  // namespace adapters::postgres
