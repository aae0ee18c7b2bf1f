#include "commands/preview.hpp"

#include "commands/database_identity.hpp"
#include "commands/known_checkpoint.hpp"
#include "commands/run_together.hpp"
#include "commands/undertaking.hpp"
#include "commands/undo_run.hpp"
#include "commands/validate.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <utility>

namespace commands {

using ledger::fail;
using ledger::Result;

namespace {

void judge(Preview& preview, std::string gate, const std::optional<ledger::Error>& error,
           std::string passed) {
    preview.gates.push_back({std::move(gate), !error, error ? error->detail : std::move(passed)});
    if (error && !preview.refused) preview.refused = error;
}

template <class T>
std::optional<ledger::Error> error_of(const Result<T>& result) {
    if (result) return std::nullopt;
    return result.error();
}

Result<void> judge_checkpoints(Preview& preview, const ledger::Reader& reader,
                               const TargetRequest& target, TargetDatabase& database) {
    Result<Unasked> beside = Unasked{};
    auto fits = check_held(reader, database, target.target);
    if (fits) beside = check_beside(reader, target.beside.get());
    if (fits && !beside) fits = fail(beside.error());
    if (fits && *beside) preview.notes.push_back(**beside);
    if (fits) return {};
    if (fits.error().code != ledger::Code::corrupt) return fits;
    preview.differs = true;
    judge(preview, "checkpoints", fits.error(), "");
    return {};
}

// What is in doubt may explain a marker without a success: the real thing would settle it first.
Result<void> judge_target(Preview& preview, const ledger::Reader& reader, const Known& known,
                          const TargetRequest& target, const migrations::Folder* folder,
                          bool out_of_order, TargetDatabase& database) {
    auto facts = database.facts();
    if (!facts) return fail(facts.error());
    preview.facts = std::move(*facts);
    if (auto judged = judge_checkpoints(preview, reader, target, database); !judged) return judged;
    if (const auto same = check_same_database(known.state, *preview.facts, target); !same) {
        preview.differs = true;
        judge(preview, "settle", same.error(), "");
    }
    const auto scene = look(reader, database);
    if (!scene) return fail(scene.error());
    const Standing standing{known.state, scene->markers, *preview.facts, target, scene->ledger};
    std::vector<Difference> differences;
    const bool is_settled = !preview.in_doubt && !preview.open_run;
    if (is_settled) differences = target_differences(standing);
    if (folder != nullptr && !is_settled)
        differences = file_differences(known.state, *folder);
    else if (folder != nullptr)
        differences = reconcile(standing, *folder).differences;
    const auto refused = refusal(with_lost_texts(reader, std::move(differences)), out_of_order);
    preview.differs = preview.differs || refused;
    judge(preview, "reconcile", refused,
          folder != nullptr ? "ledger, markers and files agree" : "ledger and markers agree");
    return {};
}

void judge_way_back(Preview& preview, const ledger::Reader& reader, const Known& known,
                    const RunRequest& request) {
    if (!request.options.undo_on_failure || preview.plan.steps.empty()) return;
    const auto back = check_way_back(preview.plan, known, request.folder, kept_scripts(reader));
    judge(preview, "on-failure", error_of(back), back ? back->detail : "");
}

void judge_history(Preview& preview, const Known& known, const RunRequest& request) {
    const auto checked =
        check_other_history(request.other_history, known.state, request.options.despite_history);
    if (!checked || *checked)
        judge(preview, "history", error_of(checked), checked ? (*checked)->detail : "");
}

// What only it knows: markers, another database in its place, what another tool has applied.
void note_unasked(Preview& preview, const ledger::Target& target) {
    preview.notes.push_back("\"" + target.name +
                            "\" was not asked: what is shown is what ledger and files say");
}

void judge_files(Preview& preview, const ledger::Reader& reader, const Known& known,
                 const RunRequest& request) {
    const auto refused =
        refusal(with_lost_texts(reader, file_differences(known.state, *request.folder)),
                request.options.out_of_order);
    preview.differs = refused.has_value();
    judge(preview, "reconcile", refused, "ledger and files agree");
    note_unasked(preview, request.target.target);
}

bool creates_something(const Step& step) {
    constexpr std::string_view word = "create";
    const auto is_same = [](char one, char other) {
        return std::tolower(static_cast<unsigned char>(one)) == other;
    };
    if (step.script == nullptr) return false;
    const std::string& text = step.script->text;
    return std::search(text.begin(), text.end(), word.begin(), word.end(), is_same) != text.end();
}

// A rehearsal is nobody's but the shadow's owner's. A file may name its schema, or set the path.
Result<void> note_creation(Preview& preview, TargetDatabase& database) {
    const auto& steps = preview.plan.steps;
    if (std::none_of(steps.begin(), steps.end(), creates_something)) return {};
    const auto may = database.check_creation_rights();
    if (may) return {};
    if (may.error().code != ledger::Code::refused) return may;
    preview.notes.push_back("as it is, what a file creates without naming its schema is refused: " +
                            may.error().detail);
    return {};
}

// Who looks may be another role, and the server a standby: so it is no gate.
Result<void> note_rights(Preview& preview, TargetDatabase* database) {
    if (database == nullptr || preview.plan.steps.empty()) return {};
    auto refused = check_writable(*preview.facts);
    const bool updates = std::any_of(preview.plan.steps.begin(), preview.plan.steps.end(),
                                     [](const Step& step) { return !step.entry.transactional; });
    if (refused) refused = database->check_marker_rights(updates);
    if (refused) return note_creation(preview, *database);
    if (refused.error().code != ledger::Code::refused) return refused;
    preview.notes.push_back("as it is, this is refused: " + refused.error().detail);
    return {};
}

}  // namespace

Result<Preview> preview(const ledger::Reader& reader, const Known& known, const RunRequest& request,
                        TargetDatabase* database) {
    Preview preview;
    preview.in_doubt = known.state.open_attempt;
    preview.open_run = known.state.open_run;
    judge(preview, "validation", error_of(check_runnable(*request.folder, known.state)),
          "the files can be run");
    if (database != nullptr) {
        if (auto judged = judge_target(preview, reader, known, request.target, request.folder.get(),
                                       request.options.out_of_order, *database);
            !judged)
            return fail(judged.error());
    } else {
        judge_files(preview, reader, known, request);
    }
    auto plan = plan_run(known.state, request.target.target, request.folder, request.options,
                         text_finder(reader));
    if (!plan) {
        judge(preview, "plan", plan.error(), "");
        return preview;
    }
    if (database != nullptr && !plan->steps.empty()) judge_history(preview, known, request);
    const auto asked = environment_gates(*plan, request.stage, request.options);
    if (!asked)
        judge(preview, "environment", asked.error(), "");
    else
        preview.gates.insert(preview.gates.end(), asked->begin(), asked->end());
    const auto judgement =
        judge_plan(*plan, *request.folder, request.options.rules, request.options.initial_settings,
                   preview.facts ? &*preview.facts : nullptr);
    const auto passed = pass_judgement(*plan, *request.folder, known.registered, judgement,
                                       request.options.required, reader);
    if (!passed)
        judge(preview, "judgement", passed.error(), "");
    else
        preview.gates.insert(preview.gates.end(), passed->begin(), passed->end());
    preview.plan = std::move(*plan);
    if (auto note = note_on_rules(judgement, request.options.required))
        preview.notes.push_back(std::move(*note));
    if (auto noted = note_rights(preview, database); !noted) return fail(noted.error());
    judge_way_back(preview, reader, known, request);
    if (request.options.together && !preview.plan.steps.empty()) {
        const auto shared = check_together(preview.plan);
        judge(preview, "transaction", error_of(shared), shared ? shared->detail : "");
        preview.notes.push_back("each is rehearsed in a transaction of its own, and run in one");
    }
    return preview;
}

Result<Preview> preview(const ledger::Reader& reader, const Known& known,
                        const RollbackRequest& request, TargetDatabase* database) {
    Preview preview;
    preview.in_doubt = known.state.open_attempt;
    preview.open_run = known.state.open_run;
    if (database == nullptr)
        note_unasked(preview, request.target.target);
    else if (auto judged =
                 judge_target(preview, reader, known, request.target, nullptr, true, *database);
             !judged)
        return fail(judged.error());
    auto planned = plan_rollback(known, request.target.target, request.folder, request.options,
                                 kept_scripts(reader));
    if (!planned) {
        preview.plan = {request.target.target, ledger::Direction::down, {}};
        judge(preview, "plan", planned.error(), "");
        return preview;
    }
    preview.gates.insert(preview.gates.end(), planned->gates.begin(), planned->gates.end());
    if (const auto kept = check_safeguards(request.target.target, request.options.safeguards);
        !kept && !planned->plan.steps.empty())
        judge(preview, "environment", kept.error(), "");
    judge(preview, "validation", error_of(check_scripts(*request.folder, planned->plan)),
          "the down scripts can be run");
    preview.plan = std::move(planned->plan);
    preview.notes.insert(preview.notes.end(), planned->notes.begin(), planned->notes.end());
    if (auto noted = note_rights(preview, database); !noted) return fail(noted.error());
    return preview;
}

}  // namespace commands
