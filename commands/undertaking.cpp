#include "commands/undertaking.hpp"

#include "commands/marker_order.hpp"
#include "commands/owed_markers.hpp"
#include "commands/registration.hpp"
#include "ledger/clean.hpp"
#include "ledger/fail_point.hpp"

namespace commands {

using ledger::fail;
using ledger::Result;

namespace {

constexpr std::size_t refusal_bytes_max = 2'000;

}  // namespace

ledger::Error refuse(Journal& journal, const std::string& gate, const ledger::Error& error) {
    const auto kept = journal.append({ledger::RunRefused{
        journal.target(), gate, error.reason, ledger::clean(error.detail, refusal_bytes_max)}});
    return kept ? error : kept.error();
}

Result<Scene> look(const ledger::Reader& reader, TargetDatabase& database) {
    auto markers = database.markers();
    if (!markers) return fail(markers.error());
    const auto head = reader.head();
    if (!head) return fail(head.error());
    auto ordered = in_order(std::move(*markers), reader);
    if (!ordered) return fail(ordered.error());
    return Scene{*std::move(ordered), head->ledger};
}

Result<void> pay_markers(Services& services, Situation& situation) {
    const auto known = read_known(services.store, services.rows, situation.journal->target());
    if (!known) return fail(known.error());
    const auto paid =
        write_owed_markers(*situation.journal, *situation.database, situation.facts, known->state);
    if (paid) return {};
    ledger::Error error = paid.error();
    error.detail =
        "the ledger has the decision, and the target still lacks its markers: " + error.detail;
    error.help += std::string{error.help.empty() ? "" : "; "} +
                  "then varve recover, or the next command that writes, writes them";
    return fail(std::move(error));
}

Result<KeptPlan> undertake(RunReport& report, const Situation& situation,
                           const migrations::Folder& folder, const PlanJudgement* judgement) {
    Journal& journal = *situation.journal;
    ledger::fail_point("before-registered");
    report.run = journal.new_id();
    journal.begin_run(*report.run);
    auto registered =
        register_plan(journal, report.plan, folder, situation.known.registered, judgement);
    if (!registered) return fail(registered.error());
    ledger::fail_point("registered");
    auto content = to_content(report.plan);
    if (!content) return fail(content.error());
    KeptPlan kept{ledger::reference(*content), {}};
    kept.contents.push_back(std::move(*content));
    return kept;
}

StepCounts counts_of(const RunReport& report) {
    StepCounts counts;
    counts.done = report.done_count;
    const bool has_begun = report.last && report.last->attempt != ledger::Uuid{};
    counts.failed = has_begun && report.last->failure ? 1 : 0;
    counts.skipped =
        static_cast<std::uint32_t>(report.plan.steps.size()) - counts.done - counts.failed;
    return counts;
}

}  // namespace commands
