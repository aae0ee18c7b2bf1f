#include "commands/recorded_witnesses.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>
#include <utility>

namespace recorded_witnesses_test {

using commands::Agreement;
using ledger::DifferenceKind;
using ledger::Direction;
using ledger::Resolution;
using ledger::Result;

namespace {

const ledger::Target production{"production"};
const std::string no_marker = "the ledger says so, but the target has no marker of it";
const std::string was_undone =
    "the ledger says that it was undone, but the target's newest marker says that it is applied: "
    "was the target restored from before that rollback?";
const std::string of_another =
    "the marker of \"3\" was written by another ledger (01980000-0000-7000-8000-000000000000)";

ledger::Digest text_of(const std::string& version) { return ledger::sha256(version); }

class Table final : public commands::CheckpointWitness {
public:
    ledger::WitnessKind kind() const override { return ledger::WitnessKind::target; }
    std::string name() const override { return production.name; }
    Result<commands::Receipt> publish(const commands::PublishedCheckpoint&) override {
        return commands::Receipt{};
    }
    Result<std::vector<commands::HeldCheckpoint>> largest(const ledger::Uuid&,
                                                          std::uint32_t) override {
        return std::vector<commands::HeldCheckpoint>{};
    }
    Result<std::vector<commands::HeldCheckpoint>> all(const ledger::Uuid&) override {
        return std::vector<commands::HeldCheckpoint>{};
    }
};

// A target as the ledger has it, and the rows that it holds.
struct Scene {
    Scene() { at(1, ledger::TargetRegistered{production, "shop", "77", 16'384, "15.8", "varve"}); }
    void at(std::uint64_t position, const ledger::Event& event) { memory.apply(position, event); }
    // From `position` on: run started, applied, run finished, and a checkpoint of four more events.
    void run(std::uint64_t position, const std::string& version,
             Direction direction = Direction::up, const std::string& text = {}) {
        if (direction == Direction::up)
            at(position, ledger::RunStarted{production, {}, 1, {}, {}});
        else
            at(position, ledger::RollbackStarted{production, {}, 1, {}, {}});
        ledger::AttemptSucceeded applied;
        applied.target = production;
        applied.version = {version};
        applied.direction = direction;
        applied.digest = text_of(text.empty() ? version : text);
        at(position + 2, applied);
        take(position + 5, position + 4);
        held.insert(position + 4);
    }
    void take(std::uint64_t position, std::uint64_t size) {
        at(position, ledger::CheckpointWitnessed{
                         size, {}, ledger::WitnessKind::target, production.name, {}, {}, {}});
    }
    void refuse(std::uint64_t position, const std::string& reason, const std::string& detail) {
        at(position, ledger::RunRefused{production, "reconcile", reason, detail});
    }
    void decide(std::uint64_t position, const std::string& version, DifferenceKind kind,
                Resolution resolution, const std::string& detail) {
        ledger::DifferenceResolved resolved;
        resolved.target = production;
        resolved.version = {version};
        resolved.kind = kind;
        resolved.resolution = resolution;
        if (resolution != Resolution::mark_unapplied) resolved.digest = text_of(version);
        resolved.detail = detail;
        at(position, resolved);
    }
    void is_not_there(std::uint64_t position, const std::string& version) {
        decide(position, version, DifferenceKind::behind, Resolution::mark_unapplied, no_marker);
    }
    commands::WitnessVerdict verdict(Agreement agreement = Agreement::agrees) {
        Table table;
        commands::WitnessVerdict verdict{"target production",       agreement, {}, {}, {},
                                         {held.begin(), held.end()}};
        memory.add_missing(table, verdict);
        return verdict;
    }
    bool is_whole() { return verdict().agreement == Agreement::agrees; }
    bool tells(const std::string& what) { return verdict().detail.find(what) != std::string::npos; }

    commands::RecordedWitnesses memory;
    std::set<std::uint64_t> held;
};

// Three runs, restored from between the first and the second, and a run that was refused.
struct Restored : Scene {
    Restored() {
        run(10, "1");  // a checkpoint of 14 events
        run(20, "2");  // of 24
        run(30, "3");  // of 34
        held = {14};
        refuse(40, "difference-behind", no_marker);
        held.insert(41);
    }
};

}  // namespace

TEST_CASE("what a restored target lost is not missed once a person has decided on it") {
    Restored target;
    CHECK(target.tells("34 events and 1 before it, which event 35 says"));
    CHECK_FALSE(target.is_whole());
    SECTION("of all at once, by the first decision") {
        target.is_not_there(50, "2");
        target.is_not_there(51, "3");
        CHECK(target.is_whole());
        CHECK(target.verdict().detail ==
              "the checkpoint of 34 events and 1 before it: gone since the target was put back "
              "(restored from a backup), as event 50 decides (and 1 after it)");
        CHECK(target.verdict(Agreement::contradicts).detail.empty());
    }
    SECTION("one by one, as far as the decisions go") {
        target.is_not_there(50, "2");
        CHECK_FALSE(target.tells("put back"));  // what came later stands, as far as anybody knows
        target.is_not_there(55, "3");
        CHECK(target.is_whole());
    }
    SECTION("from the newest on") {
        target.held = {41};
        target.is_not_there(50, "3");
        CHECK(target.tells("34 events and 1 before it: gone since the target was put back"));
        CHECK(target.tells("the checkpoint of 14 events, which event 15 says"));
        target.is_not_there(55, "2");
        CHECK(target.is_whole());
    }
    SECTION("what it took since is missed, also after the next run") {
        target.is_not_there(50, "2");
        target.is_not_there(51, "3");
        target.run(60, "2");
        CHECK(target.is_whole());
        CHECK(target.tells("as event 50 decides"));
        target.held.erase(64);
        CHECK(target.tells("the checkpoint of 64 events, which event 65 says"));
        target.held = {14, 64};
        target.take(45, 41);
        CHECK(target.tells("the checkpoint of 41 events, which event 45 says"));
    }
}

TEST_CASE("a target that was restored a second time lost that by decisions of its own") {
    Restored target;
    target.is_not_there(50, "2");
    target.is_not_there(51, "3");
    target.run(60, "2");
    target.run(70, "3");
    target.held = {14, 41, 64};
    CHECK(target.tells("the checkpoint of 74 events, which event 75 says"));
    target.is_not_there(80, "3");
    CHECK(target.is_whole());
    CHECK(target.tells("as event 50 decides (and 1 after it)"));
    CHECK(
        target.tells("the checkpoint of 74 events: gone since the target was put back "
                     "(restored from a backup), as event 80 decides"));
}

TEST_CASE("what a target was given after it was put back bounds what it lost") {
    Restored target;
    target.take(38, 37);
    target.held = {14, 39, 41};  // 39: by who asked nothing of its markers
    target.is_not_there(50, "2");
    target.is_not_there(51, "3");
    CHECK(target.is_whole());
    target.held = {14, 37, 41};
    CHECK(target.is_whole());
    target.held = {14, 36, 41};
    target.take(39, 36);
    CHECK(target.tells("the checkpoint of 37 events, which event 38 says"));
}

TEST_CASE("a gap among the rows from before a target was put back is missed") {
    Restored target;
    target.is_not_there(50, "3");
    target.held = {24, 41};
    CHECK(target.tells("the checkpoint of 34 events: gone since the target was put back"));
    CHECK(target.tells("the checkpoint of 14 events, which event 15 says"));
    target.held = {14, 24, 41};
    CHECK(target.is_whole());
    SECTION("nor has it a row that is newer than what it lacks") {
        target.is_not_there(51, "2");
        CHECK_FALSE(target.tells("put back"));
        CHECK(target.tells("the checkpoint of 34 events, which event 35 says"));
    }
}

TEST_CASE("rows that are older than what still stands are missed") {
    Restored target;
    target.held = {41};
    target.is_not_there(50, "2");
    target.is_not_there(51, "3");
    CHECK(target.tells("the checkpoint of 34 events and 2 before it: gone"));
    CHECK(target.is_whole());  // from before the checkpoint that followed the first run
    target.take(6, 5);
    CHECK(target.tells("the checkpoint of 5 events, which event 6 says"));
    CHECK_FALSE(target.is_whole());
}

TEST_CASE("no restoring explains what lacks one marker alone, or has a foreign one") {
    Restored target;
    target.held = {41};
    const auto is_missed = [&] {
        return target.tells("34 events and 2 before it, which event 35 says") &&
               !target.tells("put back");
    };
    SECTION("in the middle") { target.is_not_there(50, "2"); }
    SECTION("which is written again, as all else is there") {
        for (const std::string version : {"2", "3"})
            target.decide(50, version, DifferenceKind::behind, Resolution::mark_applied, no_marker);
    }
    SECTION("of another ledger") {
        const auto how = GENERATE(Resolution::adopt, Resolution::mark_unapplied);
        target.decide(50, "3", DifferenceKind::ahead, how, of_another);
    }
    SECTION("of what was never here") { target.is_not_there(50, "4"); }
    SECTION("with a text that it never had") {
        target.decide(50, "3", DifferenceKind::behind, Resolution::mark_unapplied,
                      no_marker + ", but the target's marker is of another text of it (content:" +
                          ledger::hex(text_of("strange")) + ")");
    }
    SECTION("that nothing was undone of") {
        target.decide(50, "3", DifferenceKind::ahead, Resolution::adopt, was_undone);
    }
    SECTION("of the files") {
        target.decide(50, "3", DifferenceKind::changed, Resolution::mark_unapplied, {});
    }
    CHECK(is_missed());
}

TEST_CASE("a target may be restored from before a rollback, a decision or a correction") {
    Scene target;
    target.run(10, "1");
    SECTION("a rollback") {
        target.run(20, "1", Direction::down);
        target.held = {14, 31};
        const auto how = GENERATE(Resolution::adopt, Resolution::mark_unapplied);
        target.decide(40, "1", DifferenceKind::ahead, how, was_undone);
    }
    SECTION("a rollback and a run") {
        target.run(20, "1", Direction::down);
        target.run(30, "1");
        target.run(40, "2");
        target.held = {14};
        target.is_not_there(50, "2");
    }
    SECTION("a correction") {
        target.run(20, "1", Direction::up, "corrected");
        target.held = {14};
        target.decide(40, "1", DifferenceKind::behind, Resolution::mark_applied,
                      no_marker + ", but the target's marker is of another text of it (content:" +
                          ledger::hex(text_of("1")) + ")");
    }
    CHECK(target.is_whole());
    CHECK(target.tells("gone since the target was put back"));
    target.held.erase(14);
    CHECK(target.tells("gone since the target was put back"));
    target.take(6, 5);
    CHECK(target.tells("the checkpoint of 5 events, which event 6 says"));
}

TEST_CASE("what an earlier version gave to a database that it had refused is not missed") {
    const auto elsewhere = GENERATE(
        "\"1\" is applied, but the target has no marker of it (this is database \"w\" (oid 5), and "
        "the target was database \"d\" (oid 4))",
        "\"production\" stands for another database now, of which this one is the original or a "
        "copy: the marker of \"1\" says nothing here");
    Scene target;
    target.run(10, "1");
    target.refuse(20, "difference-behind", elsewhere);
    target.refuse(22, "difference-behind", elsewhere);
    target.at(
        23, ledger::CheckpointWitnessed{21, {}, ledger::WitnessKind::folder, "/kept", {}, {}, {}});
    target.take(24, 21);
    CHECK(target.is_whole());
    CHECK(target.tells("the checkpoint of 21 events: given to a database that was refused"));
    SECTION("what the target itself was given afterwards is") {
        target.refuse(30, "difference-behind", elsewhere);
        target.take(32, 31);
        CHECK(target.tells("the checkpoint of 31 events, which event 32 says"));
    }
}

TEST_CASE("what a refused database was given that may be the target's own is missed") {
    const auto& [reason, detail] = GENERATE(
        std::pair<std::string, std::string>{"difference-ahead", of_another},
        std::pair<std::string, std::string>{
            "difference-cloned",
            "the marker of \"1\" was written for target \"staging\": this database is a copy of "
            "it"},
        std::pair<std::string, std::string>{"difference-behind", no_marker});
    Scene target;
    target.run(10, "1");
    target.refuse(20, reason, detail);
    target.refuse(22, reason, detail);
    target.take(23, 21);
    CHECK(target.tells("the checkpoint of 21 events, which event 23 says"));
    CHECK_FALSE(target.is_whole());
    SECTION("until a run begins though nobody has decided anything: it was a copy") {
        target.run(30, "2");
        CHECK(target.is_whole());
        CHECK(target.tells("the checkpoint of 21 events: given to a database that was refused"));
    }
    SECTION("for ever, where a person has decided how the target goes on") {
        target.decide(29, "1", DifferenceKind::behind, Resolution::mark_applied, no_marker);
        target.run(30, "2");
        CHECK_FALSE(target.is_whole());
    }
}

TEST_CASE("many decisions on many rows are told as one") {
    Scene target;
    constexpr std::uint64_t count = 3'000;
    for (std::uint64_t index = 0; index < count; ++index)
        target.run(10 + index * 10, std::to_string(index));
    target.held = {14};
    for (std::uint64_t index = 1; index < count; ++index)
        target.is_not_there(10 * count + 10 + index, std::to_string(index));
    CHECK(target.is_whole());
    CHECK(target.tells("and 2998 before it: gone since the target was put back"));
}

}  // namespace recorded_witnesses_test
