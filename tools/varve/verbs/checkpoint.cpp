#include "tools/varve/json_document.hpp"
#include "tools/varve/ledger_session.hpp"
#include "tools/varve/signing.hpp"
#include "tools/varve/verbs.hpp"

#include <fstream>
#include <iostream>

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
    auto newest = commands::newest_checkpoint(work.store);
    if (!newest) return fail(newest.error());
    return Outcome{false, {std::move(newest->value()), {}, {}}};
}

Result<void> write_note(const std::string& path, const std::string& note) {
    if (path == "-") {
        std::cout << note << std::flush;
        return {};
    }
    std::ofstream out{path, std::ios::binary | std::ios::trunc};
    out << note;
    out.close();
    if (out) return {};
    return fail(Code::unavailable, "file-unwritable", "cannot write " + path,
                "look at the folder's permissions and the disk's free space");
}

void show(const Invocation& invocation, const Console& console, const Outcome& outcome) {
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
    document["warnings"] = Json::array();
    for (const auto& warning : outcome.report.warnings)
        document["warnings"].push_back(to_json(warning));
    console.document(to_text(document));
}

}  // namespace

VerbResult checkpoint(const Invocation& invocation, const Console& console,
                      const CheckpointOptions& options) {
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    auto session = LedgerSession::open(invocation, *configuration);
    if (!session) return fail(session.error());
    Passphrase passphrase{configuration->key_passphrase, has_terminal()};
    SigningWork work{*configuration,      (*session)->store(),   (*session)->rows(),
                     (*session)->clock(), (*session)->context(), passphrase};
    work.witnesses = all_witnesses(*configuration);
    work.records_at_once = true;
    const auto outcome = sign_or_publish(work, console, options);
    if (!outcome) return fail(outcome.error());
    for (const auto& warning : outcome->report.warnings)
        warn_of(console, "the checkpoint was not published everywhere", warning);
    if (options.output)
        if (auto written = write_note(*options.output, outcome->report.checkpoint.note); !written)
            return fail(written.error());
    if (options.output != "-") show(invocation, console, *outcome);
    const bool failed = options.publish_again && !outcome->report.warnings.empty();
    return failed ? ExitCode::error : ExitCode::fine;
}

}  // namespace tools::varve
