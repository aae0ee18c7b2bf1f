#include "tools/varve/event_text.hpp"

#include "ledger/cosignature.hpp"
#include "ledger/digest.hpp"
#include "ledger/spelling_variants.hpp"
#include "tools/varve/counted.hpp"
#include "tools/varve/key_files.hpp"
#include "tools/varve/time_text.hpp"

#include <algorithm>
#include <variant>

namespace tools::varve {

namespace {

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string script(const ledger::Version& version, ledger::Direction direction) {
    return version.text + (direction == ledger::Direction::down ? " (down)" : "");
}

std::string outcome(ledger::Outcome value) {
    switch (value) {
        case ledger::Outcome::succeeded:
            return "succeeded";
        case ledger::Outcome::failed:
            return "failed";
        case ledger::Outcome::cancelled:
            return "was cancelled";
        case ledger::Outcome::in_doubt:
            return "is in doubt";
    }
    return "failed";
}

std::string on(const ledger::Target& target, TargetTold told) {
    return told == TargetTold::here ? " on " + target.name : std::string{};
}

std::string failed(const ledger::AttemptFailed& event, TargetTold told) {
    std::string text =
        script(event.version, event.direction) + " failed" + on(event.target, told) + ": ";
    if (event.sqlstate) text += *event.sqlstate + " ";
    text += first_line(event.message);
    if (event.line) text += " (line " + std::to_string(*event.line) + ")";
    if (event.resumable)
        for (const std::string& begun : event.survivors) text += "; " + begun;
    if (event.settled_from) text += ", settled from the " + *event.settled_from;
    return text;
}

std::string started(const ledger::AttemptStarted& event, TargetTold told) {
    std::string text = script(event.version, event.direction) + " " + event.name + " started" +
                       on(event.target, told);
    if (event.try_number > 1) text += ", try " + std::to_string(event.try_number);
    if (event.first_statement_index > 0)
        text += ", at statement " + std::to_string(event.first_statement_index + 1);
    if (!event.transactional) text += ", not one transaction";
    return text;
}

// Whether there is one by its looks. That it holds, a verification shows; whose it is, its key.
bool is_named_cosignature(const ledger::CheckpointWitnessed& event) {
    if (!event.cosignature || !event.verifier) return false;
    const auto line = ledger::signature_from_line(*event.cosignature);
    const auto key =
        ledger::verifier_from_text(*event.verifier, ledger::SignatureType::cosignature);
    return line && key && key->name == event.witness && line->name == event.witness &&
           line->key_id == ledger::key_id(*key, ledger::SignatureType::cosignature);
}

std::string lost(const ledger::LedgerRestored& event) {
    if (event.lost_to > event.size)
        return "at least events " + std::to_string(event.size) + " to " +
               std::to_string(event.lost_to - 1) + " lost";
    for (const std::string& by : event.known_by)
        if (by.starts_with("not asked: ")) return "whether anything is lost is unknown; " + by;
    return "nothing is known to be lost";
}

std::string resolved(const ledger::DifferenceResolved& event, TargetTold told) {
    const bool takes_marker = event.resolution == ledger::Resolution::adopt &&
                              (event.kind == ledger::DifferenceKind::ahead ||
                               event.kind == ledger::DifferenceKind::cloned);
    return event.version.text + " " + event.name + on(event.target, told) +
           (event.kind == ledger::DifferenceKind::none ? "" : ", " + ledger::in_words(event.kind)) +
           ", decided: " + ledger::in_words(event.resolution) +
           (takes_marker ? (event.digest ? " as applied" : " as not applied") : "") +
           (event.detail.empty() ? "" : ": " + first_line(event.detail));
}

// As varve show takes it.
std::string content(const ledger::ContentReference& reference) {
    return "content:" + ledger::hex(reference.digest);
}

// It has no row of its own: one of a later version, or of a baseline, stands for it.
bool is_presumed(const ledger::MigrationAdopted& event) {
    return event.source == ledger::AdoptionSource::import && !event.recorded_version &&
           !event.recorded_checksum && !event.applied_at_us;
}

std::string adopted(const ledger::MigrationAdopted& event, TargetTold told) {
    std::string text = event.version.text + " " + event.name + " taken over as applied" +
                       on(event.target, told) + ", by " + std::string{ledger::spell(event.source)};
    if (is_presumed(event)) text += ", presumed, as the tool has kept nothing of it";
    if (event.applied_at_us) text += ", applied " + instant_short(*event.applied_at_us);
    if (event.applied_by) text += " by " + *event.applied_by;
    if (event.checksum_agrees && !*event.checksum_agrees) text += ", its file has changed since";
    if (!event.digest) text += ", its file is gone";
    return text;
}

// One row may stand for all migrations up to the one that it names.
std::string taken_over(const ledger::HistoryImported& event) {
    if (event.adopted_count > event.row_count)
        return counted(event.adopted_count, "migration") + " taken over as applied, from " +
               counted(event.row_count, "row");
    return std::to_string(event.adopted_count) + " of " + counted(event.row_count, "row") +
           " taken over as applied";
}

std::string verdict(const std::vector<ledger::TestCheck>& checks) {
    const auto failed = std::count_if(checks.begin(), checks.end(),
                                      [](const ledger::TestCheck& check) { return !check.passed; });
    return counted(checks.size(), "check") +
           (failed == 0 ? ", all passed" : ", " + std::to_string(failed) + " failed");
}

// Several keys share a name: their ids tell them apart.
template <class KeyEvent>
std::string key_text(const KeyEvent& event) {
    return key_id_text({event.name, event.public_key}) + " of " + event.name;
}

// One sentence an event: a forgotten event does not compile.
struct Teller {
    TargetTold told;

    std::string operator()(const ledger::LedgerCreated& e) const {
        return "ledger created: " + e.origin;
    }
    std::string operator()(const ledger::KeyAdded& e) const {
        return "signing key added: " + key_text(e);
    }
    std::string operator()(const ledger::MigrationRegistered& e) const {
        return e.version.text + " registered: " + e.path + ", " + content(e.up);
    }
    std::string operator()(const ledger::MigrationRevised& e) const {
        return e.version.text + " revised: " + e.path + ", " + content(e.up);
    }
    std::string operator()(const ledger::TargetRegistered& e) const {
        return e.target.name + " is database " + e.database + " on PostgreSQL " + e.server_version;
    }
    std::string operator()(const ledger::RunStarted& e) const {
        return "run of " + counted(e.migration_count, "migration") + " on " + e.target.name +
               " started";
    }
    std::string operator()(const ledger::RunRefused& e) const {
        return "run on " + e.target.name + " refused (" + e.reason + "): " + first_line(e.detail);
    }
    std::string operator()(const ledger::AttemptStarted& e) const { return started(e, told); }
    std::string operator()(const ledger::StatementSucceeded& e) const {
        return e.version.text + " statement " + std::to_string(e.result.statement_index + 1) +
               " of " + std::to_string(e.statement_count) + on(e.target, told) + ": " +
               e.result.command_tag;
    }
    std::string operator()(const ledger::AttemptSucceeded& e) const {
        return script(e.version, e.direction) + " succeeded" + on(e.target, told) +
               (e.settled_from ? ", settled from the " + *e.settled_from
                               : ", " + counted(e.statement_count, "statement") + " in " +
                                     duration_text(e.elapsed_us));
    }
    std::string operator()(const ledger::AttemptFailed& e) const { return failed(e, told); }
    std::string operator()(const ledger::AttemptCancelled& e) const {
        return script(e.version, e.direction) + " cancelled" + on(e.target, told) + " by " +
               e.signal;
    }
    std::string operator()(const ledger::RunFinished& e) const {
        return "run on " + e.target.name + " " + outcome(e.outcome) + ": " +
               std::to_string(e.applied_count) + " applied, " + std::to_string(e.failed_count) +
               " failed, " + std::to_string(e.skipped_count) + " not applied";
    }
    std::string operator()(const ledger::RollbackStarted& e) const {
        return "rollback of " + counted(e.migration_count, "migration") + " on " + e.target.name +
               " started";
    }
    std::string operator()(const ledger::RollbackFinished& e) const {
        return "rollback on " + e.target.name + " " + outcome(e.outcome) + ": " +
               std::to_string(e.undone_count) + " undone, " + std::to_string(e.failed_count) +
               " failed, " + std::to_string(e.skipped_count) + " not undone";
    }
    std::string operator()(const ledger::LockWaited& e) const {
        return "waited " + duration_text(e.waited_us) + " for the lock of " + e.target.name +
               (e.obtained ? "" : ", in vain") +
               (e.holder_application ? ", held by " + *e.holder_application : "") +
               (e.holder_pid ? " (pid " + std::to_string(*e.holder_pid) +
                                   (e.holder_client ? ", from " + *e.holder_client : "") + ")"
                             : "");
    }
    std::string operator()(const ledger::DifferenceResolved& e) const { return resolved(e, told); }
    std::string operator()(const ledger::MigrationAdopted& e) const { return adopted(e, told); }
    std::string operator()(const ledger::BaselineTaken& e) const {
        return "baseline of " + e.target.name + " at " + e.version.text + ": " +
               counted(e.migration_count, "migration") + " taken over as applied";
    }
    std::string operator()(const ledger::HistoryImported& e) const {
        return "history of " + e.tool + " imported" + on(e.target, told) + " from " + e.table +
               ": " + taken_over(e) +
               (e.findings.empty() ? "" : ", " + counted(e.findings.size(), "finding"));
    }
    std::string operator()(const ledger::MarkersWritten& e) const {
        return counted(e.marker_count, "marker") + " written to " + e.target.name;
    }
    std::string operator()(const ledger::KeyRetired& e) const {
        return "signing key retired: " + key_text(e) + ", good up to " +
               std::to_string(e.valid_up_to_size) + " events";
    }
    std::string operator()(const ledger::CheckpointSigned& e) const {
        return "checkpoint of " + std::to_string(e.size) + " events signed";
    }
    std::string operator()(const ledger::CheckpointWitnessed& e) const {
        const std::string checkpoint = "checkpoint of " + std::to_string(e.size) + " events";
        if (e.kind == ledger::WitnessKind::cosigner)
            return checkpoint +
                   (is_named_cosignature(e)
                        ? ": cosignature in the name of " + e.witness
                        : ", without the cosignature that " + e.witness + " is said to have given");
        return checkpoint + " held by " + (e.kind == ledger::WitnessKind::target ? "target " : "") +
               e.witness;
    }
    std::string operator()(const ledger::LedgerVerified& e) const {
        return "ledger of " + std::to_string(e.size) + " events verified (" +
               std::string{ledger::spell(e.scope)} +
               "): " + (e.fault_count == 0 ? "whole" : std::to_string(e.fault_count) + " faults");
    }
    std::string operator()(const ledger::ContentRedacted& e) const {
        return e.kind + " content " + ledger::hex(e.digest) + " redacted";
    }
    std::string operator()(const ledger::LedgerCopied& e) const {
        return "ledger of " + std::to_string(e.size) + " events copied to " + e.destination;
    }
    std::string operator()(const ledger::LedgerRestored& e) const {
        return "ledger goes on from a copy of " + std::to_string(e.size) + " events, " + lost(e);
    }
    std::string operator()(const ledger::ExportProduced& e) const {
        return e.kind + " exported: " + e.scope + ", " + std::to_string(e.event_count) + " events";
    }
    std::string operator()(const ledger::LogReviewed& e) const {
        return "events " + std::to_string(e.from_position) + " to " +
               std::to_string(e.to_position - 1) + " reviewed, " +
               std::to_string(e.exception_count) + " exceptions";
    }
    std::string operator()(const ledger::MigrationValidated& e) const {
        return e.version.text + " validated: " + counted(e.findings.size(), "finding");
    }
    std::string operator()(const ledger::FindingAccepted& e) const {
        return e.version.text + " accepts " + e.rule + " at " + e.path + ":" +
               std::to_string(e.line) + ": " + first_line(e.because);
    }
    std::string operator()(const ledger::MigrationTested& e) const {
        return e.version.text + " tested (" + std::string{ledger::spell(e.suite)} +
               "): " + verdict(e.checks);
    }
    std::string operator()(const ledger::IntegrityChecked& e) const {
        return "data of " + e.target.name + " checked: " + verdict(e.checks);
    }
    std::string operator()(const ledger::Opaque& e) const {
        return "an event of a newer varve: " + e.type;
    }
};

}  // namespace

std::string sentence(const ledger::Event& event, TargetTold target) {
    return std::visit(Teller{target}, event);
}

std::string findings_text(const ledger::Event& event) {
    std::string text;
    const auto add = [&text](const std::string& finding) {
        text += (text.empty() ? "" : "; ") + finding;
    };
    if (const auto* const validated = std::get_if<ledger::MigrationValidated>(&event))
        for (const ledger::ValidationFinding& finding : validated->findings)
            add(finding.rule + " at " + finding.path + ":" + std::to_string(finding.line) +
                (finding.accepted_because ? ", accepted" : ""));
    if (const auto* const imported = std::get_if<ledger::HistoryImported>(&event))
        for (const std::string& finding : imported->findings) add(finding);
    return text;
}

}  // namespace tools::varve
