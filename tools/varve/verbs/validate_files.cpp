#include "adapters/files/folder_reader.hpp"
#include "migrations/encoding.hpp"
#include "migrations/rules/diagnose.hpp"
#include "tools/varve/json_document.hpp"
#include "tools/varve/server_version.hpp"
#include "tools/varve/verbs.hpp"

#include <algorithm>

namespace tools::varve {

using ledger::fail;
using ledger::Result;
using migrations::Diagnostic;
using migrations::Severity;

namespace {

Result<std::string> read(const std::string& path) {
    migrations::SourceFile file = adapters::files::read_one(path);
    if (!file.error.empty())
        return fail(ledger::Code::refused, "file-unreadable",
                    "\"" + path + "\" cannot be read: " + file.error);
    if (const auto fault = migrations::find_encoding_fault(file.bytes))
        return fail(ledger::Code::refused, "file-unreadable",
                    path + ":" + std::to_string(fault->line) + ": " + fault->message, fault->help);
    return std::string{migrations::without_byte_order_mark(file.bytes)};
}

std::string counted(const std::vector<Diagnostic>& findings, Severity severity,
                    const std::string& word) {
    const auto count =
        std::count_if(findings.begin(), findings.end(), [&](const Diagnostic& finding) {
            return finding.severity == severity && !finding.accepted_because;
        });
    return std::to_string(count) + " " + word + (count == 1 ? "" : "s");
}

}  // namespace

VerbResult validate_files(const Invocation& invocation, const Console& console,
                          const ValidateOptions& options) {
    migrations::rules::Circumstances circumstances;
    if (options.server_version) {
        const auto version = server_version_number(*options.server_version);
        if (!version) return fail(version.error());
        circumstances.server_version = *version;
    }
    circumstances.runner_opens_transaction = options.assume_in_transaction;
    circumstances.history_is_known = !options.history.empty();
    migrations::rules::Schema history;
    for (const std::string& path : options.history) {
        const auto text = read(path);
        if (!text) return fail(text.error());
        migrations::rules::remember(*text, history);
    }
    std::vector<Diagnostic> findings;
    for (const std::string& path : options.files) {
        const auto text = read(path);
        if (!text) return fail(text.error());
        auto found = migrations::rules::diagnose({*text, path, 1}, circumstances, {}, history);
        findings.insert(findings.end(), found.begin(), found.end());
    }
    for (const Diagnostic& finding : findings)
        if (finding.severity != Severity::note || invocation.verbose)
            console.diagnostic(finding, "");
    const bool valid = !migrations::has_errors(findings);
    console.line(
        (valid ? console.paint(Colour::green, "OK") : console.paint(Colour::red, "NOT VALID")) +
        "  " + counted(findings, Severity::error, "error") + ", " +
        counted(findings, Severity::warning, "warning") + ", " +
        counted(findings, Severity::note, "note"));
    if (console.json()) {
        Json document = new_document(invocation);
        document["findings"] = to_json(findings);
        console.document(to_text(document));
    }
    return valid ? ExitCode::fine : ExitCode::refused;
}

}  // namespace tools::varve
