#include "commands/import.hpp"

#include "commands/imported_rows.hpp"
#include "commands/other_history.hpp"
#include "commands/reconcile.hpp"
#include "commands/registration.hpp"
#include "commands/undertaking.hpp"
#include "commands/validate.hpp"
#include "ledger/clean.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace commands {

using ledger::Code;
using ledger::fail;
using ledger::Result;
using migrations::bookkeeping::Entry;
using migrations::bookkeeping::History;

namespace {

// An event is one line of at most 16 KiB: what does not fit is in the content that it refers to.
constexpr std::size_t told_bytes_max = 400;
constexpr std::size_t findings_bytes_max = 8'000;
constexpr std::size_t imported_text_bytes_max = 1'000;

ledger::Error contradiction(const History& history, const std::vector<std::string>& versions) {
    return {Code::refused, "import-contradicts",
            history.table + " counts as applied what this ledger says is not: " +
                migrations::bookkeeping::listed(versions),
            "where it is applied: varve resolve VERSION --mark-applied; where it is not, take its "
            "row out of " +
                history.table};
}

ledger::Error edited(const History& history, const std::vector<std::string>& paths) {
    std::string all;
    for (const std::string& path : paths) all += (all.empty() ? "" : ", ") + path;
    return {Code::refused, "import-digest-differs",
            "edited since " + history.tool + " has applied them: " + all,
            "varve import --dry-run shows them; put the files back as they were, or let them stand "
            "for what was applied: "
            "--accept-digest --reason WHY"};
}

std::vector<std::string> kept_findings(const std::vector<std::string>& findings) {
    std::vector<std::string> kept;
    std::size_t bytes = 0;
    for (const std::string& finding : findings) {
        kept.push_back(ledger::clean(finding, told_bytes_max));
        bytes += kept.back().size();
        const std::size_t left = findings.size() - kept.size();
        if (left == 0 || bytes < findings_bytes_max) continue;
        kept.push_back("and " + std::to_string(left) + " more, which the rows show");
        break;
    }
    return kept;
}

ledger::HistoryImported event_of(const ledger::Target& target, const ImportPlan& plan,
                                 const ledger::Content& rows) {
    const History& history = plan.history;
    return {target,
            history.tool,
            ledger::clean(history.table, imported_text_bytes_max),
            history.row_count,
            static_cast<std::uint32_t>(plan.adoptions.size()),
            kept_findings(history.findings),
            ledger::reference(rows)};
}

std::optional<std::string> cleaned_text(const std::optional<std::string>& text) {
    if (!text) return std::nullopt;
    return ledger::clean(*text, imported_text_bytes_max);
}

// What was there before a tool comes first; here it would be the newest, and the first to go.
bool comes_too_late(const Entry& entry, const projections::TargetState& state) {
    return entry.is_baseline && entry.migration == nullptr && !state.applied_order.empty();
}

std::string left_out(const Entry& entry) {
    return "\"" + entry.version.text +
           "\", which has no file, is left out: what is applied here came after it, and it would "
           "count as the newest";
}

std::string left_undone(const std::vector<std::string>& versions) {
    return "counted there as applied as at the import before, and undone here since, which stays "
           "so: " +
           migrations::bookkeeping::listed(versions);
}

// Which neither the tool has applied nor this ledger. For what comes before a baseline's script,
// that stands.
void tell_of_late_files(const migrations::Folder& folder, const projections::TargetState& state,
                        History& history) {
    if (history.unfinished) return;
    const migrations::Migration* base = folder.migrations.data();
    const migrations::Migration* newest = base;
    std::set<const migrations::Migration*> applied;
    for (const Entry& entry : history.entries) {
        if (entry.migration == nullptr) continue;
        applied.insert(entry.migration);
        const auto kind = entry.migration->kind;
        if (kind == ledger::MigrationKind::baseline) base = std::max(base, entry.migration);
        if (kind != ledger::MigrationKind::repeatable) newest = std::max(newest, entry.migration);
    }
    std::vector<std::string> late;
    for (const auto* each = base; each < newest; ++each)
        if (each->kind == ledger::MigrationKind::versioned && !applied.contains(each) &&
            state.application_of(each->version) == nullptr)
            late.push_back(each->version.text);
    if (!late.empty())
        history.findings.push_back("older than the newest applied, and never applied: " +
                                   migrations::bookkeeping::listed(late) +
                                   "; pending, and out of order");
}

ledger::Error baseline_first(const projections::CutOffTakeover& cut_off) {
    return {Code::refused, "takeover-cut-off",
            "the baseline \"" + cut_off.baseline->text + "\" was cut off, and is not whole",
            "finish it first: " + finishing_command(cut_off)};
}

ledger::MigrationAdopted adoption(Journal& journal, const Entry& entry) {
    ledger::MigrationAdopted event;
    event.target = journal.target();
    event.version = {ledger::clean(entry.version.text, imported_text_bytes_max)};
    event.name = ledger::clean(entry.name, imported_text_bytes_max);
    event.source = ledger::AdoptionSource::import;
    if (entry.migration) event.digest = entry.migration->up.digest;
    event.attempt = journal.new_id();
    event.recorded_version = cleaned_text(entry.recorded_version);
    event.recorded_checksum = cleaned_text(entry.recorded_checksum);
    event.checksum_agrees = entry.agrees;
    if (entry.unfinished) return event;  // the tool never says that it was applied, when or by whom
    event.applied_at_us = entry.applied_at_us;
    event.applied_by = cleaned_text(entry.applied_by);
    event.elapsed_us = entry.elapsed_us;
    return event;
}

// The word of a person, from which it follows that it counts as applied.
ledger::Event decision(const ledger::MigrationAdopted& adopted, const std::string& unfinished) {
    return ledger::DifferenceResolved{adopted.target,
                                      adopted.version,
                                      adopted.name,
                                      ledger::DifferenceKind::in_doubt,
                                      ledger::Resolution::mark_applied,
                                      std::nullopt,
                                      adopted.digest,
                                      adopted.attempt,
                                      ledger::clean(unfinished, told_bytes_max)};
}

Result<void> record(const ImportRequest& request, Situation& situation, const ImportPlan& plan) {
    Journal& journal = *situation.journal;
    std::vector<const migrations::Migration*> with_files;
    for (const Entry& entry : plan.adoptions)
        if (entry.migration) with_files.push_back(entry.migration);
    if (auto kept = register_migrations(journal, with_files, request.folder->layout,
                                        situation.known.registered);
        !kept)
        return kept;
    if (auto target = target_registration(situation.known.state, situation.facts, request.target))
        journal.hold(std::move(*target));
    ledger::Content rows{plan.history.rows, "import"};
    auto imported = event_of(journal.target(), plan, rows);
    journal.hold(std::move(imported), {std::move(rows)});
    std::vector<ledger::Event> events;
    for (const Entry& entry : plan.adoptions) {
        auto adopted = adoption(journal, entry);
        if (entry.unfinished) events.push_back(decision(adopted, *entry.unfinished));
        events.push_back(std::move(adopted));
    }
    return journal.append(std::move(events));  // a part of it would be run again
}

ledger::Error unsupported(const std::string& tool, const std::string& where) {
    return {
        Code::refused, "import-unsupported",
        "the history of " + tool + where +
            " is not imported: its rows do not tell which files "
            "they are of",
        "varve baseline V --reason WHY takes it over: everything up to V, the last version that " +
            tool + " has applied, counts as applied"};
}

Result<History> read_imported(const ImportRequest& request, const ImportOptions& options) {
    const auto* said =
        options.wanted.tool ? migrations::bookkeeping::find_tool(*options.wanted.tool) : nullptr;
    if (said != nullptr && !said->is_imported) return fail(unsupported(*options.wanted.tool, ""));
    auto history = read_bookkeeping(request.bookkeeping, *request.folder, *request.tree, options);
    if (history && !migrations::bookkeeping::find_tool(history->tool)->is_imported)
        return fail(unsupported(history->tool, " in " + history->table));
    return history;
}

// Who does not say where to look means what was imported before, as long as it is there.
Result<History> read_wanted(const ImportRequest& request, const projections::TargetState& state) {
    const auto read = [&](const ImportOptions& options) { return read_imported(request, options); };
    const bool is_said = request.options.wanted.tool || request.options.wanted.table;
    if (is_said || !state.imported) return read(request.options);
    ImportOptions again = request.options;
    again.wanted = {state.imported->tool, state.imported->table};
    auto history = read(again);
    const bool is_gone = !history && history.error().reason == "import-table-missing";
    return is_gone ? read(request.options) : std::move(history);
}

Result<void> check_target(const Standing& standing) {
    if (auto error = refusal(target_differences(standing), false)) return fail(*error);
    return {};
}

}  // namespace

ImportPlan plan_import(History history, const projections::TargetState& state,
                       const ImportOptions& options) {
    ImportPlan plan;
    std::vector<std::string> contradicted;
    std::vector<std::string> changed;
    std::vector<std::string> late;
    std::vector<std::string> stale;
    for (const Entry& entry : history.entries) {
        const auto* known = known_as(state, entry);
        if (known != nullptr && contradicts(*known, entry)) {
            contradicted.push_back(entry.version.text);
        } else if (known != nullptr && is_stale(*known, entry)) {
            stale.push_back(entry.version.text);
        } else if (known != nullptr && known->applied) {
            plan.known.push_back(entry.version);
        } else if (comes_too_late(entry, state)) {
            late.push_back(left_out(entry));
        } else {
            if (entry.agrees == false) changed.push_back(entry.migration->up.path);
            plan.adoptions.push_back(entry);
        }
    }
    if (!stale.empty()) late.push_back(left_undone(stale));
    for (std::string& finding : late) history.findings.push_back(std::move(finding));
    const auto& before = state.imported;
    plan.is_decision = history.is_decided && plan.adoptions.empty() &&
                       (!before || before->rows != ledger::sha256(history.rows));
    if (history.unfinished)
        plan.refused = history.unfinished;
    else if (!contradicted.empty())
        plan.refused = contradiction(history, contradicted);
    else if (!changed.empty() && !options.accept_digests)
        plan.refused = edited(history, changed);
    plan.history = std::move(history);
    return plan;
}

Result<ImportPlan> preview_import(const ledger::Reader* reader, const Known& known,
                                  const ImportRequest& request, TargetDatabase& database) {
    if (auto valid = check_readable(*request.folder); !valid) return fail(valid.error());
    auto history = read_wanted(request, known.state);
    if (!history) return fail(history.error());
    ImportPlan plan = plan_import(std::move(*history), known.state, request.options);
    tell_of_late_files(*request.folder, known.state, plan.history);
    if (const auto& cut_off = known.state.cut_off; cut_off && cut_off->baseline)
        plan.refused = baseline_first(*cut_off);
    if (reader == nullptr || plan.refused) return plan;
    const auto facts = database.facts();
    if (!facts) return fail(facts.error());
    const auto scene = look(*reader, database);
    if (!scene) return fail(scene.error());
    const Standing standing{known.state, scene->markers, *facts, request.target, scene->ledger};
    if (const auto fit = check_target(standing); !fit) plan.refused = fit.error();
    return plan;
}

Result<ImportPlan> import_history(Services& services, const ImportRequest& request) {
    if (auto valid = check_readable(*request.folder); !valid) return fail(valid.error());
    auto situation = enter(services, request.target, request.folder.get());
    if (!situation) return fail(situation.error());
    auto plan = preview_import(&services.store, situation->known, request, *situation->database);
    if (!plan) return fail(plan.error());
    if (plan->refused) return fail(*plan->refused);
    const bool is_whole = !situation->known.state.cut_off;
    if (plan->adoptions.empty() && !plan->is_decision && is_whole) return plan;
    if (auto made = situation->database->prepare_markers(); !made) return fail(made.error());
    if (auto kept = record(request, *situation, *plan); !kept) return fail(kept.error());
    if (auto paid = pay_markers(services, *situation); !paid) return fail(paid.error());
    return plan;
}

}  // namespace commands
