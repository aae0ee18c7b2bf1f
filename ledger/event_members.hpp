// ledger/event_members.hpp: the members of every event, in the order they are stored.
//
// Frozen  the order and the names are part of the hashed bytes.
// Add     an event: its members here, by the order of its struct.
// Include in .cpp files alone: it is much to compile.
#pragma once

#include "ledger/canonical_json.hpp"
#include "ledger/event.hpp"

namespace ledger {

template <class Archive>
void serialize(Archive& archive, ContentReference& content) {
    archive(member("digest", content.digest), member("byte_count", content.byte_count),
            member("kind", content.kind));
}

template <class Archive>
void serialize(Archive& archive, Actor& actor) {
    archive(member("id", actor.id), member("kind", actor.kind), member("via", actor.via),
            member("host", actor.host));
}

template <class Archive>
void serialize(Archive& archive, GateVerdict& verdict) {
    archive(member("gate", verdict.gate), member("passed", verdict.passed),
            member("detail", verdict.detail));
}

template <class Archive>
void serialize(Archive& archive, StatementResult& result) {
    archive(member("statement_index", result.statement_index), member("begin", result.begin),
            member("end", result.end), member("line", result.line),
            member("elapsed_us", result.elapsed_us), member("command_tag", result.command_tag),
            member("row_count", result.row_count), member("notices", result.notices));
}

template <class Archive>
void serialize(Archive& archive, PlannedMigration& planned) {
    archive(member("version", planned.version), member("name", planned.name),
            member("direction", planned.direction), member("path", planned.path),
            member("digest", planned.digest), member("transactional", planned.transactional),
            member("statement_count", planned.statement_count),
            member("first_statement_index", planned.first_statement_index));
}

template <class Archive>
void serialize(Archive& archive, LedgerCreated& event) {
    archive(member("format", event.format), member("organisation", event.organisation),
            member("origin", event.origin));
}

template <class Archive>
void serialize(Archive& archive, KeyAdded& event) {
    archive(member("name", event.name), member("algorithm", event.algorithm),
            member("public_key", event.public_key));
}

template <class Archive>
void serialize(Archive& archive, MigrationRegistered& event) {
    archive(member("version", event.version), member("name", event.name),
            member("layout", event.layout), member("kind", event.kind), member("path", event.path),
            member("up", event.up), member("down", event.down), member("author", event.author));
}

template <class Archive>
void serialize(Archive& archive, MigrationRevised& event) {
    archive(member("version", event.version), member("previous_up", event.previous_up),
            member("name", event.name), member("path", event.path), member("up", event.up),
            member("down", event.down));
}

template <class Archive>
void serialize(Archive& archive, TargetRegistered& event) {
    archive(member("target", event.target), member("database", event.database),
            member("system_identifier", event.system_identifier),
            member("database_oid", event.database_oid),
            member("server_version", event.server_version),
            member("marker_schema", event.marker_schema));
}

template <class Archive>
void serialize(Archive& archive, RunStarted& event) {
    archive(member("target", event.target), member("plan", event.plan),
            member("migration_count", event.migration_count), member("gates", event.gates),
            member("server_version", event.server_version));
}

template <class Archive>
void serialize(Archive& archive, RunRefused& event) {
    archive(member("target", event.target), member("gate", event.gate),
            member("reason", event.reason), member("detail", event.detail));
}

template <class Archive>
void serialize(Archive& archive, AttemptStarted& event) {
    archive(member("attempt", event.attempt), member("target", event.target),
            member("version", event.version), member("name", event.name),
            member("direction", event.direction), member("digest", event.digest),
            member("executed", event.executed), member("try_number", event.try_number),
            member("transactional", event.transactional), member("cause", event.cause),
            member("statement_count", event.statement_count),
            member("first_statement_index", event.first_statement_index),
            member("indexes_before", event.indexes_before));
}

template <class Archive>
void serialize(Archive& archive, StatementSucceeded& event) {
    archive(member("attempt", event.attempt), member("target", event.target),
            member("version", event.version), member("statement_count", event.statement_count),
            member("result", event.result));
}

template <class Archive>
void serialize(Archive& archive, AttemptSucceeded& event) {
    archive(member("attempt", event.attempt), member("target", event.target),
            member("version", event.version), member("direction", event.direction),
            member("digest", event.digest), member("elapsed_us", event.elapsed_us),
            member("statement_count", event.statement_count),
            member("statements", event.statements),
            member("statements_content", event.statements_content),
            member("settled_from", event.settled_from));
}

template <class Archive>
void serialize(Archive& archive, AttemptFailed& event) {
    archive(member("attempt", event.attempt), member("target", event.target),
            member("version", event.version), member("direction", event.direction),
            member("digest", event.digest), member("cause", event.cause),
            member("sqlstate", event.sqlstate), member("message", event.message),
            member("detail", event.detail), member("hint", event.hint),
            member("message_content", event.message_content),
            member("statement_index", event.statement_index), member("line", event.line),
            member("column", event.column), member("elapsed_us", event.elapsed_us),
            member("statements_done", event.statements_done),
            member("statement_count", event.statement_count), member("resumable", event.resumable),
            member("survivors", event.survivors), member("settled_from", event.settled_from));
}

template <class Archive>
void serialize(Archive& archive, AttemptCancelled& event) {
    archive(member("attempt", event.attempt), member("target", event.target),
            member("version", event.version), member("direction", event.direction),
            member("digest", event.digest), member("signal", event.signal),
            member("elapsed_us", event.elapsed_us),
            member("statements_done", event.statements_done),
            member("statement_count", event.statement_count), member("resumable", event.resumable));
}

template <class Archive>
void serialize(Archive& archive, RunFinished& event) {
    archive(member("target", event.target), member("outcome", event.outcome),
            member("applied_count", event.applied_count),
            member("failed_count", event.failed_count),
            member("skipped_count", event.skipped_count), member("elapsed_us", event.elapsed_us));
}

template <class Archive>
void serialize(Archive& archive, RollbackStarted& event) {
    archive(member("target", event.target), member("plan", event.plan),
            member("migration_count", event.migration_count), member("gates", event.gates),
            member("server_version", event.server_version));
}

template <class Archive>
void serialize(Archive& archive, RollbackFinished& event) {
    archive(member("target", event.target), member("outcome", event.outcome),
            member("undone_count", event.undone_count), member("failed_count", event.failed_count),
            member("skipped_count", event.skipped_count), member("elapsed_us", event.elapsed_us));
}

template <class Archive>
void serialize(Archive& archive, LockWaited& event) {
    archive(member("target", event.target), member("waited_us", event.waited_us),
            member("obtained", event.obtained), member("holder_pid", event.holder_pid),
            member("holder_application", event.holder_application),
            member("holder_client", event.holder_client),
            member("held_since_us", event.held_since_us));
}

template <class Archive>
void serialize(Archive& archive, DifferenceResolved& event) {
    archive(member("target", event.target), member("version", event.version),
            member("name", event.name), member("kind", event.kind),
            member("resolution", event.resolution),
            member("previous_digest", event.previous_digest), member("digest", event.digest),
            member("attempt", event.attempt), member("detail", event.detail));
}

template <class Archive>
void serialize(Archive& archive, MigrationAdopted& event) {
    archive(member("target", event.target), member("version", event.version),
            member("name", event.name), member("source", event.source),
            member("digest", event.digest), member("attempt", event.attempt),
            member("recorded_version", event.recorded_version),
            member("recorded_checksum", event.recorded_checksum),
            member("checksum_agrees", event.checksum_agrees),
            member("applied_at_us", event.applied_at_us), member("applied_by", event.applied_by),
            member("elapsed_us", event.elapsed_us));
}

template <class Archive>
void serialize(Archive& archive, BaselineTaken& event) {
    archive(member("target", event.target), member("version", event.version),
            member("migration_count", event.migration_count));
}

template <class Archive>
void serialize(Archive& archive, HistoryImported& event) {
    archive(member("target", event.target), member("tool", event.tool),
            member("table", event.table), member("row_count", event.row_count),
            member("adopted_count", event.adopted_count), member("findings", event.findings),
            member("rows", event.rows));
}

template <class Archive>
void serialize(Archive& archive, MarkersWritten& event) {
    archive(member("target", event.target), member("marker_count", event.marker_count));
}

template <class Archive>
void serialize(Archive& archive, KeyRetired& event) {
    archive(member("name", event.name), member("public_key", event.public_key),
            member("valid_up_to_size", event.valid_up_to_size));
}

template <class Archive>
void serialize(Archive& archive, CheckpointSigned& event) {
    archive(member("size", event.size), member("root", event.root), member("note", event.note));
}

template <class Archive>
void serialize(Archive& archive, CheckpointWitnessed& event) {
    archive(member("size", event.size), member("root", event.root), member("kind", event.kind),
            member("witness", event.witness), member("cosignature", event.cosignature),
            member("verifier", event.verifier), member("witnessed_at_us", event.witnessed_at_us));
}

template <class Archive>
void serialize(Archive& archive, LedgerVerified& event) {
    archive(member("scope", event.scope), member("from_size", event.from_size),
            member("size", event.size), member("root", event.root),
            member("fault_count", event.fault_count), member("faults", event.faults),
            member("witnesses", event.witnesses));
}

template <class Archive>
void serialize(Archive& archive, ContentRedacted& event) {
    archive(member("digest", event.digest), member("byte_count", event.byte_count),
            member("kind", event.kind), member("positions", event.positions));
}

template <class Archive>
void serialize(Archive& archive, LedgerCopied& event) {
    archive(member("size", event.size), member("root", event.root),
            member("destination", event.destination), member("file_count", event.file_count),
            member("byte_count", event.byte_count));
}

template <class Archive>
void serialize(Archive& archive, LedgerRestored& event) {
    archive(member("size", event.size), member("root", event.root),
            member("lost_to", event.lost_to), member("lost_root", event.lost_root),
            member("known_by", event.known_by), member("source", event.source));
}

template <class Archive>
void serialize(Archive& archive, ExportProduced& event) {
    archive(member("kind", event.kind), member("scope", event.scope),
            member("event_count", event.event_count), member("size", event.size),
            member("root", event.root), member("digest", event.digest),
            member("byte_count", event.byte_count));
}

template <class Archive>
void serialize(Archive& archive, LogReviewed& event) {
    archive(member("from_position", event.from_position), member("to_position", event.to_position),
            member("root", event.root), member("exception_count", event.exception_count));
}

template <class Archive>
void serialize(Archive& archive, ValidationFinding& finding) {
    archive(member("rule", finding.rule), member("severity", finding.severity),
            member("path", finding.path), member("line", finding.line),
            member("column", finding.column), member("accepted_because", finding.accepted_because));
}

template <class Archive>
void serialize(Archive& archive, MigrationValidated& event) {
    archive(member("version", event.version), member("up", event.up), member("down", event.down),
            member("rule_set", event.rule_set), member("server_version", event.server_version),
            member("findings", event.findings));
}

template <class Archive>
void serialize(Archive& archive, FindingAccepted& event) {
    archive(member("version", event.version), member("script", event.script),
            member("rule", event.rule), member("path", event.path), member("line", event.line),
            member("because", event.because));
}

template <class Archive>
void serialize(Archive& archive, TestCheck& check) {
    archive(member("name", check.name), member("passed", check.passed),
            member("detail", check.detail));
}

template <class Archive>
void serialize(Archive& archive, MigrationTested& event) {
    archive(member("version", event.version), member("up", event.up), member("down", event.down),
            member("suite", event.suite), member("passed", event.passed),
            member("checks", event.checks), member("schema_before", event.schema_before),
            member("schema_after", event.schema_after),
            member("server_version", event.server_version), member("elapsed_us", event.elapsed_us));
}

template <class Archive>
void serialize(Archive& archive, IntegrityChecked& event) {
    archive(member("target", event.target), member("passed", event.passed),
            member("checks", event.checks), member("elapsed_us", event.elapsed_us));
}

}  // namespace ledger
