#include "tools/varve/verb_options.hpp"

namespace tools::varve {

namespace {

void add_evidence(CLI::App& app, Words& words) {
    ExportEvidenceOptions& options = words.export_evidence;
    auto& verb =
        add_verb(app, words, "evidence", "an archive that proves itself, for an auditor",
                 "varve export evidence --migration 20261122093000 --output evidence.tar",
                 [&](const auto& i, const auto& c) { return export_evidence(i, c, options); });
    verb.add_option("--migration", options.migration, "of this version, as it is spelled");
    verb.add_option("--run", options.run, "of this run, by its id");
    verb.add_option("--from", options.from, "recorded at or after: a date or a time");
    verb.add_option("--to", options.to, "recorded at or before");
    verb.add_flag(
        "--all", options.all,
        "of everything that the newest checkpoint covers, which is first signed where it can be");
    verb.add_flag("--entries", options.entries,
                  "with every line of the ledger, so that completeness can be proved for a "
                  "migration or a run too");
    verb.add_option("--output", options.output, "a .tar or .zip file (evidence-....tar)");
    verb.add_flag("--no-record", options.no_record, "leave no event of this export in the ledger");
}

void add_history(CLI::App& app, Words& words) {
    ExportHistoryOptions& options = words.export_history;
    auto& verb =
        add_verb(app, words, "history", "the audit log as a table, on standard output",
                 "varve export history --format csv --from 2026-01-01 > audit.csv",
                 [&](const auto& i, const auto& c) { return export_history(i, c, options); });
    drop_common_format(verb);
    verb.add_option("--format", options.form, "csv or jsonl")
        ->check(CLI::IsMember({"csv", "jsonl"}));
    verb.add_option("--from", options.from, "recorded at or after: a date or a time");
    verb.add_option("--to", options.to, "recorded at or before");
}

}  // namespace

void add_export_verbs(CLI::App& app, Words& words) {
    CLI::App& exporting = *app.add_subcommand("export", "evidence and history, for others to read");
    exporting.require_subcommand(1);
    add_evidence(exporting, words);
    add_history(exporting, words);
}

}  // namespace tools::varve
