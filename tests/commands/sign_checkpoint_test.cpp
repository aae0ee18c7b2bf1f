#include "commands/sign_checkpoint.hpp"

#include "tests/commands/scene.hpp"

#include <catch2/catch.hpp>

#include <array>

namespace sign_checkpoint_test {

using commands::HeldCheckpoint;
using commands::KnownCheckpoint;
using commands::SigningScene;
using ledger::Signer;
using tests::must;

namespace {

const std::string origin = "example.com/varve/07000000-0000-0000-0000-000000000000";

Signer copy(const Signer& signer) { return must(Signer::from_text(signer.private_text())); }

struct Decision {
    Signer old_key = must(Signer::generate(origin));
    Signer new_key = must(Signer::generate(origin));
    SigningScene scene{{ledger::Uuid{{7}}, 12, ledger::sha256("head"), 5}, origin, {}, {}};

    Decision() { scene.keys.keys.push_back(key(old_key, 1)); }

    static projections::LedgerKey key(const Signer& signer, std::uint64_t position) {
        return {signer.verifier().name, signer.verifier().key, position, {}};
    }
    std::vector<Signer> both() const {
        std::vector<Signer> signers;
        signers.push_back(copy(new_key));
        signers.push_back(copy(old_key));
        return signers;
    }
    KnownCheckpoint known(std::uint64_t size, const std::string& root, const Signer& signer,
                          std::optional<std::string> root_here) const {
        const auto text =
            ledger::to_text(ledger::Checkpoint{origin, size, ledger::sha256(root), {}});
        KnownCheckpoint answer{"target production",
                               to_text(must(ledger::sign_note(text, signer))),
                               size,
                               ledger::sha256(root),
                               std::nullopt,
                               false,
                               std::nullopt};
        if (root_here) answer.root_here = ledger::sha256(*root_here);
        return answer;
    }
    std::vector<std::string> names_of(const std::string& note) const {
        std::vector<std::string> names;
        for (const auto& signature : must(ledger::note_from_text(note)).signatures)
            names.push_back(signature.key_id == ledger::key_id(old_key.verifier()) ? "old" : "new");
        return names;
    }
};

// Keeps what it is given, and can be told to fail.
class FakeWitness final : public commands::CheckpointWitness {
public:
    ledger::WitnessKind kind() const override { return kind_; }
    std::string name() const override { return "production"; }
    bool can_be_asked() const override { return asks; }
    ledger::Result<commands::Receipt> publish(
        const commands::PublishedCheckpoint& checkpoint) override {
        if (fails) return ledger::fail(ledger::Code::unavailable, "witness-unwritable", "no");
        held.push_back({checkpoint.size, checkpoint.root, checkpoint.note, std::nullopt});
        return receipt;
    }
    ledger::Result<std::vector<HeldCheckpoint>> largest(const ledger::Uuid&,
                                                        std::uint32_t count_max) override {
        if (is_gone) return ledger::fail(ledger::Code::unavailable, "witness-unreachable", "no");
        std::vector<HeldCheckpoint> largest{held.rbegin(), held.rend()};
        if (largest.size() > count_max) largest.resize(count_max);
        return largest;
    }
    ledger::Result<std::vector<HeldCheckpoint>> all(const ledger::Uuid&) override { return held; }

    ledger::WitnessKind kind_{ledger::WitnessKind::target};
    bool asks = true;
    bool fails = false;
    bool is_gone = false;
    commands::Receipt receipt;
    std::vector<HeldCheckpoint> held;
};

// A ledger in memory whose keys are known, and what signing it comes to.
struct Ledger {
    tests::Scene scene;
    Signer signer = must(Signer::generate(origin));
    std::vector<Signer> signers;
    FakeWitness witness;
    projections::LedgerKeys keys;

    Ledger() {
        signers.push_back(copy(signer));
        append(ledger::LedgerCreated{1, "example.com", origin});
        append(ledger::KeyAdded{origin, "ed25519", signer.verifier().key});
        keys.keys.push_back(Decision::key(signer, 1));
    }
    void append(ledger::Event event) {
        static std::int64_t time_ms = 1'700'000'000'000;
        must(scene.store.append({scene.services.context,
                                 {{"ledger", ledger::new_uuid(++time_ms), std::move(event), {}}},
                                 {},
                                 {}}));
    }
    HeldCheckpoint held(std::uint64_t size, const ledger::Digest& root) const {
        const auto text = ledger::to_text(ledger::Checkpoint{origin, size, root, {}});
        return {size, root, to_text(must(ledger::sign_note(text, signer))), std::nullopt};
    }
    ledger::Result<commands::SigningReport> sign(bool at_once = false) {
        return commands::sign_checkpoint(scene.store, scene.rows, scene.clock, request(at_once));
    }
    ledger::Result<commands::SigningReport> check() {
        return commands::check_newest(scene.store, scene.rows, scene.clock, request(true));
    }
    commands::SigningRequest request(bool at_once) {
        return {signers, {&witness}, scene.services.context, keys, at_once};
    }
    std::vector<std::string> types() {
        std::vector<std::string> all;
        for (const auto& record : must(ledger::read_records(scene.store, 2, 100)))
            all.push_back(ledger::type_of(record.data));
        return all;
    }
};

}  // namespace

TEST_CASE("a checkpoint is the head, signed by every key that counts and is at hand") {
    Decision decision;
    const auto made = must(commands::decide_checkpoint(decision.scene, decision.both()));
    CHECK(made.size == 12);
    CHECK(made.root == ledger::sha256("head"));
    const auto note = must(ledger::note_from_text(made.note));
    CHECK(note.text == ledger::to_text(ledger::Checkpoint{origin, 12, made.root, {}}));
    CHECK(decision.names_of(made.note) == std::vector<std::string>{"old"});

    decision.scene.keys.keys.push_back(Decision::key(decision.new_key, 9));
    const auto both = must(commands::decide_checkpoint(decision.scene, decision.both()));
    CHECK(decision.names_of(both.note) == std::vector<std::string>{"old", "new"});
    for (const auto* signer : {&decision.old_key, &decision.new_key}) {
        const std::array known{signer->verifier()};
        must(ledger::verify_note(must(ledger::note_from_text(both.note)), known));
    }

    decision.scene.keys.keys[0].retired_up_to = 10;
    const auto later = must(commands::decide_checkpoint(decision.scene, decision.both()));
    CHECK(decision.names_of(later.note) == std::vector<std::string>{"new"});
}

TEST_CASE("without a key that counts nothing is signed") {
    Decision decision;
    const auto reason = [&](const std::vector<Signer>& signers) {
        return tests::error_of(commands::decide_checkpoint(decision.scene, signers)).reason;
    };
    CHECK(reason({}) == "signing-key-missing");
    std::vector<Signer> stranger;
    stranger.push_back(copy(decision.new_key));
    CHECK(reason(stranger) == "signing-key-missing");
    decision.scene.keys.keys[0].retired_up_to = 3;
    CHECK(reason(decision.both()) == "signing-key-missing");
}

TEST_CASE("what was signed before must be what the ledger has, or nothing is signed") {
    Decision decision;
    const auto reason = [&](KnownCheckpoint known) -> std::string {
        decision.scene.known = {std::move(known)};
        const auto made = commands::decide_checkpoint(decision.scene, decision.both());
        return made ? "" : made.error().reason;
    };
    CHECK(reason(decision.known(5, "five", decision.old_key, "five")).empty());
    CHECK(reason(decision.known(5, "five", decision.old_key, "other")) ==
          "checkpoint-contradicted");
    CHECK(reason(decision.known(13, "later", decision.old_key, std::nullopt)) ==
          "ledger-behind-witness");
    // Nobody's word: another key, another ledger's name.
    CHECK(reason(decision.known(13, "later", decision.new_key, std::nullopt)).empty());
    // The ledger's own counts whoever signed it.
    auto own = decision.known(5, "five", decision.new_key, "other");
    own.is_own = true;
    CHECK(reason(own) == "checkpoint-contradicted");
}

TEST_CASE("a row that says another size than its note decides nothing") {
    Decision decision;
    auto known = decision.known(5, "five", decision.old_key, std::nullopt);
    known.size = 99;
    decision.scene.known = {known};
    must(commands::decide_checkpoint(decision.scene, decision.both()));
}

TEST_CASE("what a person has said is lost does not stop the ledger from signing") {
    Decision decision;
    decision.scene.known = {decision.known(30, "lost", decision.old_key, std::nullopt)};
    decision.scene.losses = {{0, 1'000, {10, {}, 30, {}, {}, ""}}};
    must(commands::decide_checkpoint(decision.scene, decision.both()));
    decision.scene.losses = {{0, 1'000, {10, {}, 29, {}, {}, ""}}};
    CHECK(tests::error_of(commands::decide_checkpoint(decision.scene, decision.both())).reason ==
          "ledger-behind-witness");
    decision.scene.known = {decision.known(8, "kept", decision.old_key, "other")};
    CHECK(tests::error_of(commands::decide_checkpoint(decision.scene, decision.both())).reason ==
          "checkpoint-contradicted");
}

TEST_CASE("a size that was signed before a loss is not signed a second time") {
    Decision decision;
    const std::uint64_t size = decision.scene.head.size;
    decision.scene.losses = {{0, 1'000, {size - 2, {}, size + 5, {}, {}, ""}}};
    const auto reason = [&](KnownCheckpoint known) -> std::string {
        decision.scene.known = {std::move(known)};
        const auto made = commands::decide_checkpoint(decision.scene, decision.both());
        return made ? "" : made.error().reason;
    };
    CHECK(reason(decision.known(size, "lost", decision.old_key, "here")) == "checkpoint-size-lost");
    CHECK(reason(decision.known(size, "here", decision.old_key, "here")).empty());
    CHECK(reason(decision.known(size - 1, "lost", decision.old_key, "here")).empty());
    CHECK(reason(decision.known(size, "lost", decision.new_key, "here")).empty());  // nobody's word
}

TEST_CASE("the event is in the ledger before a witness has the note") {
    Ledger ledger;
    const auto report = must(ledger.sign());
    CHECK(report.checkpoint.size == 2);
    CHECK(report.holders == std::vector<std::string>{"target production"});
    CHECK(ledger.types() == std::vector<std::string>{"checkpoint-signed.1"});
    REQUIRE(ledger.witness.held.size() == 1);
    CHECK(ledger.witness.held[0].note == report.checkpoint.note);
    CHECK(must(ledger.scene.store.checkpoint(100)) == report.checkpoint.note);
    CHECK_FALSE(must(commands::has_news(ledger.scene.store)));
}

TEST_CASE("who holds a checkpoint is recorded with the next one, once") {
    Ledger ledger;
    must(ledger.sign());
    ledger.append(ledger::KeyAdded{"another", "ed25519", {}});
    CHECK(must(commands::has_news(ledger.scene.store)));
    must(ledger.sign());
    CHECK(ledger.types() == std::vector<std::string>{"checkpoint-signed.1", "key-added.1",
                                                     "checkpoint-witnessed.1",
                                                     "checkpoint-signed.1"});
}

TEST_CASE("one of the larger checkpoints that does not fit stops signing, behind others that do") {
    Ledger ledger;
    must(ledger.sign());
    ledger.append(ledger::KeyAdded{"another", "ed25519", {}});
    must(ledger.sign());
    ledger.append(ledger::KeyAdded{"a third", "ed25519", {}});
    REQUIRE(ledger.witness.held.size() == 2);
    ledger.witness.held.insert(ledger.witness.held.begin() + 1,
                               ledger.held(3, ledger::sha256("the other copy's")));
    const auto refused = tests::error_of(ledger.sign());
    CHECK(refused.reason == "checkpoint-contradicted");
    CHECK(refused.detail.starts_with("target production holds a checkpoint of 3 events"));
    CHECK(tests::error_of(ledger.check()).reason == "checkpoint-contradicted");
    // It is not signed, and nobody's word.
    ledger.witness.held[1].note = ledger.witness.held[0].note;
    must(ledger.sign());
    const auto types = ledger.types();
    CHECK(must(ledger.check()).checkpoint.size == 7);
    CHECK(ledger.types() == types);
}

TEST_CASE("who cannot be asked again is recorded at once, and so is a cosignature") {
    const std::vector<std::string> at_once{"checkpoint-signed.1", "checkpoint-witnessed.1"};
    Ledger webhook;
    webhook.witness.asks = false;
    must(webhook.sign());
    CHECK(webhook.types() == at_once);
    Ledger cosigner;
    cosigner.witness.kind_ = ledger::WitnessKind::cosigner;
    cosigner.witness.receipt.cosignature = "— witness AAAA";
    must(cosigner.sign());
    CHECK(cosigner.types() == at_once);
    Ledger person;
    must(person.sign(true));
    CHECK(person.types() == at_once);
}

TEST_CASE("a witness that fails is a warning, and the checkpoint is signed") {
    Ledger ledger;
    ledger.witness.fails = true;
    const auto unwritable = must(ledger.sign());
    REQUIRE(unwritable.warnings.size() == 1);
    CHECK(unwritable.warnings[0].reason == "witness-unwritable");
    CHECK(unwritable.holders.empty());
    ledger.witness.is_gone = true;
    ledger.append(ledger::KeyAdded{"another", "ed25519", {}});
    const auto unreachable = must(ledger.sign());
    REQUIRE(unreachable.warnings.size() == 1);
    CHECK(unreachable.warnings[0].reason == "witness-unreachable");

    ledger.witness.fails = ledger.witness.is_gone = false;
    const auto again = must(commands::publish_again(ledger.scene.store, ledger.scene.rows,
                                                    ledger.scene.clock, ledger.request(true)));
    CHECK(again.checkpoint == unreachable.checkpoint);
    CHECK(ledger.witness.held.size() == 1);
    CHECK(ledger.types().back() == "checkpoint-witnessed.1");
}

TEST_CASE("a checkpoint that a witness contradicts is not published again") {
    Ledger ledger;
    must(ledger.sign());
    const std::size_t recorded = ledger.types().size();
    ledger.witness.held.push_back(ledger.held(40, ledger::sha256("of the whole ledger")));
    CHECK(tests::error_of(commands::publish_again(ledger.scene.store, ledger.scene.rows,
                                                  ledger.scene.clock, ledger.request(true)))
              .reason == "ledger-behind-witness");
    CHECK(ledger.witness.held.size() == 2);
    CHECK(ledger.types().size() == recorded);
}

TEST_CASE("a ledger without a checkpoint has nothing to publish again") {
    Ledger ledger;
    CHECK(tests::error_of(commands::publish_again(ledger.scene.store, ledger.scene.rows,
                                                  ledger.scene.clock, ledger.request(true)))
              .reason == "checkpoint-missing");
}

TEST_CASE(
    "what the newest checkpoint of a witness hides is asked for where that one says nothing") {
    Ledger ledger;
    must(ledger.sign());
    const Signer stranger = must(Signer::generate(origin));
    const auto held = [&](std::uint64_t size, const Signer& signer, std::int64_t seen_at_us) {
        const auto root = ledger::sha256("another");
        const auto note =
            must(ledger::sign_note(to_text(ledger::Checkpoint{origin, size, root, {}}), signer));
        return HeldCheckpoint{size, root, to_text(note), seen_at_us};
    };
    ledger.append(ledger::LedgerRestored{3, {}, 30, {}, {"target production"}, "/backup"});
    ledger.keys.restored = projections::Restoration{3, 30};
    const auto now_us =
        must(ledger::read_records(ledger.scene.store, 0, 100)).back().recorded_at_us;
    SECTION("rows of what was lost contradict nothing") {
        ledger.witness.held = {held(4, ledger.signer, now_us - 9), held(30, ledger.signer, now_us)};
        CHECK(tests::error_of(ledger.sign()).reason == "checkpoint-size-lost");
        ledger.append(ledger::LedgerVerified{});
        must(ledger.sign());
    }
    SECTION("a row of the ledger that went on does") {
        ledger.witness.held = {held(4, ledger.signer, now_us + 9), held(30, ledger.signer, now_us)};
        CHECK(tests::error_of(ledger.sign()).reason == "checkpoint-contradicted");
    }
    SECTION("behind nobody's word, too") {
        ledger.witness.held = {held(2, ledger.signer, now_us), held(99, stranger, now_us)};
        CHECK(tests::error_of(ledger.sign()).reason == "checkpoint-contradicted");
    }
}

}  // namespace sign_checkpoint_test
