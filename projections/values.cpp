#include "projections/values.hpp"

#include "ledger/canonical_json.hpp"
#include "ledger/event_members.hpp"
#include "projections/ledger_keys.hpp"
#include "projections/progress.hpp"
#include "projections/status_rows.hpp"
#include "projections/target_state.hpp"

#include <cstddef>

namespace projections {

using ledger::member;

template <class Archive>
void serialize(Archive& archive, Progress& value) {
    archive(member("ledger", value.ledger), member("position", value.position),
            member("frontier", value.frontier), member("state_hash", value.state_hash),
            member("row_count", value.row_count));
}

template <class Archive>
void serialize(Archive& archive, OpenAttempt& value) {
    archive(member("attempt", value.attempt), member("run", value.run),
            member("version", value.version), member("name", value.name),
            member("direction", value.direction), member("digest", value.digest),
            member("executed", value.executed), member("try_number", value.try_number),
            member("transactional", value.transactional),
            member("statement_count", value.statement_count),
            member("first_statement_index", value.first_statement_index),
            member("statements_done", value.statements_done),
            member("indexes_before", value.indexes_before), member("position", value.position),
            member("since_us", value.since_us), member("actor", value.actor));
}

template <class Archive>
void serialize(Archive& archive, Application& value) {
    archive(
        member("attempt", value.attempt), member("run", value.run), member("digest", value.digest),
        member("position", value.position), member("is_order_known", value.is_order_known),
        member("applied_at_us", value.applied_at_us), member("actor", value.actor),
        member("elapsed_us", value.elapsed_us), member("statement_count", value.statement_count),
        member("settled_from", value.settled_from));
}

template <class Archive>
void serialize(Archive& archive, FormerApplication& value) {
    archive(member("digest", value.digest), member("position", value.position),
            member("is_order_known", value.is_order_known),
            member("was_ended_by_decision", value.was_ended_by_decision));
}

template <class Archive>
void serialize(Archive& archive, Resumption& value) {
    archive(member("attempt", value.attempt), member("direction", value.direction),
            member("digest", value.digest), member("executed", value.executed),
            member("statements_done", value.statements_done),
            member("statement_count", value.statement_count),
            member("indexes_before", value.indexes_before), member("begun", value.begun));
}

template <class Archive>
void serialize(Archive& archive, OwedMarker& value) {
    archive(member("attempt", value.attempt), member("direction", value.direction),
            member("digest", value.digest));
}

template <class Archive>
void serialize(Archive& archive, ImportedRow& value) {
    archive(member("applied_at_us", value.applied_at_us), member("checksum", value.checksum));
}

template <class Archive>
void serialize(Archive& archive, MigrationState& value) {
    archive(member("name", value.name), member("state", value.state),
            member("applied", value.applied), member("former", value.former),
            member("resumption", value.resumption), member("owed", value.owed),
            member("imported", value.imported), member("absence_accepted", value.absence_accepted),
            member("lateness_accepted", value.lateness_accepted),
            member("attempts_count", value.attempts_count),
            member("failures_count", value.failures_count),
            member("first_position", value.first_position),
            member("last_position", value.last_position));
}

template <class Archive>
void serialize(Archive& archive, DatabaseIdentity& value) {
    archive(
        member("database", value.database), member("system_identifier", value.system_identifier),
        member("database_oid", value.database_oid), member("server_version", value.server_version),
        member("marker_schema", value.marker_schema));
}

template <class Archive>
void serialize(Archive& archive, OpenRun& value) {
    archive(member("run", value.run), member("direction", value.direction),
            member("migration_count", value.migration_count), member("position", value.position),
            member("since_us", value.since_us), member("actor", value.actor));
}

template <class Archive>
void serialize(Archive& archive, NotUnderstood& value) {
    archive(member("position", value.position), member("type", value.type));
}

template <class Archive>
void serialize(Archive& archive, ImportedHistory& value) {
    archive(member("tool", value.tool), member("table", value.table), member("rows", value.rows));
}

template <class Archive>
void serialize(Archive& archive, CutOffTakeover& value) {
    archive(member("baseline", value.baseline), member("missing_count", value.missing_count));
}

// Without what is read from rows of its own.
template <class Archive>
void serialize(Archive& archive, TargetState& value) {
    archive(member("database", value.database), member("open_attempt", value.open_attempt),
            member("open_run", value.open_run), member("imported", value.imported),
            member("cut_off", value.cut_off), member("stream_version", value.stream_version));
}

template <class Archive>
void serialize(Archive& archive, Registered& value) {
    archive(member("version", value.version), member("name", value.name),
            member("layout", value.layout), member("kind", value.kind), member("path", value.path),
            member("up", value.up), member("down", value.down), member("author", value.author),
            member("stream_version", value.stream_version), member("position", value.position),
            member("revised_position", value.revised_position),
            member("applied_on", value.applied_on));
}

template <class Archive>
void serialize(Archive& archive, LastError& value) {
    archive(member("message", value.message), member("cause", value.cause),
            member("sqlstate", value.sqlstate), member("detail", value.detail),
            member("hint", value.hint), member("direction", value.direction),
            member("statement_index", value.statement_index), member("line", value.line),
            member("column", value.column), member("statements_done", value.statements_done),
            member("statement_count", value.statement_count), member("position", value.position),
            member("recorded_at_us", value.recorded_at_us));
}

template <class Archive>
void serialize(Archive& archive, RunSummary& value) {
    archive(member("run", value.run), member("direction", value.direction),
            member("outcome", value.outcome), member("started_at_us", value.started_at_us),
            member("finished_at_us", value.finished_at_us), member("actor", value.actor),
            member("planned_count", value.planned_count), member("done_count", value.done_count),
            member("failed_count", value.failed_count),
            member("skipped_count", value.skipped_count), member("elapsed_us", value.elapsed_us),
            member("positions", value.positions));
}

template <class Archive>
void serialize(Archive& archive, Refusal& value) {
    archive(member("gate", value.gate), member("reason", value.reason),
            member("detail", value.detail), member("recorded_at_us", value.recorded_at_us),
            member("position", value.position), member("actor", value.actor));
}

// Without what is read from rows of its own.
template <class Archive>
void serialize(Archive& archive, TargetStatus& value) {
    archive(member("target", value.target), member("database", value.database),
            member("last_run", value.last_run), member("last_refusal", value.last_refusal),
            member("in_doubt", value.in_doubt));
}

template <class Archive>
void serialize(Archive& archive, SeenMigration& value) {
    archive(member("name", value.name), member("kind", value.kind), member("path", value.path),
            member("positions", value.positions));
}

template <class Archive>
void serialize(Archive& archive, TriedMigration& value) {
    archive(member("state", value.state), member("last_error", value.last_error),
            member("positions", value.positions));
}

template <class Archive>
void serialize(Archive& archive, LedgerKey& value) {
    archive(member("name", value.name), member("public_key", value.public_key),
            member("position", value.position), member("retired_up_to", value.retired_up_to));
}

template <class Archive>
void serialize(Archive& archive, Restoration& value) {
    archive(member("size", value.size), member("lost_to", value.lost_to));
}

template <class Archive>
void serialize(Archive& archive, LedgerKeys& value) {
    archive(member("keys", value.keys), member("restored", value.restored));
}

namespace {

constexpr std::size_t value_bytes_max = std::size_t{4} << 20;

tl::unexpected<ledger::Error> unreadable(std::string_view why) {
    return ledger::fail(ledger::Code::corrupt, "row-unreadable",
                        "a stored row of a read model is not what was written: " + std::string(why),
                        "rebuild the read models: the ledger itself is not concerned");
}

}  // namespace

template <class T>
ledger::Result<std::string> to_bytes(const T& value) {
    ledger::JsonWriter writer(value_bytes_max);
    writer(value);
    if (writer.failed())
        return ledger::fail(ledger::Code::refused, "row-not-encodable",
                            "a row of a read model cannot be stored: " + writer.fault());
    return std::string(writer.text());
}

template <class T>
ledger::Result<T> from_bytes(std::string_view bytes) {
    T value;
    ledger::JsonReader reader(bytes, value_bytes_max);
    reader(value);
    reader.finish();
    if (reader.failed()) return unreadable(reader.fault());
    return value;
}

template ledger::Result<std::string> to_bytes(const Progress&);
template ledger::Result<std::string> to_bytes(const TargetState&);
template ledger::Result<std::string> to_bytes(const MigrationState&);
template ledger::Result<std::string> to_bytes(const Registered&);
template ledger::Result<std::string> to_bytes(const NotUnderstood&);
template ledger::Result<std::string> to_bytes(const TargetStatus&);
template ledger::Result<std::string> to_bytes(const SeenMigration&);
template ledger::Result<std::string> to_bytes(const TriedMigration&);
template ledger::Result<std::string> to_bytes(const LedgerKeys&);
template ledger::Result<Progress> from_bytes(std::string_view);
template ledger::Result<TargetState> from_bytes(std::string_view);
template ledger::Result<MigrationState> from_bytes(std::string_view);
template ledger::Result<Registered> from_bytes(std::string_view);
template ledger::Result<NotUnderstood> from_bytes(std::string_view);
template ledger::Result<TargetStatus> from_bytes(std::string_view);
template ledger::Result<SeenMigration> from_bytes(std::string_view);
template ledger::Result<TriedMigration> from_bytes(std::string_view);
template ledger::Result<LedgerKeys> from_bytes(std::string_view);

}  // namespace projections
