// commands/sign_checkpoint.hpp: signs the ledger's head, and gives the checkpoint to those who hold
// it for us.
//
// Order    1. every witness is asked for the largest that it holds, and for all where one of those
//          does not agree  2. CheckpointSigned is on disk, and with it that they hold earlier ones
//          3. the note goes out.
// Pure     decide_checkpoint() decides; sign_checkpoint() acts.
// Refuses  corrupt "checkpoint-contradicted" (the ledger is not what was signed before),
//          "ledger-behind-witness" (a witness holds a larger one: this is an older copy, and
//          signing would fork history); refused "signing-key-missing" (no key at hand counts now).
// Records  CheckpointSigned; CheckpointWitnessed with the next append that is made anyway, where
//          the witness can be asked again, else at once.
#pragma once

#include "commands/checkpoint_witness.hpp"
#include "commands/known_checkpoint.hpp"
#include "ledger/checkpoint.hpp"
#include "ledger/clock.hpp"
#include "ledger/note.hpp"
#include "ledger/result.hpp"
#include "ledger/store.hpp"
#include "projections/ledger_keys.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace commands {

struct SigningScene {
    ledger::Head head;
    std::string origin;
    projections::LedgerKeys keys;
    std::vector<KnownCheckpoint> known;
    std::vector<ledger::AcceptedLoss> losses{};
};

// The head, signed with every key that is at hand and counts. What is held without a signature of
// one of the ledger's keys is nobody's word, and decides nothing.
[[nodiscard]] ledger::Result<ledger::CheckpointSigned> decide_checkpoint(
    const SigningScene& scene, std::span<const ledger::Signer> signers);

// Whether a key's signatures count on the checkpoints to come.
[[nodiscard]] bool is_current(const projections::LedgerKey& key);

struct SigningRequest {
    std::span<const ledger::Signer> signers;
    std::vector<CheckpointWitness*> witnesses;
    ledger::Context context;
    projections::LedgerKeys keys;
    bool records_at_once{};  // that witnesses hold it: one more append
};

struct SigningReport {
    PublishedCheckpoint checkpoint;
    std::vector<std::string> holders;     // who has taken it: "target production"
    std::vector<ledger::Error> warnings;  // who has not, and why
    std::vector<ledger::Error> unread;    // of whom not all that they hold could be looked at
};

// `rows` have been brought level: they tell what is recorded of each witness.
[[nodiscard]] ledger::Result<SigningReport> sign_checkpoint(ledger::Store& store,
                                                            const projections::RowStore& rows,
                                                            ledger::Clock& clock,
                                                            const SigningRequest& request);

// Whether what is signed already is what the ledger and every witness have: all is looked at as
// before signing, and refused with the same errors. Nothing is signed, recorded or given away.
[[nodiscard]] ledger::Result<SigningReport> check_newest(ledger::Store& store,
                                                         const projections::RowStore& rows,
                                                         ledger::Clock& clock,
                                                         const SigningRequest& request);

// Gives the newest checkpoint away again, after the same look as before signing; refused
// "checkpoint-missing" where none was signed.
[[nodiscard]] ledger::Result<SigningReport> publish_again(ledger::Store& store,
                                                          const projections::RowStore& rows,
                                                          ledger::Clock& clock,
                                                          const SigningRequest& request);

// Whether anything has happened since the newest checkpoint besides signing and giving it away.
[[nodiscard]] ledger::Result<bool> has_news(const ledger::Reader& reader);

// The newest checkpoint that the ledger itself keeps; nothing where none was signed.
[[nodiscard]] ledger::Result<std::optional<PublishedCheckpoint>> newest_checkpoint(
    const ledger::Reader& reader);
// The newest of at most so many events.
[[nodiscard]] ledger::Result<std::optional<PublishedCheckpoint>> checkpoint_up_to(
    const ledger::Reader& reader, std::uint64_t size_max);

}  // namespace commands
