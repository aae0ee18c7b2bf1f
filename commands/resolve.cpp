#include "commands/resolve.hpp"

#include "commands/find_version.hpp"
#include "commands/registration.hpp"
#include "commands/undertaking.hpp"
#include "ledger/clean.hpp"

#include <algorithm>
#include <utility>

namespace commands {

using ledger::fail;
using ledger::Result;

namespace {

constexpr std::size_t detail_bytes_max = 2'000;

// The versions as they are spelled. One that neither folder nor ledger knows may be a marker's.
Result<ResolveRequest> spelled(const Known& known, ResolveRequest request) {
    std::vector<ledger::Version> among;
    for (const auto& migration : request.folder->migrations) among.push_back(migration.version);
    for (const auto& [version, state] : known.state.migrations)
        if (std::find(among.begin(), among.end(), version) == among.end()) among.push_back(version);
    for (ledger::Version& version : request.options.versions) {
        auto found = find_version(version, among);
        if (!found && found.error().reason == "version-ambiguous") return fail(found.error());
        if (found) version = std::move(*found);
    }
    auto& versions = request.options.versions;
    std::sort(versions.begin(), versions.end());
    versions.erase(std::unique(versions.begin(), versions.end()), versions.end());
    return request;
}

// A decision on a statement in doubt, or on which database the target is, is made while the attempt
// is settled, before all else.
Result<Situation> enter_deciding(Services& services, const ResolveRequest& request, Known known) {
    TargetRequest target = request.target;
    const auto& open = known.state.open_attempt;
    const auto& options = request.options;
    const bool named = open && (options.versions.empty() ||
                                std::find(options.versions.begin(), options.versions.end(),
                                          open->version) != options.versions.end());
    const bool concerns =
        named && options.kind.value_or(DifferenceKind::in_doubt) == DifferenceKind::in_doubt;
    if (concerns && request.options.resolution == Resolution::mark_applied)
        target.statement_in_doubt = CatalogVerdict::happened;
    if (concerns && request.options.resolution == Resolution::mark_unapplied)
        target.statement_in_doubt = CatalogVerdict::did_not_happen;
    target.adopts_database =
        options.versions.empty() && options.resolution == Resolution::adopt &&
        options.kind.value_or(DifferenceKind::cloned) == DifferenceKind::cloned;
    return enter(services, target, request.folder.get(), std::move(known));
}

// The file of a migration that counts as applied from now on is what the ledger keeps of it.
Result<void> register_decided(const ResolveRequest& request, const Situation& situation,
                              const std::vector<Decision>& decisions) {
    std::vector<const migrations::Migration*> concerned;
    for (const Decision& decision : decisions)
        for (const migrations::Migration& migration : request.folder->migrations)
            if (decision.digest && migration.version == decision.difference.version &&
                migration.up.digest == *decision.digest)
                concerned.push_back(&migration);
    return register_migrations(*situation.journal, concerned, request.folder->layout,
                               situation.known.registered);
}

ledger::Event event_of(Journal& journal, const Decision& decision) {
    return ledger::DifferenceResolved{journal.target(),
                                      decision.difference.version,
                                      decision.name,
                                      decision.difference.kind,
                                      decision.resolution,
                                      decision.previous_digest,
                                      decision.digest,
                                      journal.new_id(),
                                      ledger::clean(decision.difference.detail, detail_bytes_max)};
}

Result<void> record(const ResolveRequest& request, Situation& situation,
                    const std::vector<Decision>& decisions) {
    Journal& journal = *situation.journal;
    if (auto target = target_registration(situation.known.state, situation.facts, request.target))
        journal.hold(std::move(*target));
    std::vector<ledger::Event> events;
    for (const Decision& decision : decisions) events.push_back(event_of(journal, decision));
    // A part of them is what nobody has decided; of a renumbered folder's, every run would refuse
    // it.
    return journal.append(std::move(events));
}

// Whether what was settled is all that there was to decide, or says what the person was to say.
bool is_settled(const ResolveOptions& options, const Situation& situation) {
    const Settlement& settlement = situation.settlement;
    if (options.versions.empty())
        return situation.database_adopted || settlement.attempt_settled || settlement.run_closed;
    const auto names = [&](const ledger::Version& version) {
        return options.versions == std::vector{version};
    };
    const auto says = [&](const auto* ended, Resolution resolution) {
        return ended != nullptr && ended->direction == ledger::Direction::up &&
               options.resolution == resolution && names(ended->version);
    };
    const bool is_found =
        std::any_of(settlement.found.begin(), settlement.found.end(), [&](const auto& attempt) {
            return attempt.direction == ledger::Direction::up && names(attempt.version);
        });
    if (is_found && options.resolution == Resolution::mark_applied) return true;
    return settlement.verdict && (says(std::get_if<ledger::AttemptSucceeded>(&*settlement.verdict),
                                       Resolution::mark_applied) ||
                                  says(std::get_if<ledger::AttemptFailed>(&*settlement.verdict),
                                       Resolution::mark_unapplied));
}

ResolveReport report_of(std::vector<Decision> decisions, const Situation& situation,
                        bool is_database_all = false) {
    const Settlement& settlement = situation.settlement;
    ResolveReport report{std::move(decisions), settlement.verdict, std::nullopt};
    if (situation.database_adopted || is_database_all) report.database = situation.facts.database;
    if (const auto& taken = settlement.taken_as_is)
        report.decisions.insert(report.decisions.begin(),
                                Decision{{taken->kind, taken->version, taken->detail},
                                         taken->resolution,
                                         taken->name,
                                         std::nullopt,
                                         std::nullopt});
    return report;
}

}  // namespace

Result<ResolveReport> resolve(Services& services, const ResolveRequest& asked) {
    auto known = read_known(services.store, services.rows, asked.target.target);
    if (!known) return fail(known.error());
    const auto meant = spelled(*known, asked);
    if (!meant) return fail(meant.error());
    const ResolveRequest& request = *meant;
    auto situation = enter_deciding(services, request, std::move(*known));
    if (!situation) return fail(situation.error());
    if (situation->settlement.decided) return report_of({}, *situation);
    const auto scene = look(services.store, *situation->database);
    if (!scene) return fail(scene.error());
    const Standing standing{situation->known.state, scene->markers, situation->facts,
                            request.target, scene->ledger};
    auto decisions = plan_resolution(standing, *request.folder, request.options);
    if (!decisions && is_settled(request.options, *situation)) {
        const bool is_all = decisions.error().reason == "nothing-to-resolve";
        if (is_all || situation->database_adopted) {
            if (!is_all) services.progress.note("beside that, " + decisions.error().detail);
            return report_of({}, *situation);
        }
    }
    if (!decisions) return fail(decisions.error());
    if (auto made = situation->database->prepare_markers(); !made) return fail(made.error());
    if (auto kept = register_decided(request, *situation, *decisions); !kept)
        return fail(kept.error());
    if (auto kept = record(request, *situation, *decisions); !kept) return fail(kept.error());
    if (auto paid = pay_markers(services, *situation); !paid) return fail(paid.error());
    const bool is_database_all = decisions->empty();
    return report_of(std::move(*decisions), *situation, is_database_all);
}

}  // namespace commands
