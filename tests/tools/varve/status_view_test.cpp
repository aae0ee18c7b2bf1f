#include "tools/varve/status_view.hpp"

#include <catch2/catch.hpp>

namespace {

using ledger::MigrationKind;

migrations::Migration migration(const std::string& version, MigrationKind kind) {
    migrations::Migration answer;
    answer.version = {version};
    answer.kind = kind;
    answer.up.digest = ledger::sha256(version);
    return answer;
}

// Two versions, the baseline that stands for them, and one after it.
migrations::Folder folder_with_baseline() {
    migrations::Folder folder;
    for (const char* version : {"1", "2"})
        folder.migrations.push_back(migration(version, MigrationKind::versioned));
    folder.migrations.push_back(migration("B2", MigrationKind::baseline));
    folder.migrations.push_back(migration("3", MigrationKind::versioned));
    return folder;
}

projections::TargetState having_applied(const std::string& version) {
    projections::TargetState state;
    state.migrations[{version}].applied.emplace().digest = ledger::sha256(version);
    state.migrations[{version}].state = projections::State::applied;
    state.applied_order = {{version}};
    return state;
}

std::vector<std::string> states(const tools::varve::StatusView& view) {
    std::vector<std::string> all;
    const auto document = to_json(view);
    for (const auto& row : document["migrations"]) all.push_back(row["state"].get<std::string>());
    return all;
}

using States = std::vector<std::string>;

}  // namespace

TEST_CASE("what a baseline stands for is not needed, and not pending") {
    const auto folder = folder_with_baseline();
    const auto fresh = tools::varve::with_folder({}, {}, folder);
    CHECK(pending_count(fresh) == 2);
    CHECK(states(fresh) == States{"not-needed", "not-needed", "pending", "pending"});
}

TEST_CASE("a target with a history has no use for a baseline") {
    const auto folder = folder_with_baseline();
    projections::TargetStatus status;
    auto& applied = status.rows.emplace_back();
    applied.version = {"1"};
    applied.state = projections::State::applied;
    const auto view = tools::varve::with_folder(status, having_applied("1"), folder);
    CHECK(pending_count(view) == 2);
    CHECK(states(view) == States{"applied", "pending", "not-needed", "pending"});
}

TEST_CASE("what has no file any more stands where its number has it") {
    migrations::Folder folder;
    for (const char* version : {"1", "9", "30"})
        folder.migrations.push_back(migration(version, MigrationKind::versioned));
    folder.migrations.push_back(migration("R__view", MigrationKind::repeatable));
    projections::TargetStatus status;
    for (const char* version : {"10", "40", "named"}) {
        status.rows.emplace_back().version = {version};
        status.rows.back().state = projections::State::applied;
    }
    std::vector<std::string> versions;
    for (const auto& row : tools::varve::with_folder(status, {}, folder).status.rows)
        versions.push_back(row.version.text);
    CHECK(versions == std::vector<std::string>{"named", "1", "9", "10", "30", "40", "R__view"});
}

TEST_CASE("what is to be run has its file's name, and what is applied the one it was applied by") {
    using projections::State;
    migrations::Folder folder;
    projections::TargetStatus status;
    const auto add = [&](const std::string& version, State state) -> projections::StatusRow& {
        auto& file = folder.migrations.emplace_back(migration(version, MigrationKind::versioned));
        file.name = "new";
        file.up.path = version + "_new.up.sql";
        auto& row = status.rows.emplace_back();
        row.version = {version};
        row.name = "old";
        row.state = state;
        return row;
    };
    add("1", State::applied);
    add("2", State::pending);
    add("3", State::rolled_back);
    add("4", State::failed);
    add("5", State::partially_rolled_back);
    add("6", State::pending).in_doubt_since_us = 1;
    const auto view = tools::varve::with_folder(status, {}, folder);
    std::vector<std::string> names;
    for (const auto& row : view.status.rows) names.push_back(row.name);
    CHECK(names == std::vector<std::string>{"old", "new", "new", "new", "old", "old"});
    CHECK(view.status.rows.at(1).path == "2_new.up.sql");
}

TEST_CASE("a migration that is half done says how far it is") {
    projections::TargetStatus status;
    auto& row = status.rows.emplace_back();
    row.version = {"1"};
    row.state = projections::State::partially_applied;
    row.resumption.emplace();
    row.resumption->statements_done = 2;
    row.resumption->statement_count = 3;
    tools::varve::StatusView view;
    view.status = status;
    const auto document = to_json(view)["migrations"][0];
    CHECK(document["state"] == "partially-applied");
    CHECK(document["resumption"]["direction"] == "up");
    CHECK(document["resumption"]["statements_done"] == 2);
    CHECK(document["resumption"]["statement_count"] == 3);
}

TEST_CASE("what the process at work has begun runs, and what was begun before it is in doubt") {
    projections::TargetStatus status;
    status.last_run.emplace().started_at_us = 7'000'000;
    status.in_doubt.emplace().since_us = 8'000'000;
    status.in_doubt->version = {"1"};
    status.rows.emplace_back().version = {"1"};
    status.rows[0].in_doubt_since_us = 8'000'000;
    tools::varve::StatusView view;
    view.status = status;
    tell_running(view, {4711, "varve run", 8'000'000});
    CHECK(states(view) == States{"in-doubt"});
    CHECK(is_unfinished(view));
    CHECK(to_json(view)["running"].is_null());
    CHECK(to_json(view)["in_doubt"] == "1");

    tell_running(view, {4711, "varve run", 7'000'000});
    CHECK(states(view) == States{"running"});
    CHECK_FALSE(is_unfinished(view));
    CHECK(to_json(view)["running"]["pid"] == 4711);
    CHECK(to_json(view)["running"]["since"] == "1970-01-01T00:00:07.000000Z");
    CHECK(to_json(view)["in_doubt"].is_null());
    CHECK(to_json(view)["migrations"][0]["in_doubt_since"].is_null());

    tools::varve::StatusView quiet;
    tell_running(quiet, {4711, "varve run", 7'000'000});
    CHECK_FALSE(quiet.running);
}
