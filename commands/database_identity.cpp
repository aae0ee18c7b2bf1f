#include "commands/database_identity.hpp"

#include "commands/owed_markers.hpp"

namespace commands {

using ledger::Code;
using ledger::fail;
using ledger::Result;
using projections::DatabaseIdentity;
using projections::TargetState;

namespace {

// What is open, in words; empty: nothing is.
std::string left_open(const TargetState& state) {
    if (state.open_attempt) return "\"" + state.open_attempt->version.text + "\" is in doubt";
    if (state.open_run)
        return std::string{state.open_run->direction == ledger::Direction::up ? "a run"
                                                                              : "a rollback"} +
               " has not finished";
    return owes_markers(state) ? "markers are still to be written" : "";
}

std::string in_words(const std::string& name, const std::string& system_identifier,
                     std::uint32_t database_oid) {
    return "\"" + name + "\" (oid " + std::to_string(database_oid) +
           (system_identifier.empty() ? "" : " of cluster " + system_identifier) + ")";
}

}  // namespace

bool is_another(const ServerFacts& facts, const std::string& system_identifier,
                std::uint32_t database_oid) {
    const bool other_cluster = !system_identifier.empty() && !facts.system_identifier.empty() &&
                               system_identifier != facts.system_identifier;
    return other_cluster || database_oid != facts.database_oid;
}

bool stands_for_another(const TargetState& state, const ServerFacts& facts) {
    const auto& known = state.database;
    return known && is_another(facts, known->system_identifier, known->database_oid);
}

bool may_take_checkpoints(const TargetState& state, const SeenDatabase& seen) {
    if (seen.facts.read_only || stands_for_another(state, seen.facts)) return false;
    if (!seen.has_markers) return true;
    return state.database ? *seen.has_markers || state.applied_order.empty() : !*seen.has_markers;
}

std::string describe_change(const TargetState& state, const ServerFacts& facts,
                            const std::string& marker_schema) {
    if (!state.database) return "";
    const DatabaseIdentity& known = *state.database;
    if (stands_for_another(state, facts))
        return std::string{in_another_database} +
               in_words(facts.database, facts.system_identifier, facts.database_oid) +
               ", and the target was database " +
               in_words(known.database, known.system_identifier, known.database_oid);
    if (known.marker_schema == marker_schema) return "";
    return std::string{in_another_schema} + "\"" + known.marker_schema +
           "\", and marker_schema says \"" + marker_schema + "\"";
}

Result<void> check_witness(const TargetState& state, const ServerFacts& facts) {
    if (!stands_for_another(state, facts)) return {};
    return fail(Code::unavailable, "witness-unreachable",
                describe_change(state, facts, state.database->marker_schema),
                "give the target's own URL; where the target is this database from now on, varve "
                "run says what there is to decide");
}

Result<void> check_same_database(const TargetState& state, const ServerFacts& facts,
                                 const TargetRequest& request) {
    const std::string open = state.database ? left_open(state) : "";
    if (open.empty()) return {};
    const std::string why = describe_change(state, facts, request.marker_schema);
    if (why.empty()) return {};
    return fail(Code::in_doubt, "database-differs",
                open + " on target \"" + request.target.name + "\"; " + why,
                "go on where it was begun, and nothing is lost; or, where \"" +
                    request.target.name +
                    "\" is this one from now on: varve resolve --all --adopt --reason ...");
}

}  // namespace commands
