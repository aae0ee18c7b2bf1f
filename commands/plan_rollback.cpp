#include "commands/dependents.hpp"
#include "commands/rollback.hpp"
#include "commands/rollback_choice.hpp"
#include "commands/validate.hpp"
#include "ledger/listed.hpp"
#include "migrations/directives.hpp"
#include "migrations/kept_script.hpp"

#include <algorithm>

namespace commands {

using ledger::Code;
using ledger::fail;
using ledger::Result;
using ledger::Version;
using migrations::Folder;
using migrations::Migration;
using migrations::Script;

namespace {

constexpr std::size_t unreversible_named_max = 10;

const Migration* find_migration(const Folder& folder, const Version& version) {
    for (const Migration& migration : folder.migrations)
        if (migration.version == version) return &migration;
    return nullptr;
}

std::optional<Step> step_of(const Known& known, const std::shared_ptr<const Folder>& folder,
                            const Version& version, const FindDown& find_down) {
    const Migration* migration = find_migration(*folder, version);
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
    const auto* tried = state.find(step.entry.version);
    if (tried == nullptr || !tried->resumption) return;
    const auto& resumption = *tried->resumption;
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

// Why the migration says that it cannot be undone, in its up or its down script.
std::optional<std::string> irreversible(const Known& known, const Folder& folder,
                                        const Version& version, const Script* down,
                                        const KeptScripts& find) {
    const auto said = [](const Script& script) {
        return migrations::read_directives(script.text, script.path, script.first_line)
            .irreversible;
    };
    if (down)
        if (auto why = said(*down)) return why;
    if (const Migration* migration = find_migration(folder, version)) return said(migration->up);
    const auto registered = known.registered.find(version);
    if (registered == known.registered.end()) return std::nullopt;
    const auto up = find.kept(registered->second.path, registered->second.up.digest);
    return up ? said(*up) : std::nullopt;
}

// Where the ledger once had one, it is gone because it was to be forgotten; or it cannot be run.
std::string why_missing(const Known& known, const Version& version, const KeptScripts& find) {
    const auto registered = known.registered.find(version);
    if (registered == known.registered.end() || !registered->second.down) return "";
    const auto kept = find.kept(registered->second.path, registered->second.down->digest);
    if (!kept) return " (its file is gone, and the ledger's copy was redacted)";
    const auto why = migrations::why_not_as_is(registered->second.layout, kept->bytes);
    return " (its file is gone, and the ledger's copy does not serve" +
           (why ? ": " + *why : std::string{}) + ")";
}

std::string listed(const std::vector<std::string>& names) {
    return ledger::listed(names, unreversible_named_max);
}

ledger::Error missing(const std::vector<std::string>& names) {
    return {Code::refused, "down-missing",
            "no down script for " + listed(names) + "; nothing was touched",
            "write the missing scripts, or roll back only to the oldest one that has them"};
}

ledger::Error refused_by_author(const std::vector<std::string>& names) {
    return {Code::refused, "down-irreversible",
            listed(names) + " cannot be undone; nothing was touched",
            "write a new migration that does what is needed now, or restore a backup"};
}

std::vector<std::string> notes_on(const RollbackChoice& choice, const Plan& plan) {
    std::vector<std::string> notes;
    if (!choice.left_alone.empty())
        notes.push_back("left as they are, since they have no way back: " +
                        listed(choice.left_alone));
    for (const Step& step : plan.steps)
        if (does_nothing(*step.script))
            notes.push_back("the down script of \"" + step.entry.version.text +
                            "\" holds no statement: nothing of it changes in the database");
    return notes;
}

}  // namespace

KeptScripts kept_scripts(const ledger::Reader& reader) {
    const auto kept = [&reader](const std::string& path,
                                const ledger::Digest& digest) -> std::optional<Script> {
        const auto text = reader.content(digest);
        if (!text || !*text) return std::nullopt;
        return migrations::kept_script(path, **text);
    };
    return {down_finder(reader), text_finder(reader), kept};
}

namespace {

// As the file was named that is gone, where the name of the other tells it.
std::string down_path_of(const std::string& up_path) {
    constexpr std::string_view up_suffix = "up.sql";
    if (!up_path.ends_with(up_suffix)) return up_path;
    return up_path.substr(0, up_path.size() - up_suffix.size()) + "down.sql";
}

}  // namespace

FindDown down_finder(const ledger::Reader& reader) {
    return [&reader](const projections::Registered& known) -> std::optional<Script> {
        if (!known.down) return std::nullopt;
        const auto text = reader.content(known.down->digest);
        if (!text || !*text) return std::nullopt;
        if (migrations::why_not_as_is(known.layout, **text)) return std::nullopt;
        return migrations::kept_script(down_path_of(known.path) + std::string{kept_by_ledger},
                                       **text);
    };
}

Result<std::vector<Step>> down_steps(const Known& known,
                                     const std::shared_ptr<const Folder>& folder,
                                     const std::vector<Version>& versions,
                                     const KeptScripts& find) {
    std::vector<Step> steps;
    std::vector<std::string> without;
    std::vector<std::string> never;
    for (const Version& version : versions) {
        auto step = step_of(known, folder, version, find.down);
        if (auto why =
                irreversible(known, *folder, version, step ? step->script.get() : nullptr, find)) {
            never.push_back("\"" + version.text + "\" (" + *why + ")");
            continue;
        }
        if (!step) {
            without.push_back("\"" + version.text + "\"" + why_missing(known, version, find));
            continue;
        }
        resume(*step, known.state);
        if (auto same = check_resumed_step(*step, known.state, find.text); !same)
            return fail(same.error());
        steps.push_back(std::move(*step));
    }
    if (!never.empty()) return fail(refused_by_author(never));
    if (!without.empty()) return fail(missing(without));
    return steps;
}

Result<RollbackPlan> plan_rollback(const Known& known, const ledger::Target& target,
                                   const std::shared_ptr<const Folder>& folder,
                                   const RollbackOptions& options, const KeptScripts& find) {
    const auto choice = choose(known, *folder, options);
    if (!choice) return fail(choice.error());
    auto steps = down_steps(known, folder, choice->versions, find);
    if (!steps) return fail(steps.error());
    RollbackPlan answer{{target, ledger::Direction::down, std::move(*steps)}, {}, {}};
    auto dependents = check_dependents(known, *folder, answer.plan, options, find);
    if (!dependents) return fail(dependents.error());
    answer.gates.push_back({"down-scripts", true, "there is one for every migration"});
    if (*dependents) answer.gates.push_back(std::move(**dependents));
    answer.notes = notes_on(*choice, answer.plan);
    for (std::string& note : repeatables_named(known, *folder, answer.plan, options, find))
        answer.notes.push_back(std::move(note));
    return answer;
}

}  // namespace commands
