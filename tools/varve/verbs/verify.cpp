#include "adapters/rocksdb/verify.hpp"

#include "adapters/rocksdb/folder.hpp"
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
#include <array>
#include <filesystem>
#include <optional>
#include <system_error>

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
    std::vector<std::string> not_looked_at;  // beyond what its scope leaves out, and why
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

std::string models_of(const ledger::Error& error) {
    return "the stored read models: " + error.detail +
           (error.help.empty() ? "" : "; " + error.help);
}

void compare(const std::array<Result<projections::CheckOutcome>, 3>& outcomes, Found& found) {
    std::vector<Fault> faults;
    std::optional<std::string> unread;
    for (std::size_t index = 0; index < outcomes.size(); ++index) {
        const auto& outcome = outcomes[index];
        if (outcome && outcome->equal()) continue;
        const std::string name{projections::all_projections()[index].name};
        if (!outcome && outcome.error().reason != "row-unreadable")
            unread = models_of(outcome.error());
        else
            faults.push_back({std::nullopt, "projection-differs",
                              outcome ? difference_of(name, *outcome)
                                      : "the stored view \"" + name +
                                            "\" is unreadable: " + outcome.error().detail,
                              "events"});
    }
    add_faults(found.verification, std::move(faults));
    if (unread) found.not_looked_at.push_back(std::move(*unread));
}

// Stored read models are a cache, but one that people are shown; where it cannot be read nobody is,
// and the events are asked.
void compare_read_models(const Configuration& configuration, Found& found) {
    std::error_code ignored;
    if (!std::filesystem::exists(adapters::rocksdb::views_of(configuration.ledger), ignored))
        return;
    const auto reader = adapters::rocksdb::Reader::open(configuration.ledger);
    const auto rows = adapters::rocksdb::RowStore::open(configuration.ledger,
                                                        adapters::rocksdb::RowAccess::read_only);
    if (reader && rows) return compare(projections::check_all(**reader, **rows), found);
    found.not_looked_at.push_back(models_of(reader ? rows.error() : reader.error()));
}

// Nothing where no event was hashed.
bool has_root(const Verification& verification) { return verification.root != ledger::Digest{}; }

// Whether it stopped before the first event: it could not start from what it was to believe.
bool is_before_first(const Found& found) { return found.is_fast && !has_root(found.verification); }

// What a person must not take for verified.
std::vector<std::string> not_looked_at(const Found& found) {
    std::vector<std::string> all;
    if (is_before_first(found))
        all = {"the events, their indexes, signatures and content"};
    else if (found.is_fast)
        all = {"the events before position " + std::to_string(found.verification.from_size) +
                   ": their lines, indexes and signatures; the root over them is that of " +
                   found.verification.believed,
               "content that they alone name", "rows of indexes that no event stands behind"};
    if (found.is_fast) {
        all.emplace_back("checksums of the files");
        all.emplace_back("the stored read models");
    }
    all.insert(all.end(), found.not_looked_at.begin(), found.not_looked_at.end());
    return all;
}

std::string summary_of(const Found& found) {
    const Verification& verification = found.verification;
    if (is_before_first(found))
        return verification.size == 0
                   ? "no event was looked at"
                   : counted(verification.size, "event") + ", none of which was looked at";
    std::string said = counted(verification.event_count, found.is_fast ? "new event" : "event") +
                       ", " + counted(verification.content_count, "content");
    if (verification.redacted_count > 0)
        said += ", " + std::to_string(verification.redacted_count) + " redacted";
    if (verification.checkpoint_count > 0)
        said += ", " + counted(verification.checkpoint_count, "signed checkpoint");
    if (has_root(verification)) said += ", root " + ledger::hex(verification.root);
    return said;
}

void print(const Console& console, const Found& found) {
    const Verification& verification = found.verification;
    print_faults(console, verification);
    for (const commands::WitnessVerdict& verdict : found.witnesses)
        console.line(to_line(console, verdict));
    console.line((verification.faults.empty() ? console.paint(Colour::green, "OK")
                                              : console.paint(Colour::red, "NOT WHOLE")) +
                 "  " + summary_of(found));
    if (found.is_erasing_unfinished)
        console.line(
            "A redaction was cut short: the bytes may still be in old files of the ledger "
            "until the next command that writes to it, or copies it.");
    for (const std::string& what : not_looked_at(found))
        console.line(console.told("not looked at: " + what));
}

Json document_of(const Invocation& invocation, const Found& found) {
    const Verification& verification = found.verification;
    Json document = new_document(invocation);
    document["ok"] = verification.faults.empty();
    document["scope"] = found.is_fast ? "fast" : "full";
    document["from_size"] = verification.from_size;
    document["believed"] =
        verification.believed.empty() ? Json(nullptr) : Json(verification.believed);
    document["not_looked_at"] = not_looked_at(found);
    document["size"] = verification.size;
    document["root"] =
        has_root(verification) ? Json(ledger::hex(verification.root)) : Json(nullptr);
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

// A ledger that is not whole is not signed.
Result<std::uint64_t> append_event(const Invocation& invocation, const Configuration& configuration,
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

// An open ledger alone can ask them: what was found is told all the same where it does not open.
Result<void> ask(const Invocation& invocation, const Configuration& configuration,
                 const VerifyOptions& options, Found& found) {
    auto verdicts =
        ask_witnesses(invocation.flags, configuration, {found.is_fast, options.without});
    if (!verdicts && verdicts.error().reason == "usage") return fail(verdicts.error());
    if (!verdicts && found.verification.faults.empty()) return fail(verdicts.error());
    if (verdicts) {
        found.witnesses = std::move(*verdicts);
        add_faults(found.verification, faults_of(found.witnesses, options.strict));
    } else {
        found.not_looked_at.push_back(
            "what the witnesses hold: they are asked by a ledger that can be opened, or by `varve "
            "ledger restore`; " +
            verdicts.error().detail);
    }
    return {};
}

// A ledger that is not whole may refuse it: what was found is shown all the same.
Result<void> record(const Invocation& invocation, const Configuration& configuration,
                    const Found& found, const Console& console, Json& document) {
    document["recorded_at_position"] = nullptr;
    const auto position = append_event(invocation, configuration, event_of(found), console);
    if (!position && found.verification.faults.empty()) return fail(position.error());
    if (!position) {
        console.error(position.error());
        return {};
    }
    console.line("Recorded at position " + std::to_string(*position) + ".");
    document["recorded_at_position"] = *position;
    return {};
}

ExitCode exit_of(const Found& found, bool strict) {
    if (!found.verification.faults.empty()) return ExitCode::integrity;
    const bool is_any_silent = std::any_of(
        found.witnesses.begin(), found.witnesses.end(), [](const commands::WitnessVerdict& each) {
            return each.agreement == commands::Agreement::unreachable ||
                   each.agreement == commands::Agreement::not_named;
        });
    return strict && is_any_silent ? ExitCode::unreachable : ExitCode::fine;
}

}  // namespace

VerbResult verify(const Invocation& invocation, const Console& console,
                  const VerifyOptions& options) {
    if (options.strict && !options.witnesses)
        return fail(ledger::Code::refused, "usage",
                    "--strict is about witnesses, and none is asked",
                    "varve verify --witnesses --strict");
    if (!options.without.empty() && !options.strict)
        return fail(ledger::Code::refused, "usage",
                    "--without leaves a witness out of --strict, and that is not given",
                    "varve verify --witnesses --strict --without \"folder /mnt/old\"");
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    const auto scope = scope_of(options);
    if (!scope) return fail(scope.error());
    auto verification = adapters::rocksdb::verify_in_child(configuration->ledger, *scope);
    if (!verification) return fail(verification.error());
    Found found{std::move(*verification),
                scope->is_fast,
                adapters::rocksdb::is_erasing_unfinished(configuration->ledger),
                {},
                {}};
    if (!found.is_fast && found.verification.faults.empty())
        compare_read_models(*configuration, found);
    if (options.witnesses)
        if (auto asked = ask(invocation, *configuration, options, found); !asked)
            return fail(asked.error());
    print(console, found);
    const auto waiting = tell_waiting(console, configuration->ledger);
    Json document = document_of(invocation, found);
    document["waits_for_decision"] = optional_json(waiting);
    if (options.record)
        if (auto recorded = record(invocation, *configuration, found, console, document); !recorded)
            return fail(recorded.error());
    if (console.json()) console.document(to_text(document));
    return exit_of(found, options.strict);
}

}  // namespace tools::varve
