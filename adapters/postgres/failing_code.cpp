#include "adapters/postgres/failing_code.hpp"

#include "commands/rehearsal.hpp"

#include <string_view>

namespace adapters::postgres {

namespace {

constexpr std::string_view no_right = "42501";
constexpr std::string_view is_read_only = "25006";
constexpr std::string_view no_room = "53";  // a class: disk, memory, connections
constexpr std::string_view has_no_such_character = "22P05";
constexpr const char* path_help =
    " with search_path = pg_catalog, pg_temp: qualify the names in its function, or give that a "
    "path of its own (ALTER FUNCTION ... SET search_path = ...)";

std::string marker_help(const ServerError& error) {
    const bool is_of_trigger = !error.code.empty();
    if (is_of_trigger && commands::is_absence(error.sqlstate))
        return std::string{"a trigger on the marker table is run"} + path_help;
    if (is_of_trigger) return "a trigger on the marker table has failed: mend it, or take it away";
    if (error.sqlstate.starts_with(no_room))
        return "the server lacks what it needs for the marker's row, which is small: give it room, "
               "then run again";
    if (error.sqlstate == has_no_such_character)
        return "the marker names the migration as its file does, the environment, and who runs it: "
               "the database's encoding lacks a character of one of them. Rename the file (or what "
               "else has it) without that character";
    if (error.sqlstate == no_right)
        return "the role needs SELECT, INSERT and UPDATE on the marker table, and whatever a "
               "trigger on it needs";
    if (error.sqlstate == is_read_only)
        return "the marker is written in the migration's own transaction: leave what makes it read "
               "only out of the file";
    if (commands::is_absence(error.sqlstate))
        return std::string{
                   "the migration must leave the marker table alone; a trigger on that is run"} +
               path_help;
    return "see what the migration, or a trigger, rule or constraint on the marker table, does to "
           "it";
}

void add_help(const std::string& help, commands::AttemptFailed& failure) {
    failure.hint = failure.hint ? *failure.hint + "\n" + help : help;
}

}  // namespace

void blame_marker(const ServerError& error, commands::AttemptFailed& failure) {
    failure.message = "while writing the marker: " + failure.message;
    add_help(marker_help(error), failure);
}

void blame_deferred(commands::AttemptFailed& failure) {
    add_help(
        "a deferred constraint or trigger of what the file has written has failed at the file's "
        "end, as it would at its COMMIT",
        failure);
}

void blame_commit(const ServerError& error, commands::AttemptFailed& failure) {
    if (error.code.empty() && !commands::is_absence(error.sqlstate)) return;
    add_help(
        "a deferred trigger has failed: on a table that the file writes, or on the marker table",
        failure);
}

std::optional<std::string> event_trigger_help(Connection& connection, const ServerError& error) {
    const bool is_of_code = !error.code.empty();
    if (error.connection_ended || is_lock_timeout(error) ||
        (!is_of_code && error.sqlstate == no_right))
        return std::nullopt;
    const auto answer = connection.query(
        {"SELECT pg_catalog.string_agg(pg_catalog.quote_ident(evtname), ', ' ORDER BY evtname)"
         " FROM pg_catalog.pg_event_trigger WHERE evtenabled OPERATOR(pg_catalog.<>) 'D'"
         " AND evtenabled OPERATOR(pg_catalog.<>) 'R' AND evtevent OPERATOR(pg_catalog.=)"
         " ANY (ARRAY['ddl_command_start', 'ddl_command_end']::pg_catalog.name[])",
         {}});
    if (!answer || !answer->first().at(0)) return std::nullopt;
    return "event triggers run beside it (" + text_of(answer->first().at(0)) + ")," + path_help +
           "; or disable them until the first run is through";
}

}  // namespace adapters::postgres
