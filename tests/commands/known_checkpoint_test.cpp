#include "commands/known_checkpoint.hpp"

#include "ledger/checkpoint.hpp"
#include "tests/commands/scene.hpp"

#include <catch2/catch.hpp>

namespace known_checkpoint_test {

using commands::HeldCheckpoint;
using commands::KnownCheckpoint;
using commands::OwnHistory;
using ledger::Signer;
using tests::must;

namespace {

const std::string origin = "example.com/varve/07000000-0000-0000-0000-000000000000";

HeldCheckpoint held(std::uint64_t size, const ledger::Digest& root, const Signer& signer,
                    std::optional<std::int64_t> seen_at_us = std::nullopt) {
    const auto text = ledger::to_text(ledger::Checkpoint{origin, size, root, {}});
    return {size, root, to_text(must(ledger::sign_note(text, signer))), seen_at_us};
}

struct Judging {
    Signer signer = must(Signer::generate(origin));
    OwnHistory own{14, origin, {signer.verifier()}, {}};

    std::string reason(std::uint64_t size, bool reaches,
                       std::optional<std::int64_t> seen_at_us = std::nullopt) {
        const auto note = held(size, ledger::sha256("there"), signer, seen_at_us);
        KnownCheckpoint known{"target production", note.note, size,      note.root,
                              std::nullopt,        false,     seen_at_us};
        if (reaches) known.root_here = ledger::sha256("here");
        const auto fits = commands::check_known(own, known);
        detail = fits ? "" : fits.error().detail;
        return fits ? "" : fits.error().reason;
    }
    std::string detail;
};

// A ledger in memory with a key, and a target that holds checkpoints of it.
struct Holding final : commands::CheckpointHolder {
    tests::Scene scene;
    Signer signer = must(Signer::generate(origin));
    std::vector<HeldCheckpoint> checkpoints;  // largest first
    int asked = 0;

    Holding() {
        append(ledger::LedgerCreated{1, "example.com", origin});
        append(ledger::KeyAdded{origin, "ed25519", signer.verifier().key});
    }
    ledger::Result<std::vector<HeldCheckpoint>> held_checkpoints(const ledger::Uuid& ledger,
                                                                 std::uint32_t count_max) override {
        ++asked;
        auto held = ledger == ledger::Uuid{{7}} ? checkpoints : std::vector<HeldCheckpoint>{};
        if (held.size() > count_max) held.resize(count_max);
        return held;
    }
    void append(ledger::Event event) {
        static std::int64_t time_ms = 1'700'000'000'000;
        must(scene.store.append({scene.services.context,
                                 {{"ledger", ledger::new_uuid(++time_ms), std::move(event), {}}},
                                 {},
                                 {}}));
    }
    std::string reason() {
        asked = 0;
        const auto fits = commands::check_held(scene.store, *this, {"production"});
        return fits ? "" : fits.error().reason;
    }
};

// A folder of checkpoints beside the target.
struct Beside final : commands::CheckpointWitness {
    std::vector<HeldCheckpoint> held;
    bool answers = true;
    bool shows_all = true;
    std::string help;

    ledger::WitnessKind kind() const override { return ledger::WitnessKind::folder; }
    std::string name() const override { return "/checkpoints"; }
    ledger::Result<commands::Receipt> publish(const commands::PublishedCheckpoint&) override {
        return commands::Receipt{};
    }
    ledger::Result<std::vector<HeldCheckpoint>> largest(const ledger::Uuid&,
                                                        std::uint32_t) override {
        if (!answers) return ledger::fail(ledger::Code::unavailable, "witness-unreachable", "no");
        return held;
    }
    ledger::Result<std::vector<HeldCheckpoint>> all(const ledger::Uuid&) override {
        if (!shows_all) return ledger::fail(ledger::Code::corrupt, "witness-contradicts", "stray");
        return held;
    }
};

}  // namespace

TEST_CASE("a checkpoint that the ledger does not reach names the events that are missing") {
    Judging judging;
    CHECK(judging.reason(15, false) == "ledger-behind-witness");
    CHECK(judging.detail ==
          "target production holds a checkpoint of 15 events, and the ledger has 14: event 14 is "
          "missing");
    CHECK(judging.reason(30, false) == "ledger-behind-witness");
    CHECK(judging.detail.ends_with("events 14 to 29 are missing"));
    CHECK(judging.reason(9, true) == "checkpoint-contradicted");
    judging.own.keys.clear();
    CHECK(judging.reason(30, false).empty());
    CHECK(judging.reason(9, true).empty());
}

TEST_CASE("an accepted loss covers what was held before it was accepted, and no other sizes") {
    Judging judging;
    judging.own.losses = {{0, 500, {5, {}, 8, {}, {}, ""}}, {0, 1'000, {10, {}, 20, {}, {}, ""}}};
    CHECK(judging.reason(20, false).empty());
    CHECK(judging.reason(20, false, 1'000).empty());
    CHECK(judging.reason(20, false, 1'001) == "ledger-behind-witness");
    CHECK(judging.reason(21, false, 900) == "ledger-behind-witness");
    CHECK(judging.reason(11, true, 900).empty());
    CHECK(judging.reason(11, true, 1'001) == "checkpoint-contradicted");
    CHECK(judging.reason(10, true, 900) == "checkpoint-contradicted");
    CHECK(judging.reason(8, true, 400).empty());
    CHECK(judging.reason(8, true, 600) == "checkpoint-contradicted");
}

TEST_CASE("what a target holds is held against the ledger") {
    Holding target;
    CHECK(target.reason().empty());
    target.checkpoints = {held(40, ledger::sha256("later"), target.signer)};
    CHECK(target.reason() == "ledger-behind-witness");
    target.checkpoints = {held(1, ledger::sha256("other"), target.signer)};
    CHECK(target.reason() == "checkpoint-contradicted");
    target.checkpoints = {held(2, must(target.scene.store.root_at(2)), target.signer),
                          held(1, must(target.scene.store.root_at(1)), target.signer)};
    CHECK(target.reason().empty());
    CHECK(target.asked == 1);
    target.checkpoints[1].root = ledger::sha256("nobody's word");
    CHECK(target.reason().empty());
    target.checkpoints[1] = held(1, ledger::sha256("another copy's"), target.signer);
    CHECK(target.reason() == "checkpoint-contradicted");
    tests::FakeTarget without{target.scene.server};
    must(commands::check_held(target.scene.store, without, {"production"}));
}

TEST_CASE("what a folder holds is held against the ledger, and one that does not answer is not") {
    Holding ledger;
    Beside folder;
    const auto reason = [&] {
        const auto fits = commands::check_beside(ledger.scene.store, &folder);
        folder.help = fits ? "" : fits.error().help;
        return fits ? "" : fits.error().reason;
    };
    CHECK_FALSE(must(commands::check_beside(ledger.scene.store, nullptr)));
    CHECK(reason().empty());
    folder.held = {held(2, must(ledger.scene.store.root_at(2)), ledger.signer)};
    CHECK(reason().empty());
    folder.held = {held(40, ledger::sha256("later"), ledger.signer)};
    CHECK(reason() == "ledger-behind-witness");
    CHECK(folder.help.find("no target is changed") != std::string::npos);
    folder.shows_all = false;
    CHECK(reason() == "ledger-behind-witness");
    folder.answers = false;
    CHECK(reason().empty());
    const auto unasked = must(commands::check_beside(ledger.scene.store, &folder));
    CHECK(unasked.value_or("").starts_with("folder /checkpoints could not be asked"));
    folder.answers = true;
    ledger.append(ledger::LedgerRestored{2, {}, 40, {}, {"anchor"}, "/backup"});
    CHECK(reason().empty());
    folder.held = {held(1, ledger::sha256("lost"), ledger.signer)};
    CHECK(reason() == "checkpoint-contradicted");
    CHECK(folder.help.find("accepted a loss") == std::string::npos);
    ledger.append(ledger::LedgerRestored{
        3, {}, 3, {}, {"not asked: checkpoints in /checkpoints"}, "/backup"});
    CHECK(reason() == "checkpoint-contradicted");
    CHECK(folder.help.find("accepted a loss while a folder") != std::string::npos);
}

TEST_CASE("no target is said to be left alone of whose holder it is not asked") {
    Judging judging;
    const auto note = held(30, ledger::sha256("there"), judging.signer);
    KnownCheckpoint known{"the ledger itself", note.note, 30, note.root, {}, true, {}};
    const auto help = [&] {
        return tests::error_of(commands::check_known(judging.own, known)).help;
    };
    CHECK(help().find("Until then write nothing to it (") != std::string::npos);
    known.kind = ledger::WitnessKind::target;
    CHECK(help().find("Until then that target is not changed") != std::string::npos);
    known.kind = ledger::WitnessKind::folder;
    CHECK(help().find("Until then no target is changed") != std::string::npos);
}

TEST_CASE("a row that nobody has signed decides nothing, and hides none that says something") {
    Holding target;
    const Signer stranger = must(Signer::generate(origin));
    target.checkpoints = {held(99'999, ledger::sha256("x"), stranger)};
    CHECK(target.reason().empty());
    target.checkpoints.push_back(held(40, ledger::sha256("later"), target.signer));
    CHECK(target.reason() == "ledger-behind-witness");
}

TEST_CASE("what is lost is read from the ledger's own events") {
    Holding target;
    target.append(ledger::LedgerRestored{2, {}, 40, {}, {"anchor"}, "/backup"});
    target.append(ledger::LedgerRestored{3, {}, 3, {}, {}, "/backup"});
    const auto own = must(commands::read_own_history(target.scene.store));
    CHECK(own.origin == origin);
    REQUIRE(own.keys.size() == 1);
    REQUIRE(own.losses.size() == 2);
    CHECK(own.losses[0].data.lost_to == 40);
    const auto accepted_at_us = own.losses[0].recorded_at_us;
    const auto lost = held(40, ledger::sha256("lost"), target.signer, accepted_at_us);
    target.checkpoints = {lost};
    CHECK(target.reason().empty());
    target.checkpoints = {lost,
                          held(30, ledger::sha256("went on"), target.signer, accepted_at_us + 1)};
    CHECK(target.reason() == "ledger-behind-witness");
}

}  // namespace known_checkpoint_test
