#include "commands/baseline.hpp"

#include "commands/find_version.hpp"
#include "commands/reconcile.hpp"
#include "commands/registration.hpp"
#include "commands/undertaking.hpp"
#include "commands/validate.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace commands {

using ledger::Code;
using ledger::fail;
using ledger::Result;
using migrations::Folder;
using migrations::Migration;

namespace {

using Chosen = std::vector<const Migration*>;

ledger::Event adoption(Journal& journal, const Migration& migration) {
    ledger::MigrationAdopted event;
    event.target = journal.target();
    event.version = migration.version;
    event.name = migration.name;
    event.source = ledger::AdoptionSource::baseline;
    event.digest = migration.up.digest;
    event.attempt = journal.new_id();
    return event;
}

// All of them; of a baseline that was cut off, the rest.
Chosen not_taken(const Chosen& chosen, const projections::TargetState& state) {
    Chosen rest;
    for (const Migration* migration : chosen)
        if (state.application_of(migration->version) == nullptr) rest.push_back(migration);
    return rest;
}

Result<void> record(const BaselineRequest& request, Situation& situation, const Chosen& chosen) {
    Journal& journal = *situation.journal;
    if (auto kept = register_migrations(journal, chosen, request.folder->layout,
                                        situation.known.registered);
        !kept)
        return kept;
    if (auto target = target_registration(situation.known.state, situation.facts, request.target))
        journal.hold(std::move(*target));
    std::vector<ledger::Event> events;
    for (const Migration* migration : not_taken(chosen, situation.known.state))
        events.push_back(adoption(journal, *migration));
    journal.hold(ledger::BaselineTaken{request.target.target, chosen.back()->version,
                                       static_cast<std::uint32_t>(events.size())});
    return journal.append(std::move(events));  // a part of it would be run again
}

// What the next run would apply. Repeatable ones are made to be applied again.
std::vector<ledger::Version> versions_above(const Folder& folder, const Migration& last) {
    std::vector<ledger::Version> versions;
    for (const Migration& migration : folder.migrations)
        if (&migration > &last && migration.kind == ledger::MigrationKind::versioned)
            versions.push_back(migration.version);
    return versions;
}

// An older version was killed while it wrote: the same command again writes the rest.
Result<void> check_completes(const projections::CutOffTakeover& cut_off,
                             const ledger::Version& to) {
    if (cut_off.baseline == to) return {};
    return fail(Code::refused, "takeover-cut-off",
                "what was taken over before was cut off, and is not whole",
                "finish it first: " + finishing_command(cut_off));
}

// Who asks again may not know that the command before, which was killed, went through.
Result<void> check_no_history(const Standing& standing, const ledger::Version& to) {
    if (const auto& cut_off = standing.state.cut_off) return check_completes(*cut_off, to);
    const std::string target = "\"" + standing.target.target.name + "\"";
    const projections::Application* taken = standing.state.application_of(to);
    if (taken != nullptr && taken->settled_from == "baseline")
        return fail(Code::refused, "baseline-too-late",
                    target + " has its baseline already: \"" + to.text + "\" was taken over",
                    "nothing more is to be done: varve status tells what is pending");
    if (may_take_baseline(standing)) return {};
    return fail(Code::refused, "baseline-too-late",
                target + " has a history already, and a baseline comes before it",
                "tell single migrations: varve resolve VERSION --mark-applied --reason ...");
}

}  // namespace

bool may_take_baseline(const Standing& standing) {
    const auto is_half_done = [](const auto& known) { return known.second.resumption.has_value(); };
    const auto& migrations = standing.state.migrations;
    std::map<ledger::Version, const Marker*> newest;
    for (const Marker& marker : standing.markers) newest[marker.version] = &marker;
    const auto is_undone = [&](const auto& each) {
        const Marker& marker = *each.second;
        return marker.ledger == standing.ledger && marker.direction == ledger::Direction::down &&
               marker.statements_done == marker.statements_total;
    };
    return standing.state.applied_order.empty() &&
           std::all_of(newest.begin(), newest.end(), is_undone) &&
           std::none_of(migrations.begin(), migrations.end(), is_half_done);
}

Result<Chosen> plan_baseline(const Standing& standing, const Folder& folder,
                             const ledger::Version& to) {
    std::vector<ledger::Version> versioned;
    for (const Migration& migration : folder.migrations)
        if (migration.kind != ledger::MigrationKind::repeatable)
            versioned.push_back(migration.version);
    const auto meant = find_version(to, versioned);
    if (!meant) return fail(meant.error());
    const auto last = std::find_if(folder.migrations.begin(), folder.migrations.end(),
                                   [&](const Migration& each) { return each.version == *meant; });
    if (auto early = check_no_history(standing, *meant); !early) return fail(early.error());
    Chosen chosen;
    for (const Migration& migration : folder.migrations) {
        if (&migration > &*last) break;
        if (migration.kind == ledger::MigrationKind::versioned || &migration == &*last)
            chosen.push_back(&migration);
    }
    return chosen;
}

Result<BaselineReport> baseline(Services& services, const BaselineRequest& request) {
    auto situation = enter(services, request.target, request.folder.get());
    if (!situation) return fail(situation.error());
    const auto scene = look(services.store, *situation->database);
    if (!scene) return fail(scene.error());
    const Standing standing{situation->known.state, scene->markers, situation->facts,
                            request.target, scene->ledger};
    const auto chosen = plan_baseline(standing, *request.folder, request.to);
    if (!chosen) return fail(chosen.error());
    if (auto valid = check_readable(*request.folder); !valid) return fail(valid.error());
    const auto other = check_history_above(request.other_history, situation->known.state,
                                           versions_above(*request.folder, *chosen->back()),
                                           request.despite_history);
    if (!other) return fail(other.error());
    if (auto made = situation->database->prepare_markers(); !made) return fail(made.error());
    if (auto kept = record(request, *situation, *chosen); !kept) return fail(kept.error());
    if (auto paid = pay_markers(services, *situation); !paid) return fail(paid.error());
    BaselineReport report;
    if (*other) report.notes.push_back((*other)->detail);
    for (const Migration* migration : not_taken(*chosen, situation->known.state))
        report.adopted.push_back(migration->version);
    return report;
}

}  // namespace commands
