#include "commands/control_map.hpp"

#include <algorithm>
#include <variant>

namespace commands {

namespace {

using Types = std::vector<std::string_view>;

const Types& scripts() {
    static const Types types{"migration-registered.1", "migration-revised.1"};
    return types;
}

// Where a person, or a pipeline on their behalf, sets something going.
const Types& beginnings() {
    static const Types types{"run-started.1", "rollback-started.1", "difference-resolved.1",
                             "baseline-taken.1", "history-imported.1"};
    return types;
}

const Types& executions() {
    static const Types types{"attempt-started.1",  "statement-succeeded.1", "attempt-succeeded.1",
                             "attempt-failed.1",   "attempt-cancelled.1",   "run-finished.1",
                             "rollback-finished.1"};
    return types;
}

const Types& exceptions() {
    static const Types types{"run-refused.1",         "attempt-failed.1",    "attempt-cancelled.1",
                             "difference-resolved.1", "migration-adopted.1", "baseline-taken.1",
                             "history-imported.1",    "finding-accepted.1"};
    return types;
}

const Types& undoings() {
    static const Types types{"rollback-started.1", "rollback-finished.1"};
    return types;
}

const Types& integrity() {
    static const Types types{"checkpoint-signed.1", "checkpoint-witnessed.1", "ledger-verified.1"};
    return types;
}

constexpr std::string_view no_approvals =
    "Not recorded: this version of Varve keeps no approvals. Ask for the tickets that the events "
    "name, and compare their dates with the start of the run.";
constexpr std::string_view checks_only =
    "The gates of a run, the findings of the rules and the suites on a disposable copy, each with "
    "its result: also those that failed. Whether another target was a test environment, and what "
    "was tested there, is for the organisation to show.";

// Before anything is run.
const Types& checks() {
    static const Types types{"run-started.1",         "rollback-started.1", "run-refused.1",
                             "migration-validated.1", "finding-accepted.1", "migration-tested.1",
                             "integrity-checked.1"};
    return types;
}

// A down script, and the suites that it went through.
const Types& ways_back() {
    static const Types types{"migration-registered.1", "migration-revised.1", "migration-tested.1"};
    return types;
}

using ControlQuestions = std::vector<ControlQuestion>;

ControlQuestions soc_questions() {
    constexpr auto soc = "SOC 2";
    constexpr auto cc = "CC8.1";
    return {
        {"cc8.1-documented", soc, cc, "What was the change, in its exact text?", scripts(),
         Needs::nothing, "The text is in content/, by the digest that the event names."},
        {"cc8.1-reason", soc, cc, "Why was it made?", beginnings(), Needs::reason, ""},
        {"cc8.1-ticket", soc, cc, "Which request or ticket asked for it?", beginnings(),
         Needs::ticket, ""},
        {"cc8.1-approved",
         soc,
         cc,
         "Who approved it, before it was made?",
         {},
         Needs::nothing,
         no_approvals},
        {"cc8.1-tested", soc, cc, "What was checked before it was made?", checks(), Needs::nothing,
         checks_only},
        {"cc8.1-implemented", soc, cc, "Who made it, when, where, and with what result?",
         executions(), Needs::nothing, ""},
        {"cc8.1-exceptions", soc, cc, "Which failures, refusals and manual decisions were there?",
         exceptions(), Needs::nothing,
         "None in the bundle means that none was recorded in its scope, as far as "
         "completeness.json proves that it has all of it."},
    };
}

ControlQuestions iso_questions() {
    constexpr auto iso = "ISO/IEC 27001:2022";
    constexpr auto a8 = "A.8.32";
    return {
        {"a8.32-planned",
         iso,
         a8,
         "Was the change planned, and its effect assessed?",
         {"run-started.1", "rollback-started.1"},
         Needs::nothing,
         "The plan of each run is in content/; an assessment of its impact is not recorded."},
        {"a8.32-authorised", iso, a8, "Was it authorised?", {}, Needs::nothing, no_approvals},
        {"a8.32-communicated",
         iso,
         a8,
         "Was it communicated to those concerned?",
         {},
         Needs::nothing,
         "Not recorded. Ask for the announcement that belongs to the ticket."},
        {"a8.32-implemented", iso, a8, "Is there a record of its implementation?", executions(),
         Needs::nothing, ""},
        {"a8.32-fallback", iso, a8, "Was a way back prepared with it?", ways_back(), Needs::down,
         "The down script is in content/: read it, it may also say why there is no way back. It "
         "was tried beforehand where a migration-tested event of the suite rollback says so, with "
         "the result that stands there."},
        {"a8.32-undone", iso, a8, "Was the way back used?", undoings(), Needs::nothing,
         "None in the bundle means that nothing was undone in its scope, as far as "
         "completeness.json proves that it has all of it."},
    };
}

constexpr auto pci = "PCI DSS 4.0";

ControlQuestions pci_change_questions() {
    return {
        {"6.5.1-reason", pci, "6.5.1", "What are reason and description of the change?",
         beginnings(), Needs::reason, ""},
        {"6.5.1-impact",
         pci,
         "6.5.1",
         "Is its security impact documented?",
         {},
         Needs::nothing,
         "Not recorded. Ask for the assessment that belongs to the ticket."},
        {"6.5.1-approved",
         pci,
         "6.5.1",
         "Is there a documented approval by authorised parties?",
         {},
         Needs::nothing,
         no_approvals},
        {"6.5.1-tested",
         pci,
         "6.5.1",
         "Was it tested not to harm the system's security?",
         {},
         Needs::nothing,
         "Not recorded. Some rules look for dangers, such as rights given to everybody, and "
         "migration-validated has what they found; that is no test of the system."},
        {"6.5.1-recovery", pci, "6.5.1", "How is a failure answered, and a secure state restored?",
         scripts(), Needs::down,
         "Down scripts: read them, one may also say why there is no way back. Attempts that failed "
         "in a transaction leave nothing behind; see the result of each attempt."},
    };
}

ControlQuestions pci_log_questions() {
    return {
        {"10.2.1.2-actions",
         pci,
         "10.2.1.2",
         "Which actions were taken with administrative access?",
         {"run-started.1", "rollback-started.1", "attempt-started.1", "difference-resolved.1",
          "baseline-taken.1", "history-imported.1", "content-redacted.1"},
         Needs::nothing,
         "Of what was done through Varve; what was done beside it is not here."},
        {"10.2.1.3-log-access",
         pci,
         "10.2.1.3",
         "Who has taken copies of the log?",
         {"export-produced.1", "ledger-copied.1"},
         Needs::nothing,
         "Reading on the ledger's own machine is not recorded."},
        {"10.2.1.6-log-start",
         pci,
         "10.2.1.6",
         "When did the log begin, or go on from a copy?",
         {"ledger-created.1", "ledger-restored.1"},
         Needs::nothing,
         ""},
        {"10.2.1.7-objects",
         pci,
         "10.2.1.7",
         "Which system-level objects were made or deleted?",
         {"statement-succeeded.1", "attempt-succeeded.1"},
         Needs::nothing,
         "Each statement's command tag is in the event, its text in content/."},
        {"10.2.2-details", pci, "10.2.2",
         "User, type, time, success or failure, origin, and what was affected?", executions(),
         Needs::nothing,
         "actor, type, recorded_at_us, the type again, actor.host, target and version."},
    };
}

ControlQuestions record_questions() {
    constexpr auto hipaa = "HIPAA";
    constexpr auto rule = "164.312(b)";
    constexpr auto sox = "SOX ITGC";
    constexpr auto change = "Change management";
    return {
        {"164.312b-recorded", hipaa, rule, "Is activity recorded?", executions(), Needs::nothing,
         "Changes of the schema and data that migrations make; not the daily use of the database."},
        {"164.312b-examined",
         hipaa,
         rule,
         "Is it examined?",
         {"log-reviewed.1", "ledger-verified.1"},
         Needs::nothing,
         ""},
        {"itgc-population", sox, change, "Is the list of changes complete and accurate?",
         integrity(), Needs::nothing,
         "completeness.json says what is complete here, and how to check it."},
        {"itgc-approved",
         sox,
         change,
         "Was each change approved?",
         {},
         Needs::nothing,
         no_approvals},
        {"itgc-author", sox, change, "Who wrote the change?", scripts(), Needs::author,
         "Only where the layout of the files says so. Otherwise the version control knows."},
        {"itgc-deployer",
         sox,
         change,
         "Who deployed it?",
         {"run-started.1", "rollback-started.1", "attempt-started.1"},
         Needs::nothing,
         "Compare with who wrote it: whether they may be the same person is the policy's to say."},
        {"itgc-manual",
         sox,
         change,
         "Was the history corrected by hand?",
         {"difference-resolved.1", "migration-adopted.1", "baseline-taken.1", "history-imported.1",
          "content-redacted.1", "ledger-restored.1"},
         Needs::nothing,
         "Corrections are events of their own; nothing is ever rewritten. Where the ledger goes on "
         "from a copy, ledger-restored says which events are lost."},
    };
}

bool has(const ledger::Record& record, Needs needs) {
    switch (needs) {
        case Needs::nothing:
            return true;
        case Needs::reason:
            return record.reason.has_value();
        case Needs::ticket:
            return record.ticket.has_value();
        case Needs::author:
        case Needs::down:
            break;
    }
    return std::visit(
        [&](const auto& event) {
            if constexpr (requires { event.author; })
                if (needs == Needs::author) return event.author.has_value();
            if constexpr (requires { event.down; })
                if (needs == Needs::down) return event.down.has_value();
            return false;
        },
        record.data);
}

}  // namespace

std::string_view path_of(Needs needs) {
    switch (needs) {
        case Needs::nothing:
            return "";
        case Needs::reason:
            return "reason";
        case Needs::ticket:
            return "ticket";
        case Needs::author:
            return "data.author";
        case Needs::down:
            return "data.down";
    }
    return "";
}

const std::vector<ControlQuestion>& control_questions() {
    static const std::vector<ControlQuestion> questions = [] {
        ControlQuestions all;
        for (const auto& part : {soc_questions(), iso_questions(), pci_change_questions(),
                                 pci_log_questions(), record_questions()})
            all.insert(all.end(), part.begin(), part.end());
        return all;
    }();
    return questions;
}

bool answers(const ControlQuestion& question, const ledger::Record& record) {
    const std::string type = ledger::type_of(record.data);
    return std::find(question.types.begin(), question.types.end(), type) != question.types.end() &&
           has(record, question.needs);
}

}  // namespace commands
