#include "ledger/references.hpp"

#include "ledger/fold.hpp"

#include <optional>

namespace ledger {

namespace {

using References = std::vector<ContentReference>;

References with(References references, const std::optional<ContentReference>& more) {
    if (more) references.push_back(*more);
    return references;
}

}  // namespace

References references_of(const Event& event) {
    const auto none = [](const auto&) { return References{}; };
    return std::visit(
        Overload{
            [&](const LedgerCreated& it) { return none(it); },
            [&](const KeyAdded& it) { return none(it); },
            [](const MigrationRegistered& it) { return with({it.up}, it.down); },
            [](const MigrationRevised& it) { return with({it.up}, it.down); },
            [&](const TargetRegistered& it) { return none(it); },
            [](const RunStarted& it) { return References{it.plan}; },
            [&](const RunRefused& it) { return none(it); },
            [](const AttemptStarted& it) { return with({}, it.executed); },
            [&](const StatementSucceeded& it) { return none(it); },
            [](const AttemptSucceeded& it) { return with({}, it.statements_content); },
            [](const AttemptFailed& it) { return with({}, it.message_content); },
            [&](const AttemptCancelled& it) { return none(it); },
            [&](const RunFinished& it) { return none(it); },
            [](const RollbackStarted& it) { return References{it.plan}; },
            [&](const RollbackFinished& it) { return none(it); },
            [&](const LockWaited& it) { return none(it); },
            [&](const DifferenceResolved& it) { return none(it); },
            [&](const MigrationAdopted& it) { return none(it); },
            [&](const BaselineTaken& it) { return none(it); },
            [](const HistoryImported& it) { return with({}, it.rows); },
            [&](const MarkersWritten& it) { return none(it); },
            [&](const KeyRetired& it) { return none(it); },
            [&](const CheckpointSigned& it) { return none(it); },
            [&](const CheckpointWitnessed& it) { return none(it); },
            [&](const LedgerVerified& it) { return none(it); },
            [&](const ContentRedacted& it) { return none(it); },
            [&](const LedgerCopied& it) { return none(it); },
            [&](const LedgerRestored& it) { return none(it); },
            [&](const ExportProduced& it) { return none(it); },
            [&](const LogReviewed& it) { return none(it); },
            [&](const MigrationValidated& it) { return none(it); },
            [&](const FindingAccepted& it) { return none(it); },
            [&](const MigrationTested& it) { return none(it); },
            [&](const IntegrityChecked& it) { return none(it); },
            [&](const Opaque& it) { return none(it); },
        },
        event);
}

}  // namespace ledger
