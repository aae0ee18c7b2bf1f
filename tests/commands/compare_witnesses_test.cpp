#include "commands/compare_witnesses.hpp"

#include "commands/recorded_witnesses.hpp"
#include "ledger/checkpoint.hpp"
#include "ledger/codec.hpp"
#include "ledger/tree.hpp"
#include "tests/ledger/leaves.hpp"
#include "tests/ledger/sample_events.hpp"
#include "tests/support/must.hpp"

#include <catch2/catch.hpp>

namespace compare_witnesses_test {

using commands::Agreement;
using commands::HeldCheckpoint;
using ledger::Result;
using tests::must;

namespace {

const std::string origin = "example.org/varve/1";

// A ledger that is only a tree.
class Tree final : public ledger::Reader {
public:
    explicit Tree(std::size_t size) : leaves_{tests::numbered_lines(size)}, size_{size} {}

    Result<ledger::Head> head() const override {
        return ledger::Head{{}, size_, must(root_at(size_)), 0};
    }
    Result<ledger::Digest> root_at(std::uint64_t size) const override {
        return ledger::root_at(size, leaves_.subtree());
    }
    Result<ledger::Digest> subtree(unsigned level, std::uint64_t index) const override {
        return leaves_.subtree()(level, index);
    }
    Result<std::vector<std::string>> lines(std::uint64_t position, std::size_t) const override {
        if (!restored || position != restored->position) return std::vector<std::string>{};
        return std::vector{must(encode(*restored))};
    }
    Result<std::uint64_t> stream_version(std::string_view) const override { return 0; }
    Result<std::vector<std::uint64_t>> stream_positions(std::string_view, std::uint64_t,
                                                        std::size_t) const override {
        if (restored) return std::vector{restored->position};
        return std::vector<std::uint64_t>{};
    }
    Result<std::optional<std::string>> content(const ledger::Digest&) const override {
        return std::optional<std::string>{};
    }
    Result<std::optional<std::string>> checkpoint(std::uint64_t) const override {
        return std::optional<std::string>{};
    }

    std::optional<ledger::Record> restored;

private:
    tests::Leaves leaves_;
    std::uint64_t size_;
};

class Holder final : public commands::CheckpointWitness {
public:
    std::vector<HeldCheckpoint> held;
    bool reachable = true;

    ledger::WitnessKind kind() const override { return ledger::WitnessKind::target; }
    std::string name() const override { return "production"; }
    Result<commands::Receipt> publish(const commands::PublishedCheckpoint&) override {
        return commands::Receipt{};
    }
    Result<std::vector<HeldCheckpoint>> largest(const ledger::Uuid&, std::uint32_t) override {
        return std::vector<HeldCheckpoint>{held.rbegin(), held.rend()};
    }
    Result<std::vector<HeldCheckpoint>> all(const ledger::Uuid&) override {
        if (reachable) return held;
        return ledger::fail(ledger::Code::unavailable, "witness-unreachable", "no answer");
    }
};

struct Case {
    Tree tree{40};
    ledger::Signer signer = must(ledger::Signer::generate(origin));
    ledger::SigningKeys keys;
    Holder holder;

    Case() {
        keys.apply(0, ledger::LedgerCreated{1, "example.org", origin});
        keys.apply(1, ledger::KeyAdded{origin, "ed25519", signer.verifier().key});
    }
    void hold(std::uint64_t size, const ledger::Digest& root) {
        const ledger::Checkpoint text{origin, size, root, {}};
        holder.held.push_back(
            {size, root, to_text(must(sign_note(to_text(text), signer))), std::nullopt});
    }
    void hold(std::uint64_t size) { hold(size, must(tree.root_at(size))); }
    commands::WitnessVerdict verdict() { return must(compare_with(holder, tree, keys)); }
};

}  // namespace

TEST_CASE("a witness that has seen this history agrees, up to the newest that it holds") {
    Case given;
    CHECK(given.verdict().agreement == Agreement::holds_nothing);
    for (const std::uint64_t size : {3, 20, 40}) given.hold(size);
    CHECK(given.verdict().agreement == Agreement::agrees);
    CHECK(given.verdict().size == 40);
    CHECK(given.verdict().witness == "target production");
}

TEST_CASE("a witness that has seen more says which events are gone") {
    Case given;
    given.hold(20);
    given.hold(43, ledger::sha256("a later root"));
    const auto verdict = given.verdict();
    CHECK(verdict.agreement == Agreement::ahead);
    CHECK(verdict.position == 40);
    CHECK(verdict.detail.find("40 to 42 are cut off") != std::string::npos);
}

TEST_CASE("a witness of another history says from where on it is another") {
    Case given;
    given.hold(10);
    given.hold(20, ledger::sha256("another history"));
    given.hold(30, ledger::sha256("another history still"));
    const auto verdict = given.verdict();
    CHECK(verdict.agreement == Agreement::contradicts);
    CHECK(verdict.size == 20);
    CHECK(verdict.position == 10);
    CHECK(is_fault(verdict.agreement));
}

TEST_CASE("what lies in an accepted loss is told, and no fault") {
    Case given;
    ledger::Record record = tests::sample_record(
        ledger::LedgerRestored{
            13, must(given.tree.root_at(13)), 22, {}, {"target production"}, "/backup"},
        1);
    record.position = 13;
    record.stream = ledger::ledger_stream;
    record.stream_version = 1;
    record.recorded_at_us = 1'000'000;
    given.tree.restored = record;
    given.hold(10);
    given.hold(19, ledger::sha256("what was lost"));
    given.hold(22, ledger::sha256("its end"));
    CHECK(given.verdict().agreement == Agreement::agrees);
    CHECK(given.verdict().size == 10);
    CHECK(given.verdict().detail.find("13 to 21") != std::string::npos);
    given.holder.held.erase(given.holder.held.begin());
    CHECK(given.verdict().agreement == Agreement::knows_lost);
    given.holder.held[0].seen_at_us = 999'999;
    CHECK_FALSE(is_fault(given.verdict().agreement));
    given.holder.held[0].seen_at_us = 1'000'001;  // so it was not lost then
    CHECK(given.verdict().agreement == Agreement::contradicts);
    given.holder.held.clear();
    given.hold(23, ledger::sha256("beyond what was accepted"));
    CHECK(given.verdict().agreement == Agreement::contradicts);
}

TEST_CASE("what this ledger did not sign is the witness's fault") {
    Case given;
    given.hold(10);
    given.holder.held[0].size = 11;
    CHECK(given.verdict().agreement == Agreement::signature_bad);
    given.holder.held[0].note = "nothing";
    CHECK(given.verdict().agreement == Agreement::signature_bad);
    given.holder.held.clear();
    given.signer = must(ledger::Signer::generate(origin));
    given.hold(10);
    CHECK(given.verdict().agreement == Agreement::signature_bad);
}

TEST_CASE("what a retired key has signed is told from what nobody knows") {
    Case given;
    given.keys.apply(12, ledger::KeyRetired{origin, given.signer.verifier().key, 10});
    given.hold(10);
    CHECK(given.verdict().agreement == Agreement::agrees);
    given.hold(11);
    CHECK(given.verdict().agreement == Agreement::key_retired);
    CHECK(given.verdict().detail.find("retired before") != std::string::npos);
    CHECK(is_fault(given.verdict().agreement));
}

TEST_CASE("a witness that does not answer is no fault") {
    Case given;
    given.holder.reachable = false;
    CHECK(given.verdict().agreement == Agreement::unreachable);
    CHECK(!is_fault(given.verdict().agreement));
}

TEST_CASE("a witness that no longer holds what it took is told so, by the events that know it") {
    Case given;
    commands::RecordedWitnesses memory;
    const auto take = [&](std::uint64_t position, std::uint64_t size, const std::string& name) {
        memory.apply(position, ledger::CheckpointWitnessed{size,
                                                           must(given.tree.root_at(size)),
                                                           ledger::WitnessKind::target,
                                                           name,
                                                           {},
                                                           {},
                                                           {}});
    };
    const auto verdict = [&] {
        auto found = given.verdict();
        memory.add_missing(given.holder, found);
        return found;
    };
    take(4, 3, "production");
    take(21, 20, "production");
    take(31, 30, "staging");
    CHECK(verdict().agreement == Agreement::forgot);
    CHECK(verdict().detail.find("20 events and 1 before it, which event 21") != std::string::npos);
    CHECK(!is_fault(verdict().agreement));
    given.hold(3);
    CHECK(verdict().detail.find("20 events, which event 21 says") != std::string::npos);
    given.hold(20);
    CHECK(verdict().agreement == Agreement::agrees);
    given.hold(43, ledger::sha256("a later root"));
    CHECK(verdict().agreement == Agreement::ahead);
}

struct Remade {
    void take(std::uint64_t position, std::uint64_t size) {
        memory.apply(position, ledger::CheckpointWitnessed{size,
                                                           must(given.tree.root_at(size)),
                                                           ledger::WitnessKind::target,
                                                           "production",
                                                           {},
                                                           {},
                                                           {}});
    }
    void is(std::uint64_t position, const std::string& name, std::uint32_t oid,
            const std::string& schema = "varve") {
        memory.apply(position, ledger::TargetRegistered{{name}, "shop", "77", oid, "15.8", schema});
    }
    void is_right(std::uint64_t position, ledger::DifferenceKind kind,
                  const std::string& detail = {}) {
        ledger::DifferenceResolved resolved;
        resolved.detail = detail;
        resolved.target = {"production"};
        resolved.kind = kind;
        memory.apply(position, resolved);
    }
    commands::WitnessVerdict verdict() {
        auto found = given.verdict();
        memory.add_missing(given.holder, found);
        return found;
    }

    Case given;
    commands::RecordedWitnesses memory;
};

TEST_CASE("a target that became another database is asked for what it took since alone") {
    Remade remade;
    remade.is(1, "production", 16'384);
    remade.take(4, 3);
    remade.take(6, 5);
    const auto tells = [&](const std::string& what) {
        return remade.verdict().detail.find(what) != std::string::npos;
    };
    SECTION("the same database, registered anew, owes all that it took") {
        remade.is(8, "production", 16'384, "elsewhere");
        remade.is(9, "staging", 16'500);
        CHECK(remade.verdict().agreement == Agreement::forgot);
        CHECK(tells("5 events and 1 before it, which"));
    }
    SECTION("another database") {
        remade.is(8, "production", 16'500);
        CHECK(remade.verdict().agreement == Agreement::holds_nothing);
        CHECK(tells(
            "5 events and 1 before it: taken by the database that this target was before event 8"));
        remade.take(11, 10);
        CHECK(remade.verdict().agreement == Agreement::forgot);
        CHECK(tells("the checkpoint of 10 events, which event 11 says"));
        remade.given.hold(10);
        CHECK(remade.verdict().agreement == Agreement::agrees);
        CHECK(tells("before event 8"));
    }
    SECTION("a copy whose markers a person has taken for right") {
        remade.is_right(8, ledger::DifferenceKind::changed);
        CHECK(remade.verdict().agreement == Agreement::forgot);
        remade.is_right(9, ledger::DifferenceKind::cloned);
        CHECK(remade.verdict().agreement == Agreement::holds_nothing);
    }
}

TEST_CASE("a target that has lost every marker is asked for what it took since a person decided") {
    Remade remade;
    remade.is(1, "production", 16'384);
    remade.take(4, 3);
    remade.take(6, 5);
    const auto tells = [&](const std::string& what) {
        return remade.verdict().detail.find(what) != std::string::npos;
    };
    const std::string gone =
        "the ledger says that \"1\" is applied, but the target has no marker of it";
    CHECK(remade.verdict().agreement == Agreement::forgot);
    remade.is_right(9, ledger::DifferenceKind::behind,
                    gone + " (no marker at all is in schema \"varve\")");
    CHECK(remade.verdict().agreement == Agreement::holds_nothing);
    CHECK(tells("5 events and 1 before it: gone with the markers"));
    CHECK(tells("goes on without since event 9"));
    remade.take(11, 10);
    CHECK(remade.verdict().agreement == Agreement::forgot);
    remade.is(12, "production", 16'500);
    CHECK(tells("taken by the database that this target was before event 12"));
    remade.is_right(13, ledger::DifferenceKind::behind,
                    gone + " (its markers are in schema \"varve\", and marker_schema says \"x\")");
    CHECK(tells("goes on without since event 13"));
}

TEST_CASE("a target's rows are where the ledger has registered them last") {
    Remade remade;
    remade.is(1, "production", 16'384);
    CHECK(remade.memory.marker_schema("production") == "varve");
    remade.is(8, "production", 16'384, "elsewhere");
    CHECK(remade.memory.marker_schema("production") == "elsewhere");
    CHECK(!remade.memory.marker_schema("staging"));
}

}  // namespace compare_witnesses_test
