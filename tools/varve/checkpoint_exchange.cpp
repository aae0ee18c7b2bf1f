#include "tools/varve/checkpoint_exchange.hpp"

#include "adapters/http/cosigner.hpp"
#include "ledger/add_checkpoint.hpp"
#include "ledger/checkpoint.hpp"
#include "ledger/tree.hpp"

#include <utility>
#include <vector>

namespace tools::varve {

using ledger::CheckpointWitnessed;
using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

constexpr int checkpoints_searched_max = 10'000;

Result<std::vector<ledger::Verifier>> known_witnesses(const Configuration& configuration,
                                                      const std::optional<std::string>& verifier) {
    std::vector<ledger::Verifier> known;
    std::vector<std::string> texts;
    if (verifier)
        texts.push_back(*verifier);
    else
        for (const WitnessSettings& each : configuration.checkpoint_witnesses)
            texts.push_back(each.verifier);
    for (const std::string& text : texts) {
        auto one = ledger::verifier_from_text(text, ledger::SignatureType::cosignature);
        if (!one) return fail(one.error());
        known.push_back(std::move(*one));
    }
    if (!known.empty()) return known;
    return fail(Code::refused, "cosignature-unfit", "no witness is known here",
                "give its key with --verifier, or name it under [[checkpoints.witnesses]]");
}

// The event, where one of the witnesses has signed this note.
std::optional<CheckpointWitnessed> match(const std::string& note, const std::string& text,
                                         const std::vector<ledger::Verifier>& witnesses) {
    const auto parsed = ledger::note_from_text(note);
    const auto checkpoint =
        parsed ? ledger::checkpoint_from_text(parsed->text) : fail(parsed.error());
    if (!checkpoint) return std::nullopt;
    for (const ledger::Verifier& witness : witnesses) {
        auto receipt = adapters::http::receipt_from(text, note, witness);
        if (!receipt) continue;
        return CheckpointWitnessed{checkpoint->size,
                                   checkpoint->root,
                                   ledger::WitnessKind::cosigner,
                                   witness.name,
                                   std::move(receipt->cosignature),
                                   std::move(receipt->verifier),
                                   receipt->witnessed_at_us};
    }
    return std::nullopt;
}

Result<std::optional<CheckpointWitnessed>> find(const ledger::Reader& reader,
                                                const std::string& text,
                                                const std::vector<ledger::Verifier>& witnesses) {
    const auto head = reader.head();
    if (!head) return fail(head.error());
    std::uint64_t size_max = head->size;
    for (int count = 0; count < checkpoints_searched_max; ++count) {
        const auto note = reader.checkpoint(size_max);
        if (!note) return fail(note.error());
        if (!*note) break;
        if (auto found = match(**note, text, witnesses)) return found;
        const auto parsed = ledger::note_from_text(**note);
        const auto checkpoint =
            parsed ? ledger::checkpoint_from_text(parsed->text) : fail(parsed.error());
        if (!checkpoint) return fail(checkpoint.error());
        if (checkpoint->size == 0) break;
        size_max = checkpoint->size - 1;
    }
    return std::optional<CheckpointWitnessed>{};
}

}  // namespace

Result<std::string> request_of(const ledger::Reader& reader,
                               const commands::PublishedCheckpoint& checkpoint,
                               std::uint64_t old_size) {
    if (old_size > checkpoint.size)
        return fail(Code::refused, "size-out-of-range",
                    "the newest checkpoint has " + std::to_string(checkpoint.size) +
                        " events, fewer than " + std::to_string(old_size),
                    "give what the witness cosigned last; `varve witness show` says it");
    std::vector<ledger::Digest> proof;
    if (old_size > 0 && old_size < checkpoint.size) {
        auto made = ledger::consistency_proof(old_size, checkpoint.size,
                                              [&reader](unsigned level, std::uint64_t index) {
                                                  return reader.subtree(level, index);
                                              });
        if (!made) return fail(made.error());
        proof = std::move(*made);
    }
    return to_text(ledger::AddCheckpoint{old_size, std::move(proof), checkpoint.note});
}

Result<CheckpointWitnessed> keep_cosignature(ledger::Store& store, ledger::Clock& clock,
                                             const ledger::Context& context,
                                             const Configuration& configuration,
                                             const std::optional<std::string>& verifier,
                                             const std::string& text) {
    const auto witnesses = known_witnesses(configuration, verifier);
    if (!witnesses) return fail(witnesses.error());
    auto found = find(store, text, *witnesses);
    if (!found) return fail(found.error());
    if (!*found)
        return fail(Code::refused, "cosignature-unfit",
                    "no witness that is known here has cosigned a checkpoint of this ledger so",
                    "compare the witness's key with what its operator says, and the file with "
                    "what the witness wrote");
    const auto note = store.checkpoint((*found)->size);
    if (!note) return fail(note.error());
    if (*note && (*note)->find(*(*found)->cosignature + "\n") != std::string::npos)
        return std::move(**found);  // it is there already
    ledger::Append append;
    append.context = context;
    append.drafts = {{std::string{ledger::ledger_stream}, ledger::new_uuid(clock.now_us() / 1000),
                      **found, std::nullopt}};
    if (auto done = store.append(std::move(append)); !done) return fail(done.error());
    return std::move(**found);
}

}  // namespace tools::varve
