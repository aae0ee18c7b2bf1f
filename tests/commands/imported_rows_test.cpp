#include "commands/imported_rows.hpp"

#include <catch2/catch.hpp>

using commands::contradicts;
using commands::is_stale;
using commands::known_as;
using migrations::bookkeeping::Entry;
using projections::FormerApplication;
using projections::ImportedRow;
using projections::MigrationState;
using projections::State;

namespace {

constexpr std::int64_t then = 1'700'000'000'000'000;

Entry row(std::string version) {
    Entry entry;
    entry.version = {std::move(version)};
    entry.applied_at_us = then;
    return entry;
}

// Taken over from a row of that time, and undone here.
MigrationState undone() {
    MigrationState known;
    known.state = State::rolled_back;
    known.imported = ImportedRow{then, std::nullopt};
    known.former = FormerApplication{};
    return known;
}

// Without a file: nobody has seen a text of it.
MigrationState without_file() {
    MigrationState known;
    known.state = State::applied;
    known.imported = ImportedRow{then, std::nullopt};
    known.applied.emplace();
    return known;
}

}  // namespace

TEST_CASE("the row of what was undone here is no news, one of another time is") {
    CHECK(is_stale(undone(), row("0001")));
    CHECK_FALSE(contradicts(undone(), row("0001")));
    Entry newer = row("0001");
    newer.applied_at_us = then + 1;
    CHECK_FALSE(is_stale(undone(), newer));
    CHECK(contradicts(undone(), newer));
}

TEST_CASE("a row of a tool that keeps no time is taken for the one that was there") {
    MigrationState known = undone();
    known.imported->applied_at_us.reset();
    Entry timeless = row("0001");
    timeless.applied_at_us.reset();
    CHECK(is_stale(known, timeless));
    CHECK_FALSE(contradicts(known, timeless));
}

TEST_CASE("the row of what was never finished is taken for the one that was decided on") {
    MigrationState known = undone();
    known.imported->applied_at_us.reset();
    Entry unfinished = row("0001");
    CHECK_FALSE(is_stale(known, unfinished));  // it was finished since
    unfinished.unfinished = "\"0001\" failed";
    CHECK(is_stale(known, unfinished));
}

TEST_CASE("a row contradicts what is half done here, and what was undone without an import") {
    MigrationState half = undone();
    half.resumption.emplace();
    CHECK(contradicts(half, row("0001")));
    MigrationState ours = undone();
    ours.imported.reset();
    CHECK(contradicts(ours, row("0001")));
}

TEST_CASE("a row contradicts nothing where the migration is applied, or was never tried here") {
    CHECK_FALSE(contradicts(without_file(), row("0001")));
    CHECK_FALSE(contradicts(MigrationState{}, row("0001")));
}

TEST_CASE("a row is known by its version, else by the tool's spelling where a file was missing") {
    projections::TargetState state;
    state.migrations[{"0002"}] = undone();
    state.migrations[{"4"}] = without_file();
    CHECK(known_as(state, row("0002")) == state.find({"0002"}));
    CHECK(known_as(state, row("00004")) == nullptr);
    Entry entry = row("00004");
    entry.recorded_version = "4";
    CHECK(known_as(state, entry) == state.find({"4"}));
    entry.recorded_version = "0002";  // that one has a file of its own, or had
    CHECK(known_as(state, entry) == nullptr);
}
