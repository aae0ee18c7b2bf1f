#include "adapters/rocksdb/verify.hpp"

#include "adapters/rocksdb/unfinished_erasing.hpp"
#include "ledger/clean.hpp"
#include "projections/catalogue.hpp"
#include "projections/engine.hpp"
#include "tools/varve/counted.hpp"
#include "tools/varve/json_document.hpp"
#include "tools/varve/ledger_session.hpp"
#include "tools/varve/proof_files.hpp"
#include "tools/varve/session.hpp"
#include "tools/varve/signing.hpp"
#include "tools/varve/verbs.hpp"
#include "tools/varve/verification_view.hpp"
#include "tools/varve/waiting_ledger.hpp"
#include "tools/varve/witness_checks.hpp"

#include <algorithm>

namespace tools::varve {

using adapters::rocksdb::Fault;
using adapters::rocksdb::Verification;
using ledger::fail;
using ledger::Result;

namespace {

constexpr std::size_t recorded_faults_max = 20;
constexpr std::size_t recorded_fault_bytes_max = 300;

struct Found {
    Verification verification;
    bool is_fast{};
    bool is_erasing_unfinished{};
    std::vector<commands::WitnessVerdict> witnesses;
};

Result<adapters::rocksdb::Scope> scope_of(const VerifyOptions& options) {
    adapters::rocksdb::Scope scope{options.fast || options.since, std::nullopt};
    if (!options.since) return scope;
    if (const auto kept = read_checkpoint_file(*options.since); !kept) return fail(kept.error());
    auto note = read_text_file(*options.since);
    if (!note) return fail(note.error());
    scope.kept_checkpoint = std::move(*note);
    return scope;
}

void add_faults(Verification& verification, std::vector<Fault> faults) {
    for (Fault& fault : faults) {
        verification.faults.push_back(std::move(fault));
        ++verification.fault_count;
    }
}

std::string difference_of(const std::string& name, const projections::CheckOutcome& outcome) {
    const bool is_past_alone =
        outcome.different_keys.empty() && outcome.stored_hash == outcome.rebuilt_hash;
    const std::string kept = is_past_alone
                                 ? ", as it was kept of position " +
                                       std::to_string(outcome.different_moments.front()) + ","
                                 : "";
    return "the stored view \"" + name + "\"" + kept + " is not what the events give";
}

// Stored read models are a cache, but one that people are shown.
std::vector<Fault> projection_faults(const Configuration& configuration) {
    std::vector<Fault> faults;
    const auto reader = adapters::rocksdb::Reader::open(configuration.ledger);
    const auto rows = adapters::rocksdb::RowStore::open(configuration.ledger,
                                                        adapters::rocksdb::RowAccess::read_only);
    if (!reader || !rows) return faults;
    const auto outcomes = projections::check_all(**reader, **rows);
    for (std::size_t index = 0; index < outcomes.size(); ++index) {
        const auto& outcome = outcomes[index];
        if (!outcome || outcome->equal()) continue;
        const std::string name{projections::all_projections()[index].name};
        faults.push_back(
            {std::nullopt, "projection-differs", difference_of(name, *outcome), "events"});
    }
    return faults;
}

// What a person must not take for verified.
std::vector<std::string> not_looked_at(const Found& found) {
    if (!found.is_fast) return {};
    const std::string before =
        "the events before position " + std::to_string(found.verification.from_size) + ": ";
    return {before + "their lines, indexes and signatures; the root over them is that of " +
                found.verification.believed,
            "content that they alone name", "rows of indexes that no event stands behind",
            "checksums of the files", "the stored read models"};
}

void print(const Console& console, const Found& found) {
    const Verification& verification = found.verification;
    print_faults(console, verification);
    for (const commands::WitnessVerdict& verdict : found.witnesses)
        console.line(to_line(console, verdict));
    std::string said = counted(verification.event_count, found.is_fast ? "new event" : "event") +
                       ", " + counted(verification.content_count, "content") + ", ";
    if (verification.redacted_count > 0)
        said += std::to_string(verification.redacted_count) + " redacted, ";
    if (verification.checkpoint_count > 0)
        said += counted(verification.checkpoint_count, "signed checkpoint") + ", ";
    said += "root " + ledger::hex(verification.root);
    console.line((verification.faults.empty() ? console.paint(Colour::green, "OK")
                                              : console.paint(Colour::red, "NOT WHOLE")) +
                 "  " + said);
    if (found.is_erasing_unfinished)
        console.line(
            "A redaction was cut short: the bytes may still be in old files of the ledger "
            "until the next command that writes to it, or copies it.");
    for (const std::string& what : not_looked_at(found)) console.line("not looked at: " + what);
}

Json document_of(const Invocation& invocation, const Found& found) {
    const Verification& verification = found.verification;
    Json document = new_document(invocation);
    document["ok"] = verification.faults.empty();
    document["scope"] = found.is_fast ? "fast" : "full";
    document["from_size"] = verification.from_size;
    document["believed"] = found.is_fast ? Json(verification.believed) : Json(nullptr);
    document["not_looked_at"] = not_looked_at(found);
    document["size"] = verification.size;
    document["root"] = ledger::hex(verification.root);
    document["event_count"] = verification.event_count;
    document["content_count"] = verification.content_count;
    document["redacted_count"] = verification.redacted_count;
    document["erasing_unfinished"] = found.is_erasing_unfinished;
    document["checkpoint_count"] = verification.checkpoint_count;
    document["fault_count"] = verification.fault_count;
    document["faults"] = faults_json(verification.faults);
    document["witnesses"] = to_json(found.witnesses);
    return document;
}

ledger::LedgerVerified event_of(const Found& found) {
    const Verification& verification = found.verification;
    ledger::LedgerVerified event;
    event.scope = found.is_fast ? ledger::VerificationScope::fast : ledger::VerificationScope::full;
    event.from_size = verification.from_size;
    event.size = verification.size;
    event.root = verification.root;
    event.fault_count = verification.fault_count;
    for (const Fault& fault : verification.faults) {
        if (event.faults.size() == recorded_faults_max) break;
        const std::string at =
            fault.position ? " at position " + std::to_string(*fault.position) : std::string{};
        event.faults.push_back(
            ledger::clean(fault.what + at + ": " + fault.detail, recorded_fault_bytes_max));
    }
    for (const commands::WitnessVerdict& verdict : found.witnesses)
        if (verdict.agreement == commands::Agreement::agrees)
            event.witnesses.push_back(ledger::clean(verdict.witness, recorded_fault_bytes_max));
    return event;
}

// A ledger that is not whole may refuse this: what was found has been shown all the same. It is
// not signed then.
Result<std::uint64_t> record(const Invocation& invocation, const Configuration& configuration,
                             ledger::LedgerVerified event, const Console& console) {
    const auto session = LedgerSession::open(invocation, configuration);
    if (!session) return fail(session.error());
    const bool is_whole = event.fault_count == 0;
    ledger::Append append;
    append.context = (*session)->context();
    append.drafts = {{std::string{ledger::ledger_stream},
                      ledger::new_uuid((*session)->clock().now_us() / 1000),
                      std::move(event),
                      {}}};
    const auto appended = (*session)->store().append(std::move(append));
    if (!appended) return fail(appended.error());
    if (is_whole) sign_where_key(**session, configuration, console);
    return appended->first_position;
}

}  // namespace

VerbResult verify(const Invocation& invocation, const Console& console,
                  const VerifyOptions& options) {
    if (options.strict && !options.witnesses)
        return fail(ledger::Code::refused, "usage",
                    "--strict is about witnesses, and none is asked",
                    "varve verify --witnesses --strict");
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    const auto scope = scope_of(options);
    if (!scope) return fail(scope.error());
    auto verification = adapters::rocksdb::verify_in_child(configuration->ledger, *scope);
    if (!verification) return fail(verification.error());
    Found found{std::move(*verification),
                scope->is_fast,
                adapters::rocksdb::is_erasing_unfinished(configuration->ledger),
                {}};
    if (!found.is_fast && found.verification.faults.empty())
        add_faults(found.verification, projection_faults(*configuration));
    if (options.witnesses) {
        auto verdicts = ask_witnesses(invocation.flags, *configuration);
        if (!verdicts) return fail(verdicts.error());
        found.witnesses = std::move(*verdicts);
        add_faults(found.verification, faults_of(found.witnesses, options.strict));
    }
    print(console, found);
    const auto waiting = tell_waiting(console, configuration->ledger);
    Json document = document_of(invocation, found);
    document["waits_for_decision"] = optional_json(waiting);
    if (options.record) {
        const auto position = record(invocation, *configuration, event_of(found), console);
        if (!position) return fail(position.error());
        console.line("Recorded at position " + std::to_string(*position) + ".");
        document["recorded_at_position"] = *position;
    }
    if (console.json()) console.document(to_text(document));
    if (!found.verification.faults.empty()) return ExitCode::integrity;
    const bool is_any_silent = std::any_of(
        found.witnesses.begin(), found.witnesses.end(), [](const commands::WitnessVerdict& each) {
            return each.agreement == commands::Agreement::unreachable;
        });
    return options.strict && is_any_silent ? ExitCode::unreachable : ExitCode::fine;
}

}  // namespace tools::varve
