#include "adapters/files/archive.hpp"
#include "adapters/rocksdb/reader.hpp"
#include "ledger/checked_reader.hpp"
#include "tools/varve/evidence.hpp"
#include "tools/varve/evidence_bundle.hpp"
#include "tools/varve/evidence_documents.hpp"
#include "tools/varve/evidence_scope.hpp"
#include "tools/varve/json_document.hpp"
#include "tools/varve/ledger_session.hpp"
#include "tools/varve/signing.hpp"
#include "tools/varve/verbs.hpp"

namespace tools::varve {

namespace fs = std::filesystem;
using adapters::files::Archive;
using adapters::files::ArchiveFormat;
using commands::EvidenceScope;
using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

// "evidence-migration-20261122093000.tar"
std::string default_name(const EvidenceScope& scope) {
    std::string name = "evidence-" + scope_text(scope);
    for (char& character : name) {
        const bool plain = (character >= '0' && character <= '9') ||
                           (character >= 'A' && character <= 'Z') ||
                           (character >= 'a' && character <= 'z') || character == '.';
        if (!plain) character = '-';
    }
    return name.substr(0, 150) + ".tar";
}

Result<ArchiveFormat> format_of(const fs::path& path) {
    if (path.extension() == ".tar") return ArchiveFormat::tar;
    if (path.extension() == ".zip") return ArchiveFormat::zip;
    return fail(Code::refused, "usage",
                "--output " + path.string() + " is neither a .tar nor a .zip",
                "name it evidence.tar");
}

ledger::ExportProduced event_of(const Evidence& evidence, const Archive::Written& written) {
    ledger::ExportProduced event;
    event.kind = "evidence";
    event.scope = scope_text(evidence.scope);
    event.event_count = evidence.events.size();
    event.size = evidence.checkpoint.size;
    event.root = evidence.checkpoint.root;
    event.digest = written.digest;
    event.byte_count = written.byte_count;
    return event;
}

// Opened for writing from the start where the export will be recorded: no run may come between what
// is read and the record of it, and who cannot have the ledger is told before the work.
struct Opened {
    std::unique_ptr<LedgerSession> session;
    std::unique_ptr<adapters::rocksdb::Reader> alone;

    [[nodiscard]] ledger::CheckedReader reader() const {
        if (session) return ledger::CheckedReader{session->store()};
        return ledger::CheckedReader{*alone};
    }
};

Result<Opened> open(const Invocation& invocation, const Configuration& configuration,
                    bool records) {
    Opened opened;
    if (records) {
        auto session = LedgerSession::open(invocation, configuration);
        if (!session) return fail(session.error());
        opened.session = std::move(*session);
    } else {
        auto reader = adapters::rocksdb::Reader::open(configuration.ledger);
        if (!reader) return fail(reader.error());
        opened.alone = std::move(*reader);
    }
    return opened;
}

// Where the newest checkpoint does not cover what is asked for, and a key is at hand. If it cannot
// be signed, what is refused afterwards says what is missing.
Result<void> sign_where_needed(LedgerSession& session, const Configuration& configuration,
                               const EvidenceScope& scope, const Console& console) {
    const auto needed = size_needed(session.store(), scope);
    if (!needed) return fail(needed.error());
    if (*needed == 0 && scope.kind != commands::EvidenceScopeKind::range) return {};
    const auto newest = commands::newest_checkpoint(session.store());
    if (!newest) return fail(newest.error());
    if (*newest && (*newest)->size >= *needed) return {};
    Passphrase passphrase{configuration.key_passphrase, has_terminal()};
    SigningWork work{configuration,   session.store(),   session.rows(),
                     session.clock(), session.context(), passphrase};
    work.witnesses = witnesses_to_give(configuration, work.store, work.rows);
    work.records_at_once = true;
    const auto done = sign_now(work);
    if (!done) {
        if (done.error().code == Code::corrupt) return fail(done.error());
        warn_of(console, "no checkpoint was signed", done.error());
        return {};
    }
    for (const auto& problem : done->key_problems)
        warn_of(console, "a key did not sign the checkpoint", problem);
    for (const auto& warning : done->report.warnings)
        warn_of(console, "the checkpoint was not published everywhere", warning);
    warn_of_unread(done->report, console);
    return {};
}

// The position of the event.
Result<std::uint64_t> record(LedgerSession& session, const ledger::ExportProduced& event) {
    ledger::Append append;
    append.context = session.context();
    append.drafts.push_back({std::string{ledger::ledger_stream},
                             ledger::new_uuid(session.clock().now_us() / 1000), event,
                             std::nullopt});
    const auto appended = session.store().append(std::move(append));
    if (!appended) return fail(appended.error());
    return appended->first_position;
}

// Nobody who verifies the bundle can be given these, or why they are gone.
ExitCode warn_of_absent(const Console& console, const Evidence& evidence) {
    const auto absent = absent_contents(evidence);
    if (absent.empty()) return ExitCode::fine;
    for (const EvidenceContent* content : absent)
        warn_of(console, "the evidence is incomplete",
                {Code::corrupt, "content-missing",
                 "content " + ledger::hex(content->reference.digest) + " (\"" +
                     content->reference.kind + "\" of event " +
                     std::to_string(content->positions.front()) +
                     ") is gone from the ledger, and no event says that it was redacted",
                 ""});
    console.note(console.told(
        "  Whoever verifies the archive can only find it incomplete. Restore the content from a "
        "copy of the ledger, then export again; varve verify says what else is missing"));
    return ExitCode::integrity;
}

void show(const Invocation& invocation, const Console& console, const Evidence& evidence,
          const fs::path& path, const Archive::Written& written,
          std::optional<std::uint64_t> position) {
    console.line("Written: " + path.string() + ", " + std::to_string(evidence.events.size()) +
                 " events, " + std::to_string(written.byte_count) + " bytes");
    console.line("SHA-256  " + ledger::hex(written.digest) +
                 (position ? "  (event " + std::to_string(*position) + ")" : "  (not recorded)"));
    for (const std::string& sentence : completeness_sentences(evidence)) console.line(sentence);
    console.line("To verify: python3 verify_evidence.py " + path.string() + " --key '" +
                 (evidence.keys.empty() ? "" : ledger::to_text(evidence.keys.back().verifier)) +
                 "' --digest " + ledger::hex(written.digest));
    console.line(
        "  (it is tools/verify_evidence.py of Varve's source: whoever verifies takes it from "
        "there, "
        "not from you)");
    if (!console.json()) return;
    Json document = new_document(invocation);
    document["path"] = path.string();
    document["scope"] = scope_text(evidence.scope);
    document["digest"] = ledger::hex(written.digest);
    document["byte_count"] = written.byte_count;
    document["event_count"] = evidence.events.size();
    document["checkpoint"] = {{"size", evidence.checkpoint.size},
                              {"root", ledger::hex(evidence.checkpoint.root)}};
    document["recorded_at_position"] = optional_json(position);
    document["absent"] = Json::array();
    for (const EvidenceContent* content : absent_contents(evidence))
        document["absent"].push_back({{"digest", ledger::hex(content->reference.digest)},
                                      {"kind", content->reference.kind},
                                      {"positions", content->positions}});
    document["statement"] = completeness_sentences(evidence);
    console.document(to_text(document));
}

}  // namespace

VerbResult export_evidence(const Invocation& invocation, const Console& console,
                           const ExportEvidenceOptions& options) {
    if (auto whole = of_all_targets(invocation, "evidence"); !whole) return fail(whole.error());
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    const auto opened = open(invocation, *configuration, !options.no_record);
    if (!opened) return fail(opened.error());
    const ledger::CheckedReader reader = opened->reader();
    const auto scope = evidence_scope(options, reader);
    if (!scope) return fail(scope.error());
    const fs::path path = options.output.value_or(default_name(*scope));
    const auto format = format_of(path);
    if (!format) return fail(format.error());
    if (opened->session)
        if (auto done = sign_where_needed(*opened->session, *configuration, *scope, console); !done)
            return fail(done.error());

    const auto evidence = gather_evidence(reader, *scope, options.entries);
    if (!evidence) return fail(evidence.error());
    auto archive = Archive::create(path, *format, evidence->recorded_at_us / 1'000'000);
    if (!archive) return fail(archive.error());
    if (auto done = write_bundle(*evidence, reader, *archive); !done) return fail(done.error());
    const auto written = archive->finish();
    if (!written) return fail(written.error());
    // First the record, then the name: nothing is handed out that the ledger does not know of.
    std::optional<std::uint64_t> position;
    if (opened->session) {
        const auto recorded = record(*opened->session, event_of(*evidence, *written));
        if (!recorded) return fail(recorded.error());
        position = *recorded;
    }
    if (auto named = archive->publish(); !named) return fail(named.error());
    if (opened->session) sign_where_key(*opened->session, *configuration, console);
    show(invocation, console, *evidence, path, *written, position);
    return warn_of_absent(console, *evidence);
}

}  // namespace tools::varve
