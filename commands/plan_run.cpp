#include "commands/find_version.hpp"
#include "commands/progress_made.hpp"
#include "commands/run.hpp"
#include "commands/validate.hpp"
#include "migrations/sql/lost_session.hpp"

#include <algorithm>

namespace commands {

using ledger::Code;
using ledger::fail;
using ledger::Result;
using migrations::Folder;
using migrations::Script;
using projections::TargetState;

namespace {

Result<void> refuse_unfinished_rollback(const TargetState& state) {
    for (const auto& [version, migration] : state.migrations)
        if (migration.resumption && migration.resumption->is_half_undone())
            return fail(Code::refused, "rollback-unfinished",
                        "the rollback of \"" + version.text + "\" stopped after " +
                            progress_made(*migration.resumption),
                        how_to_finish(version));
    return {};
}

bool same_until(const Script& script, const std::string& old_text, std::uint32_t statement_index) {
    if (script.statements.size() < statement_index) return false;
    const std::uint64_t end = script.statements[statement_index - 1].end;
    return old_text.starts_with(script.text.substr(0, end));
}

// The options with the version that is meant in place of the one that was said.
Result<RunOptions> resolved(const Folder& folder, RunOptions options) {
    if (!options.to) return options;
    std::vector<ledger::Version> versions;
    for (const migrations::Migration& migration : folder.migrations)
        versions.push_back(migration.version);
    auto to = find_version(*options.to, versions);
    if (!to) return fail(to.error());
    options.to = std::move(*to);
    return options;
}

std::size_t place_of(const Folder& folder, const ledger::Version& version) {
    std::size_t index = 0;
    while (index < folder.migrations.size() && folder.migrations[index].version != version) ++index;
    return index;
}

// Past which nothing is to be applied.
std::size_t last_place(const Folder& folder, const RunOptions& options) {
    return options.to ? place_of(folder, *options.to) : folder.migrations.size();
}

Step resumable_step(const std::shared_ptr<const Folder>& folder, const Pending& pending,
                    const TargetState& state) {
    Step step =
        make_step(folder, *pending.migration, ledger::Direction::up, pending.first_statement_index);
    const auto* tried = state.find(pending.migration->version);
    if (tried != nullptr && tried->resumption) {
        step.indexes_before = tried->resumption->indexes_before;
        if (tried->resumption->direction != ledger::Direction::up ||
            !tried->resumption->has_effect())
            return step;
        step.begun = tried->resumption->begun;
        step.entry.transactional = false;
        if (step.mode_cause.empty()) step.mode_cause = "an earlier attempt was not one transaction";
    }
    return step;
}

}  // namespace

namespace {

// The rest would run elsewhere, or on other tables, than it was written for.
Result<void> check_session(const projections::Resumption& resumption, const Script& script) {
    const auto lost = migrations::sql::lost_session(script, resumption.statements_done);
    if (!lost) return {};
    return fail(Code::refused, "resumed-session-lost",
                script.path + " is done up to statement " +
                    std::to_string(resumption.statements_done) + " of " +
                    std::to_string(resumption.statement_count) + ", and the rest may need " +
                    lost->what + " on line " + std::to_string(lost->line) +
                    ", which has gone with its session",
                std::string{"do the rest by hand, and say so: varve resolve VERSION "} +
                    (resumption.direction == ledger::Direction::up ? "--mark-applied"
                                                                   : "--mark-unapplied") +
                    " --reason ...");
}

}  // namespace

// Whatever has taken its place would not finish it.
ledger::Error begun_changed(const projections::Resumption& resumption, const Script& script) {
    const auto number = std::to_string(resumption.statements_done + 1);
    const bool is_up = resumption.direction == ledger::Direction::up;
    return {
        Code::refused, "resumed-script-changed",
        script.path + " was stopped within statement " + number + " of " +
            std::to_string(resumption.statement_count) + and_begun(resumption.begun) +
            "; and it has changed up to there",
        "restore it up to the end of that statement (what comes after may be edited), and it is "
        "gone on with; or finish by hand, or put back, what is half done, and say so: varve "
        "resolve VERSION " +
            std::string{is_up ? "--mark-applied (or --mark-unapplied)"
                              : "--mark-unapplied (or --mark-applied)"} +
            " --reason ..."};
}

Result<void> check_resumed(const projections::Resumption& resumption, const Script& script,
                           const FindText& find_text) {
    if (!resumption.has_effect()) return {};
    if (resumption.statements_done > 0)
        if (auto kept = check_session(resumption, script); !kept) return kept;
    if (resumption.digest == script.digest) return {};
    const auto old_text = find_text(resumption);
    if (!old_text) return fail(old_text.error());
    const bool is_begun = !resumption.begun.empty();
    const std::uint32_t touched = resumption.statements_done + (is_begun ? 1 : 0);
    if (*old_text && same_until(script, **old_text, touched)) return {};
    if (is_begun) return fail(begun_changed(resumption, script));
    return fail(
        Code::refused, "resumed-script-changed",
        script.path + " is done up to statement " + std::to_string(resumption.statements_done) +
            " of " + std::to_string(resumption.statement_count) +
            ", and has changed before that point",
        (resumption.statements_done == 1
             ? std::string{"restore all up to the end of its first statement, comments too"}
             : "restore all up to the end of its first " +
                   std::to_string(resumption.statements_done) + " statements, comments too") +
            "; what comes after may be edited");
}

FindText text_finder(const ledger::Reader& reader) {
    return [&reader](const projections::Resumption& resumption) {
        return reader.content(resumption.executed ? resumption.executed->digest
                                                  : resumption.digest);
    };
}

Result<Plan> plan_run(const TargetState& state, const ledger::Target& target,
                      const std::shared_ptr<const Folder>& folder, const RunOptions& said,
                      const FindText& find_text) {
    if (auto unfinished = refuse_unfinished_rollback(state); !unfinished)
        return fail(unfinished.error());
    const auto options = resolved(*folder, said);
    if (!options) return fail(options.error());
    Plan plan{target, ledger::Direction::up, {}};
    const std::size_t last = last_place(*folder, *options);
    const auto all_pending = pending_of(state, *folder);
    plan.steps.reserve(all_pending.size());
    for (const Pending& pending : all_pending) {
        const bool is_enough = options->count && plan.steps.size() >= *options->count;
        const auto place = static_cast<std::size_t>(pending.migration - folder->migrations.data());
        if (is_enough || place > last) {
            plan.is_part = true;
            continue;
        }
        const auto* tried = state.find(pending.migration->version);
        if (tried != nullptr && tried->resumption &&
            tried->resumption->direction == ledger::Direction::up)
            if (auto same = check_resumed(*tried->resumption, pending.migration->up, find_text);
                !same)
                return fail(same.error());
        plan.steps.push_back(resumable_step(folder, pending, state));
    }
    return plan;
}

}  // namespace commands
