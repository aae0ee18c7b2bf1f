#include "commands/rollback.hpp"
#include "migrations/kept_script.hpp"

#include <algorithm>
#include <map>

namespace commands {

using ledger::Code;
using ledger::fail;
using ledger::Result;
using ledger::Version;
using migrations::Folder;
using migrations::Migration;
using migrations::Script;

namespace {

constexpr std::size_t named_max = 10;

std::map<Version, std::size_t> places(const Folder& folder) {
    std::map<Version, std::size_t> found;
    for (std::size_t index = 0; index < folder.migrations.size(); ++index)
        found[folder.migrations[index].version] = index;
    return found;
}

bool repeatable(const Known& known, const Version& version) {
    const auto found = known.registered.find(version);
    return found != known.registered.end() &&
           found->second.kind == ledger::MigrationKind::repeatable;
}

// What is half applied stands on what is below it.
Result<void> refuse_unfinished_run(const projections::TargetState& state) {
    for (const auto& [version, migration] : state.migrations)
        if (migration.resumption && migration.resumption->direction == ledger::Direction::up &&
            migration.resumption->statements_done > 0)
            return fail(Code::refused, "run-unfinished",
                        "\"" + version.text + "\" is applied only in part: " +
                            std::to_string(migration.resumption->statements_done) + " of " +
                            std::to_string(migration.resumption->statement_count) + " statements",
                        "finish it first: varve run");
    return {};
}

// Newest first. Repeatable ones have no way back and are left as they are.
std::vector<Version> applied_newest_first(const Known& known) {
    std::vector<Version> versions;
    for (auto version = known.state.applied_order.rbegin();
         version != known.state.applied_order.rend(); ++version)
        if (!repeatable(known, *version)) versions.push_back(*version);
    return versions;
}

Result<std::vector<Version>> newer_than(const Known& known, const Folder& folder,
                                        const Version& to) {
    std::vector<Version> all = applied_newest_first(known);
    if (to.text == "0") return all;
    if (std::find(all.begin(), all.end(), to) == all.end())
        return fail(Code::refused, "version-not-applied",
                    "\"" + to.text + "\" is not applied on this target",
                    "varve status lists what is; --to 0 undoes everything");
    const auto place = places(folder);
    std::vector<Version> newer;
    bool passed = false;
    for (const Version& version : all) {
        if (version == to) {
            passed = true;
            continue;
        }
        const auto here = place.find(version);
        const auto limit = place.find(to);
        const bool by_folder = here != place.end() && limit != place.end();
        if (by_folder ? here->second > limit->second : !passed) newer.push_back(version);
    }
    return newer;
}

Result<std::vector<Version>> choose(const Known& known, const Folder& folder,
                                    const RollbackOptions& options) {
    if (options.to) return newer_than(known, folder, *options.to);
    std::vector<Version> versions = applied_newest_first(known);
    if (versions.size() > options.steps) versions.resize(options.steps);
    return versions;
}

const Migration* find(const Folder& folder, const Version& version) {
    for (const Migration& migration : folder.migrations)
        if (migration.version == version) return &migration;
    return nullptr;
}

std::optional<Step> step_of(const Known& known, const std::shared_ptr<const Folder>& folder,
                            const Version& version, const FindDown& find_down) {
    const Migration* migration = find(*folder, version);
    if (migration != nullptr && migration->down)
        return make_step(folder, *migration, ledger::Direction::down, 0);
    const auto registered = known.registered.find(version);
    if (registered == known.registered.end()) return std::nullopt;
    auto script = find_down(registered->second);
    if (!script) return std::nullopt;

    auto kept = std::make_shared<Folder>();
    Migration from_ledger;
    from_ledger.version = version;
    from_ledger.name = registered->second.name;
    from_ledger.down = std::move(*script);
    kept->migrations.push_back(std::move(from_ledger));
    return make_step(kept, kept->migrations.front(), ledger::Direction::down, 0);
}

void resume(Step& step, const projections::TargetState& state) {
    const auto found = state.migrations.find(step.entry.version);
    if (found == state.migrations.end() || !found->second.resumption) return;
    const auto& resumption = *found->second.resumption;
    if (resumption.direction != ledger::Direction::down) return;
    step.entry.first_statement_index = resumption.statements_done;
    step.indexes_before = resumption.indexes_before;
    if (resumption.statements_done == 0) return;
    step.entry.transactional = false;
    if (step.mode_cause.empty()) step.mode_cause = "an earlier attempt was not one transaction";
}

Result<void> check_resumed_step(const Step& step, const projections::TargetState& state,
                                const FindText& find_text) {
    if (step.entry.first_statement_index == 0) return {};
    return check_resumed(*state.migrations.at(step.entry.version).resumption, *step.script,
                         find_text);
}

ledger::Error missing(const std::vector<std::string>& names) {
    std::string detail = "no down script for ";
    for (std::size_t index = 0; index < names.size() && index < named_max; ++index)
        detail += (index == 0 ? "\"" : ", \"") + names[index] + "\"";
    if (names.size() > named_max)
        detail += " and " + std::to_string(names.size() - named_max) + " more";
    return {Code::refused, "down-missing", detail + "; nothing was touched",
            "write the missing scripts, or roll back only to the oldest one that has them"};
}

}  // namespace

KeptScripts kept_scripts(const ledger::Reader& reader) {
    return {down_finder(reader), text_finder(reader)};
}

FindDown down_finder(const ledger::Reader& reader) {
    return [&reader](const projections::Registered& known) -> std::optional<Script> {
        if (!known.down) return std::nullopt;
        const auto text = reader.content(known.down->digest);
        if (!text || !*text) return std::nullopt;
        return migrations::kept_script(known.path, **text);
    };
}

Result<Plan> plan_rollback(const Known& known, const ledger::Target& target,
                           const std::shared_ptr<const Folder>& folder,
                           const RollbackOptions& options, const KeptScripts& find) {
    if (auto finished = refuse_unfinished_run(known.state); !finished)
        return fail(finished.error());
    const auto versions = choose(known, *folder, options);
    if (!versions) return fail(versions.error());
    Plan plan{target, ledger::Direction::down, {}};
    std::vector<std::string> without;
    for (const Version& version : *versions) {
        auto step = step_of(known, folder, version, find.down);
        if (!step) {
            without.push_back(version.text);
            continue;
        }
        resume(*step, known.state);
        if (auto same = check_resumed_step(*step, known.state, find.text); !same)
            return fail(same.error());
        plan.steps.push_back(std::move(*step));
    }
    if (!without.empty()) return fail(missing(without));
    return plan;
}

}  // namespace commands
