#include "commands/plan.hpp"

#include "ledger/codec.hpp"

namespace commands {

using migrations::Script;

ledger::Result<ledger::Content> to_content(const Plan& plan) {
    std::vector<const ledger::PlannedMigration*> entries;
    entries.reserve(plan.steps.size());
    for (const Step& step : plan.steps) entries.push_back(&step.entry);
    auto lines = ledger::encode_plan(entries);
    if (!lines) return ledger::fail(lines.error());
    return ledger::Content{std::move(*lines), "plan"};
}

Step make_step(const std::shared_ptr<const migrations::Folder>& folder,
               const migrations::Migration& migration, ledger::Direction direction,
               std::uint32_t first_statement_index) {
    const bool up = direction == ledger::Direction::up;
    const Script& script = up ? migration.up : *migration.down;
    Step step;
    step.entry = {migration.version,
                  migration.name,
                  direction,
                  script.path,
                  script.digest,
                  script.mode == migrations::TransactionMode::one,
                  static_cast<std::uint32_t>(script.statements.size()),
                  first_statement_index};
    step.mode_cause = script.mode_cause;
    step.script = {folder, &script};
    if (up && migration.verify) step.verify = {folder, &*migration.verify};
    return step;
}

}  // namespace commands
