#include "ledger/signing_keys.hpp"

#include "ledger/checkpoint.hpp"
#include "ledger/tree.hpp"
#include "tests/support/must.hpp"

#include <catch2/catch.hpp>

using namespace ledger;
using tests::error_of;
using tests::must;

namespace {

const std::string origin = "example.org/varve/1";

CheckpointSigned signed_by(const Signer& signer, const Checkpoint& checkpoint) {
    return {checkpoint.size, checkpoint.root,
            to_text(must(sign_note(to_text(checkpoint), signer)))};
}

Checkpoint checkpoint_of(std::uint64_t size) { return {origin, size, sha256("a root"), {}}; }

SigningKeys keys_with(const Signer& signer) {
    SigningKeys keys;
    keys.apply(0, LedgerCreated{1, "example.org", origin});
    keys.apply(1, KeyAdded{signer.verifier().name, "ed25519", signer.verifier().key});
    return keys;
}

}  // namespace

TEST_CASE("a checkpoint counts when a key of the ledger has signed it") {
    const Signer signer = must(Signer::generate(origin));
    const SigningKeys keys = keys_with(signer);
    CHECK(check_signed(signed_by(signer, checkpoint_of(9)), keys));
    CHECK(keys.counting(9) == std::vector{signer.verifier()});
}

TEST_CASE("a key counts from its event on, and no other ever") {
    const Signer signer = must(Signer::generate(origin));
    const Signer other = must(Signer::generate(origin));
    SigningKeys keys = keys_with(signer);
    const CheckpointSigned forged = signed_by(other, checkpoint_of(9));
    CHECK(error_of(check_signed(forged, keys)).reason == "checkpoint-forged");
    keys.apply(10, KeyAdded{origin, "ed25519", other.verifier().key});
    CHECK(check_signed(forged, keys));
}

TEST_CASE("a signature that does not hold is a forgery, whoever's name it bears") {
    const Signer signer = must(Signer::generate(origin));
    CheckpointSigned changed = signed_by(signer, checkpoint_of(9));
    changed.size = 8;
    changed.note.replace(changed.note.find("\n9\n"), 3, "\n8\n");
    CHECK(error_of(check_signed(changed, keys_with(signer))).reason == "checkpoint-forged");
}

TEST_CASE("a retired key counts up to its last size") {
    const Signer old = must(Signer::generate(origin));
    const Signer young = must(Signer::generate(origin));
    SigningKeys keys = keys_with(old);
    keys.apply(10, KeyAdded{origin, "ed25519", young.verifier().key});
    keys.apply(20, KeyRetired{origin, old.verifier().key, 15});
    CHECK(check_signed(signed_by(old, checkpoint_of(15)), keys));
    CHECK(error_of(check_signed(signed_by(old, checkpoint_of(16)), keys)).reason ==
          "checkpoint-key-retired");
    CHECK(check_signed(signed_by(young, checkpoint_of(16)), keys));
}

TEST_CASE("a key that was retired does not come back, by whatever event") {
    const Signer old = must(Signer::generate(origin));
    const Signer young = must(Signer::generate(origin));
    SigningKeys keys = keys_with(old);
    const auto take = [&keys](std::uint64_t position, const Event& event) {
        auto fault = keys.fault_of(position, event);
        keys.apply(position, event);
        return fault.value_or("");
    };
    const auto of = [](const Signer& signer, std::uint64_t size) {
        return KeyRetired{origin, signer.verifier().key, size};
    };
    const KeyAdded again{origin, "ed25519", old.verifier().key};
    CHECK(take(10, KeyAdded{origin, "ed25519", young.verifier().key}).empty());
    CHECK(take(11, again) == "adds the key of event 1 again");
    CHECK(take(20, of(old, 15)).empty());
    CHECK(take(21, of(old, 9'000)) ==
          "retires the key of event 1 again, which counts on checkpoints of up to 15 events");
    CHECK(take(22, again) == "adds the key of event 1 again, which was retired");
    CHECK(keys.all().size() == 2);
    CHECK(keys.counting(15).size() == 2);
    CHECK(keys.counting(16) == std::vector{young.verifier()});
    CHECK(take(23, of(young, 24)) ==
          "lets a key that it retires count on checkpoints of up to 24 events, more than there "
          "were before it");
    CHECK(keys.counting(23) == std::vector{young.verifier()});
    CHECK(keys.counting(24).empty());
    CHECK(take(24, CheckpointSigned{}).empty());
}

TEST_CASE("a note of another origin, size or root than its event says is named") {
    const Signer signer = must(Signer::generate(origin));
    const SigningKeys keys = keys_with(signer);
    Checkpoint elsewhere = checkpoint_of(9);
    elsewhere.origin = "example.com/other";
    CHECK(error_of(check_signed(signed_by(signer, elsewhere), keys)).reason == "checkpoint-wrong");
    CheckpointSigned event = signed_by(signer, checkpoint_of(9));
    event.size = 10;
    CHECK(error_of(check_signed(event, keys)).reason == "checkpoint-wrong");
    event.size = 9;
    event.root = sha256("another");
    CHECK(error_of(check_signed(event, keys)).reason == "checkpoint-wrong");
    event.note = "nothing";
    CHECK(error_of(check_signed(event, keys)).reason == "note-malformed");
}
