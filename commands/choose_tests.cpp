#include "commands/choose_tests.hpp"

#include "commands/find_version.hpp"
#include "commands/history_script.hpp"
#include "commands/reconcile.hpp"

#include <algorithm>

namespace commands {

using ledger::fail;
using ledger::Result;
using migrations::Folder;
using migrations::Migration;

namespace {

Migrations pending(const projections::TargetState& state, const Folder& folder) {
    Migrations all;
    for (const Pending& each : pending_of(state, folder)) all.push_back(each.migration);
    return all;
}

// Where the first part of a pending migration is there, that is left out.
std::vector<migrations::Script> scripts_of(const std::vector<ReplayedScript>& history,
                                           const Migrations& chain) {
    std::vector<migrations::Script> scripts;
    for (const ReplayedScript& each : history) {
        const bool is_part = !each.is_whole && each.direction == ledger::Direction::up;
        if (is_part && std::any_of(chain.begin(), chain.end(), [&](const Migration* migration) {
                return migration->version == each.version;
            }))
            continue;
        if (auto script = history_script(each)) scripts.push_back(std::move(*script));
    }
    return scripts;
}

Result<const Migration*> find(const Folder& folder, const ledger::Version& said) {
    std::vector<ledger::Version> versions;
    for (const Migration& migration : folder.migrations) versions.push_back(migration.version);
    const auto meant = find_version(said, versions);
    if (!meant) return fail(meant.error());
    return &*std::find_if(folder.migrations.begin(), folder.migrations.end(),
                          [&](const Migration& each) { return each.version == *meant; });
}

// All before it in the folder, and it; without baselines, which stand for others.
Migrations up_to(const Folder& folder, const Migration* last) {
    Migrations chain;
    for (const Migration& migration : folder.migrations) {
        if (migration.kind != ledger::MigrationKind::baseline || &migration == last)
            chain.push_back(&migration);
        if (&migration == last) break;
    }
    if (last->kind == ledger::MigrationKind::baseline) chain = {last};
    return chain;
}

}  // namespace

Result<TestOrder> choose_tests(const Folder& folder, const projections::TargetState* state,
                               const std::vector<ReplayedScript>& history,
                               const TestChoice& choice) {
    TestOrder order;
    order.from_empty = pending({}, folder);
    const Migrations now = state == nullptr ? order.from_empty : pending(*state, folder);
    if (choice.all) {
        order.chain = order.from_empty;
        order.tested = order.chain;
        return order;
    }
    order.chain = now;
    order.tested = now;
    if (choice.migration) {
        const auto chosen = find(folder, *choice.migration);
        if (!chosen) return fail(chosen.error());
        order.tested = {*chosen};
        const auto place = std::find(now.begin(), now.end(), *chosen);
        if (place == now.end()) {
            order.chain = up_to(folder, *chosen);
            return order;
        }
        order.chain.assign(now.begin(), place + 1);
    }
    order.history = scripts_of(history, order.chain);
    order.history_is_of_target = state != nullptr;
    return order;
}

}  // namespace commands
