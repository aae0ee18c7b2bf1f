#include "adapters/files/durable_file.hpp"
#include "tools/varve/checkpoint_exchange.hpp"
#include "tools/varve/json_document.hpp"
#include "tools/varve/ledger_session.hpp"
#include "tools/varve/proof_files.hpp"
#include "tools/varve/signing.hpp"
#include "tools/varve/verbs.hpp"

#include <iostream>
#include <iterator>

namespace tools::varve {

using commands::SigningReport;
using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

struct Outcome {
    bool is_new{};
    SigningReport report;
};

Result<Outcome> sign_or_publish(const SigningWork& work, const Console& console,
                                const CheckpointOptions& options) {
    const auto news = commands::has_news(work.store);
    if (!news) return fail(news.error());
    if (*news) {
        auto done = sign_now(work);
        if (!done) return fail(done.error());
        for (const auto& problem : done->key_problems)
            warn_of(console, "a key did not sign the checkpoint", problem);
        return Outcome{true, std::move(done->report)};
    }
    if (options.publish_again) {
        auto report = publish_again(work);
        if (!report) return fail(report.error());
        return Outcome{false, std::move(*report)};
    }
    auto report = check_newest(work);
    if (!report) return fail(report.error());
    return Outcome{false, std::move(*report)};
}

Result<std::string> read_text(const std::string& path) {
    if (path == "-") return std::string{std::istreambuf_iterator<char>{std::cin}, {}};
    auto bytes = adapters::files::read_small(path);
    if (!bytes) return fail(bytes.error());
    if (*bytes) return std::move(**bytes);
    return fail(Code::refused, "usage", "there is no file " + path,
                "give what `varve witness cosign` has written");
}

VerbResult take_cosignature(const Invocation& invocation, const Console& console,
                            const SigningWork& work, const CheckpointOptions& options) {
    const auto text = read_text(*options.cosignature);
    if (!text) return fail(text.error());
    const auto kept = keep_cosignature(work.store, work.clock, work.context, work.configuration,
                                       options.verifier, *text);
    if (!kept) return fail(kept.error());
    console.line("the checkpoint of " + std::to_string(kept->size) + " events is cosigned by " +
                 kept->witness);
    if (console.json()) {
        Json document = new_document(invocation);
        document["size"] = kept->size;
        document["witness"] = kept->witness;
        console.document(to_text(document));
    }
    return ExitCode::fine;
}

// The note alone, or what is asked of a witness with it.
Result<std::string> output_of(const SigningWork& work, const Outcome& outcome,
                              const CheckpointOptions& options) {
    if (!options.request) return outcome.report.checkpoint.note;
    return request_of(work.store, outcome.report.checkpoint, *options.request);
}

Result<void> write_note(const std::string& path, const std::string& note) {
    if (path == "-") {
        std::cout << note << std::flush;
        return {};
    }
    return write_text_file(path, note);
}

void show(const Invocation& invocation, const Console& console, const Outcome& outcome,
          const std::optional<std::string>& request) {
    const auto& checkpoint = outcome.report.checkpoint;
    console.line((outcome.is_new ? "Signed: " : "Nothing new since the checkpoint of ") +
                 std::to_string(checkpoint.size) + " events, root " + ledger::hex(checkpoint.root));
    for (const std::string& holder : outcome.report.holders) console.line("held by " + holder);
    if (!console.json()) return;
    Json document = new_document(invocation);
    document["signed"] = outcome.is_new;
    document["size"] = checkpoint.size;
    document["root"] = ledger::hex(checkpoint.root);
    document["note"] = checkpoint.note;
    document["holders"] = outcome.report.holders;
    if (request) document["request"] = *request;
    document["warnings"] = Json::array();
    for (const auto* warnings : {&outcome.report.warnings, &outcome.report.unread})
        for (const auto& warning : *warnings)
            document["warnings"].push_back(to_json(console.told(warning)));
    console.document(to_text(document));
}

}  // namespace

VerbResult checkpoint(const Invocation& invocation, const Console& console,
                      const CheckpointOptions& options) {
    if (console.json() && options.output == "-")
        return fail(Code::refused, "usage", "stdout cannot take both the document and the note",
                    "the document has it as its member \"note\", a request as \"request\"");
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    auto session = LedgerSession::open(invocation, *configuration);
    if (!session) return fail(session.error());
    Passphrase passphrase{configuration->key_passphrase, has_terminal()};
    SigningWork work{*configuration,      (*session)->store(),   (*session)->rows(),
                     (*session)->clock(), (*session)->context(), passphrase};
    work.witnesses = witnesses_to_give(*configuration, work.store, work.rows);
    work.records_at_once = true;
    if (options.cosignature) return take_cosignature(invocation, console, work, options);
    const auto outcome = sign_or_publish(work, console, options);
    if (!outcome) return fail(outcome.error());
    const auto output = output_of(work, *outcome, options);
    if (!output) return fail(output.error());
    for (const auto& warning : outcome->report.warnings)
        warn_of(console,
                outcome->is_new || options.publish_again
                    ? "the checkpoint was not published everywhere"
                    : "not everybody could be asked what they hold",
                warning);
    warn_of_unread(outcome->report, console);
    const bool is_alone = options.request && !options.output && !console.json();
    if (is_alone)
        std::cout << *output << std::flush;
    else if (options.output)
        if (auto written = write_note(*options.output, *output); !written)
            return fail(written.error());
    if (options.output != "-" && !is_alone)
        show(invocation, console, *outcome,
             options.request ? std::optional{*output} : std::nullopt);
    if (options.output && options.output != "-")
        console.line((options.request ? "the request is written to " : "the note is written to ") +
                     *options.output);
    const bool failed = options.publish_again && !outcome->report.warnings.empty();
    return failed ? ExitCode::error : ExitCode::fine;
}

}  // namespace tools::varve
