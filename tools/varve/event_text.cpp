#include "tools/varve/event_text.hpp"

#include "ledger/fold.hpp"
#include "tools/varve/time_text.hpp"

#include <variant>

namespace tools::varve {

namespace {

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string count_of(std::uint32_t count, const std::string& word) {
    return std::to_string(count) + " " + word + (count == 1 ? "" : "s");
}

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

std::string failed(const ledger::AttemptFailed& event) {
    std::string text = script(event.version, event.direction) + " failed: ";
    if (event.sqlstate) text += *event.sqlstate + " ";
    text += first_line(event.message);
    if (event.line) text += " (line " + std::to_string(*event.line) + ")";
    if (event.settled_from) text += ", settled from the " + *event.settled_from;
    return text;
}

std::string started(const ledger::AttemptStarted& event) {
    std::string text = script(event.version, event.direction) + " " + event.name + " started";
    if (event.try_number > 1) text += ", try " + std::to_string(event.try_number);
    if (event.first_statement_index > 0)
        text += ", at statement " + std::to_string(event.first_statement_index + 1);
    if (!event.transactional) text += ", not one transaction";
    return text;
}

}  // namespace

std::string sentence(const ledger::Event& event) {
    return std::visit(
        ledger::Overload{
            [](const ledger::LedgerCreated& e) { return "ledger created: " + e.origin; },
            [](const ledger::KeyAdded& e) { return "signing key added: " + e.name; },
            [](const ledger::MigrationRegistered& e) {
                return e.version.text + " registered: " + e.path;
            },
            [](const ledger::MigrationRevised& e) {
                return e.version.text + " revised: " + e.path;
            },
            [](const ledger::TargetRegistered& e) {
                return e.target.name + " is database " + e.database + " on PostgreSQL " +
                       e.server_version;
            },
            [](const ledger::RunStarted& e) {
                return "run of " + count_of(e.migration_count, "migration") + " on " +
                       e.target.name + " started";
            },
            [](const ledger::RunRefused& e) {
                return "run on " + e.target.name + " refused (" + e.reason +
                       "): " + first_line(e.detail);
            },
            [](const ledger::AttemptStarted& e) { return started(e); },
            [](const ledger::StatementSucceeded& e) {
                return e.version.text + " statement " +
                       std::to_string(e.result.statement_index + 1) + " of " +
                       std::to_string(e.statement_count) + ": " + e.result.command_tag;
            },
            [](const ledger::AttemptSucceeded& e) {
                return script(e.version, e.direction) + " succeeded" +
                       (e.settled_from ? ", settled from the " + *e.settled_from
                                       : ", " + count_of(e.statement_count, "statement") + " in " +
                                             duration_text(e.elapsed_us));
            },
            [](const ledger::AttemptFailed& e) { return failed(e); },
            [](const ledger::AttemptCancelled& e) {
                return script(e.version, e.direction) + " cancelled by " + e.signal;
            },
            [](const ledger::RunFinished& e) {
                return "run on " + e.target.name + " " + outcome(e.outcome) + ": " +
                       std::to_string(e.applied_count) + " applied, " +
                       std::to_string(e.failed_count) + " failed, " +
                       std::to_string(e.skipped_count) + " not reached";
            },
            [](const ledger::RollbackStarted& e) {
                return "rollback of " + count_of(e.migration_count, "migration") + " on " +
                       e.target.name + " started";
            },
            [](const ledger::RollbackFinished& e) {
                return "rollback on " + e.target.name + " " + outcome(e.outcome) + ": " +
                       std::to_string(e.undone_count) + " undone, " +
                       std::to_string(e.failed_count) + " failed, " +
                       std::to_string(e.skipped_count) + " not reached";
            },
            [](const ledger::LockWaited& e) {
                return "waited " + duration_text(e.waited_us) + " for the lock of " +
                       e.target.name + (e.obtained ? "" : ", in vain") +
                       (e.holder_application ? ", held by " + *e.holder_application : "");
            },
            [](const ledger::Opaque& e) { return "an event of a newer varve: " + e.type; },
        },
        event);
}

}  // namespace tools::varve
