#include "commands/resolve.hpp"

#include "ledger/spelling_variants.hpp"
#include "tools/varve/event_text.hpp"
#include "tools/varve/json_document.hpp"
#include "tools/varve/run_console.hpp"
#include "tools/varve/session.hpp"
#include "tools/varve/verbs.hpp"

#include <algorithm>

namespace tools::varve {

using commands::Decision;
using commands::Resolution;
using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

tl::unexpected<ledger::Error> misuse(const std::string& what, const std::string& help) {
    return fail(Code::refused, "usage", what, help);
}

Result<Resolution> resolution_of(const ResolveVerbOptions& options) {
    std::vector<Resolution> given;
    if (options.mark_applied) given.push_back(Resolution::mark_applied);
    if (options.mark_unapplied) given.push_back(Resolution::mark_unapplied);
    if (options.accept_digest) given.push_back(Resolution::accept_digest);
    if (options.adopt) given.push_back(Resolution::adopt);
    if (given.size() == 1) return given.front();
    return misuse(given.empty() ? "no decision is given" : "more than one decision is given",
                  "give one of --mark-applied, --mark-unapplied, --accept-digest, --adopt");
}

Result<commands::ResolveOptions> resolve_options(const ResolveVerbOptions& options) {
    auto resolution = resolution_of(options);
    if (!resolution) return fail(resolution.error());
    if (options.versions.empty() != options.all)
        return misuse(
            options.all ? "--all and versions say different things" : "no migration is named",
            "name the migrations, or give --all");
    commands::ResolveOptions answer;
    answer.resolution = *resolution;
    for (const std::string& version : options.versions) answer.versions.push_back({version});
    if (options.kind) {
        std::string name = *options.kind;
        std::replace(name.begin(), name.end(), '-', '_');
        answer.kind = ledger::unspell<ledger::DifferenceKind>(name);
    }
    return answer;
}

Json decision_json(const Decision& decision) {
    const auto digest = [](const std::optional<ledger::Digest>& value) {
        return value ? Json(ledger::hex(*value)) : Json(nullptr);
    };
    return {{"version", decision.difference.version.text},
            {"name", decision.name},
            {"kind", commands::to_text(decision.difference.kind)},
            {"detail", decision.difference.detail},
            {"previous_digest", digest(decision.previous_digest)},
            {"digest", digest(decision.digest)},
            {"resolution", ledger::spell(decision.resolution)}};
}

void show(const Invocation& invocation, const Console& console,
          const commands::ResolveReport& report, Resolution resolution) {
    if (report.database)
        console.line("Decided (adopt): the target is database \"" + *report.database +
                     "\" from now on");
    for (const Decision& decision : report.decisions)
        console.line("Decided (" + ledger::in_words(decision.resolution) +
                     "): " + decision.difference.detail);
    if (report.settled) console.line("Settled: " + sentence(*report.settled));
    if (!console.json()) return;
    Json document = new_document(invocation);
    document["resolution"] = ledger::spell(resolution);
    document["database"] = optional_json(report.database);
    document["decisions"] = Json::array();
    for (const Decision& decision : report.decisions)
        document["decisions"].push_back(decision_json(decision));
    document["settled"] = report.settled ? Json(ledger::type_of(*report.settled)) : Json(nullptr);
    console.document(to_text(document));
}

}  // namespace

VerbResult resolve(const Invocation& invocation, const Console& console,
                   const ResolveVerbOptions& options) {
    if (auto given = reason_given(invocation); !given) return fail(given.error());
    auto wanted = resolve_options(options);
    if (!wanted) return fail(wanted.error());
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    auto target = target_request(*configuration);
    if (!target) return fail(target.error());
    auto folder = load_folder(*configuration);
    if (!folder) return fail(folder.error());
    const Resolution resolution = wanted->resolution;
    RunConsole watching{console, *configuration};
    auto writing = Writing::open(invocation, *configuration, false, watching);
    if (!writing) return fail(writing.error());
    const auto report = commands::resolve(
        (*writing)->services(), {std::move(*target), std::move(*folder), std::move(*wanted)});
    if (!report) return fail(report.error());
    show(invocation, console, *report, resolution);
    return ExitCode::fine;
}

}  // namespace tools::varve
