#include "commands/preview.hpp"

#include "commands/validate.hpp"

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

Result<void> judge_target(Preview& preview, const ledger::Reader& reader, const Known& known,
                          const RunRequest& request, TargetDatabase& database) {
    auto facts = database.facts();
    if (!facts) return fail(facts.error());
    preview.facts = std::move(*facts);
    const auto markers = database.markers();
    if (!markers) return fail(markers.error());
    const auto head = reader.head();
    if (!head) return fail(head.error());
    const Standing standing{known.state, *markers, *preview.facts, request.target.target,
                            head->ledger};
    // What is in doubt may explain a marker without a success: a run would settle it first.
    const auto differences = preview.in_doubt ? file_differences(known.state, *request.folder)
                                              : reconcile(standing, *request.folder).differences;
    judge(preview, "reconcile", refusal(differences, request.options.out_of_order),
          "ledger, markers and files agree");
    return {};
}

}  // namespace

Result<Preview> preview(const ledger::Reader& reader, const Known& known, const RunRequest& request,
                        TargetDatabase* database) {
    Preview preview;
    preview.in_doubt = known.state.open_attempt;
    judge(preview, "validation", error_of(check_folder(*request.folder, ledger::Direction::up)),
          "no errors");
    if (database != nullptr) {
        if (auto judged = judge_target(preview, reader, known, request, *database); !judged)
            return fail(judged.error());
    } else {
        judge(preview, "reconcile",
              refusal(file_differences(known.state, *request.folder), request.options.out_of_order),
              "ledger and files agree");
    }
    auto plan = plan_run(known.state, request.target.target, request.folder, request.options,
                         text_finder(reader));
    if (!plan) {
        judge(preview, "plan", plan.error(), "");
        return preview;
    }
    const auto asked = environment_gates(*plan, known.registered, request.options);
    if (!asked)
        judge(preview, "environment", asked.error(), "");
    else
        preview.gates.insert(preview.gates.end(), asked->begin(), asked->end());
    preview.plan = std::move(*plan);
    return preview;
}

}  // namespace commands
