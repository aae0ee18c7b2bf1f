#include "commands/dependents.hpp"
#include "commands/down_step.hpp"
#include "commands/rollback.hpp"
#include "commands/rollback_choice.hpp"
#include "commands/validate.hpp"
#include "commands/without_file.hpp"
#include "ledger/listed.hpp"
#include "migrations/directives.hpp"
#include "migrations/kept_script.hpp"

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

void resume(Step& step, const projections::TargetState& state) {
    const auto* tried = state.find(step.entry.version);
    if (tried == nullptr || !tried->resumption) return;
    const auto& resumption = *tried->resumption;
    if (resumption.direction != ledger::Direction::down) return;
    step.entry.first_statement_index = resumption.statements_done;
    step.indexes_before = resumption.indexes_before;
    if (!resumption.has_effect()) return;
    step.begun = resumption.begun;
    step.entry.transactional = false;
    if (step.mode_cause.empty()) step.mode_cause = "an earlier attempt was not one transaction";
}

Result<void> check_resumed_step(const Step& step, const projections::TargetState& state,
                                const FindText& find_text) {
    const auto* tried = state.find(step.entry.version);
    if (tried == nullptr || !tried->resumption ||
        tried->resumption->direction != ledger::Direction::down)
        return {};
    return check_resumed(*tried->resumption, *step.script, find_text);
}

// Why the migration says that it cannot be undone, in its down script or in the up script that is
// applied.
std::optional<std::string> irreversible(const Known& known, const Folder& folder,
                                        const Version& version, const Script* down,
                                        const KeptScripts& find) {
    const auto said = [](const Script& script) {
        return migrations::read_directives(script.text, script.path, script.first_line)
            .irreversible;
    };
    if (down)
        if (auto why = said(*down)) return why;
    const Migration* migration = find_migration(folder, version);
    if (migration != nullptr && file_of_another_text(known, folder, version) == nullptr)
        return said(migration->up);
    const auto registered = as_applied(known, version, find);
    if (!registered) return std::nullopt;
    const auto up = find.kept(registered->path, registered->up.digest);
    return up ? said(*up) : std::nullopt;
}

// Why the ledger's down script is not to be had: it was to be forgotten; or it cannot be run.
std::string why_not_kept(const projections::Registered& registered, const KeptScripts& find) {
    const auto kept = find.kept(registered.path, registered.down->digest);
    if (!kept) return "the ledger's copy was redacted";
    const auto why = migrations::why_not_as_is(registered.layout, kept->bytes);
    return "the ledger's copy does not serve" + (why ? ": " + *why : std::string{});
}

std::string why_missing(const Known& known, const Version& version, const KeptScripts& find) {
    if (known.state.application_of(version) == nullptr) return "";
    const auto registered = as_applied(known, version, find);
    if (!registered || !registered->down) return "";
    return " (its file is gone, and " + why_not_kept(*registered, find) + ")";
}

// The file has a down script, but not of what is applied, and the ledger's is not to be had.
std::optional<std::string> why_foreign(const Known& known, const Folder& folder,
                                       const Version& version, const KeptScripts& find) {
    const Migration* other = file_of_another_text(known, folder, version);
    if (other == nullptr || !other->down) return std::nullopt;
    const auto registered = as_applied(known, version, find);
    const bool has_down = registered && registered->down;
    if (is_without_file(*known.state.find(version)))
        return "\"" + version.text +
               "\" was taken over as applied without a file, and nothing says that " +
               other->up.path + " is what was applied, so its down script need not undo that";
    return other->up.path + " is not the text that is applied as \"" + version.text +
           "\" (was content:" + ledger::hex(known.state.application_of(version)->digest) +
           "), so its down script need not undo that, and " +
           (has_down ? why_not_kept(*registered, find) : "the ledger keeps none for that text");
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

ledger::Error foreign(const std::vector<std::string>& details) {
    return {Code::refused, "difference-changed", listed(details) + "; nothing was touched",
            "put the up script back as it was (varve show content:... has its text): then the "
            "down script beside it counts; or, where the file as it is now stands for what is "
            "applied: varve resolve VERSION --accept-digest --reason ..., then the same again"};
}

std::string note_on_kept(const Step& step, const Migration& other) {
    return "\"" + step.entry.version.text + "\" was applied from another text than " +
           other.up.path + " has now (as " + step.kept->up_path +
           ", content:" + ledger::hex(step.kept->up) +
           "): it is undone by the down script that the ledger "
           "keeps with that text, not by " +
           other.down->path;
}

std::string note_on_gone(const Step& step) {
    return "\"" + step.entry.version.text +
           "\" is undone by the down script that the ledger keeps: " + step.kept->down_path +
           " is gone";
}

std::vector<std::string> notes_on(const RollbackChoice& choice, const Folder& folder,
                                  const Plan& plan) {
    std::vector<std::string> notes;
    if (!choice.left_alone.empty())
        notes.push_back("left as they are, since they have no way back: " +
                        listed(choice.left_alone));
    for (const Step& step : plan.steps) {
        const Migration* other = find_migration(folder, step.entry.version);
        if (step.kept && step.kept->is_file_changed && other->down)
            notes.push_back(note_on_kept(step, *other));
        else if (step.kept && (other == nullptr || !other->down))
            notes.push_back(note_on_gone(step));
    }
    for (const Step& step : plan.steps)
        if (does_nothing(*step.script))
            notes.push_back("the down script of \"" + step.entry.version.text +
                            "\" holds no statement: nothing of it changes in the database");
    return notes;
}

}  // namespace

Result<std::vector<Step>> down_steps(const Known& known,
                                     const std::shared_ptr<const Folder>& folder,
                                     const std::vector<Version>& versions,
                                     const KeptScripts& find) {
    std::vector<Step> steps;
    std::vector<std::string> without;
    std::vector<std::string> never;
    std::vector<std::string> others;
    for (const Version& version : versions) {
        auto step = down_step(known, folder, version, find);
        if (auto why =
                irreversible(known, *folder, version, step ? step->script.get() : nullptr, find)) {
            never.push_back("\"" + version.text + "\" (" + *why + ")");
            continue;
        }
        if (!step) {
            if (auto why = why_foreign(known, *folder, version, find)) {
                others.push_back(std::move(*why));
                continue;
            }
            without.push_back("\"" + version.text + "\"" + why_missing(known, version, find));
            continue;
        }
        resume(*step, known.state);
        if (auto same = check_resumed_step(*step, known.state, find.text); !same)
            return fail(same.error());
        steps.push_back(std::move(*step));
    }
    if (auto read = find.all_read(); !read) return fail(read.error());
    if (!never.empty()) return fail(refused_by_author(never));
    if (!without.empty()) return fail(missing(without));
    if (!others.empty()) return fail(foreign(others));
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
    answer.notes = notes_on(*choice, *folder, answer.plan);
    for (std::string& note : repeatables_named(known, *folder, answer.plan, options, find))
        answer.notes.push_back(std::move(note));
    return answer;
}

}  // namespace commands
