#include "commands/compare_witnesses.hpp"

#include "commands/held_note.hpp"
#include "commands/sign_checkpoint.hpp"
#include "ledger/accepted_loss.hpp"

#include <utility>

namespace commands {

using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

std::string events(std::uint64_t count) {
    return std::to_string(count) + (count == 1 ? " event" : " events");
}

bool is_by_retired_key(const HeldCheckpoint& held, const ledger::SigningKeys& keys) {
    const auto ours = ledger::check_signed({held.size, held.root, held.note}, keys);
    return !ours && ours.error().reason == "checkpoint-key-retired";
}

struct Seen {
    std::uint64_t size{};  // of the ledger
    std::vector<ledger::AcceptedLoss> losses;
    std::uint64_t last_agreed{};  // the largest size that the witness has seen as it is
    // The newest that it holds of what is accepted as lost, and the loss.
    std::uint64_t last_lost{};
    const ledger::AcceptedLoss* loss{};
};

std::string loss_text(const Seen& seen) {
    return "its checkpoint of " + events(seen.last_lost) + " is of the events, at least " +
           std::to_string(seen.loss->data.size) + " to " +
           std::to_string(seen.loss->data.lost_to - 1) + ", that are lost, as event " +
           std::to_string(seen.loss->position) + " accepts";
}

Result<bool> agrees_with(const ledger::Reader& reader, const HeldCheckpoint& held,
                         std::uint64_t size) {
    if (held.size > size) return false;
    const auto root = reader.root_at(held.size);
    if (!root) return fail(root.error());
    return *root == held.root;
}

// What one held checkpoint says; nothing where it agrees, or knows what is accepted as lost.
Result<std::optional<WitnessVerdict>> judge(const HeldCheckpoint& held, Seen& seen,
                                            const ledger::Reader& reader,
                                            const ledger::SigningKeys& keys) {
    WitnessVerdict verdict;
    verdict.size = held.size;
    const std::string name = "the checkpoint of " + events(held.size);
    if (const auto ours = expect_ours(held, keys.origin(), keys.counting(held.size)); !ours) {
        // The key that signed it may have been added by one of the events that are lost.
        const auto* const loss = ledger::loss_of(held.size, held.seen_at_us, seen.losses);
        if (loss != nullptr && ours.error().reason == "note-unverified" &&
            !is_by_retired_key(held, keys)) {
            seen.last_lost = held.size;
            seen.loss = loss;
            return std::optional<WitnessVerdict>{};
        }
        verdict.agreement = Agreement::signature_bad;
        verdict.detail = name + " that it holds is not this ledger's: " + ours.error().detail;
        if (is_by_retired_key(held, keys)) {
            verdict.agreement = Agreement::key_retired;
            verdict.detail =
                name + " that it holds is signed by a key alone that was retired before";
        }
        return std::optional{std::move(verdict)};
    }
    const auto agrees = agrees_with(reader, held, seen.size);
    if (!agrees) return fail(agrees.error());
    if (*agrees) {
        seen.last_agreed = held.size;
        return std::optional<WitnessVerdict>{};
    }
    if (const auto* const loss = ledger::loss_of(held.size, held.seen_at_us, seen.losses)) {
        seen.last_lost = held.size;
        seen.loss = loss;
        return std::optional<WitnessVerdict>{};
    }
    if (held.size > seen.size) {
        verdict.agreement = Agreement::ahead;
        verdict.position = seen.size;
        verdict.detail = "it has seen " + events(held.size) + ": " + std::to_string(seen.size) +
                         " to " + std::to_string(held.size - 1) +
                         " are cut off, or this is an older copy of the ledger";
        return std::optional{std::move(verdict)};
    }
    verdict.agreement = Agreement::contradicts;
    verdict.position = seen.last_agreed;
    verdict.detail = name + " that it holds has another root: one of the events " +
                     std::to_string(seen.last_agreed) + " to " + std::to_string(held.size - 1) +
                     " was replaced, or the ledger was forked";
    return std::optional{std::move(verdict)};
}

}  // namespace

std::string witness_text(ledger::WitnessKind kind, const std::string& name) {
    switch (kind) {
        case ledger::WitnessKind::cosigner:
            return "witness " + name;
        case ledger::WitnessKind::target:
            return "target " + name;
        case ledger::WitnessKind::folder:
            return "folder " + name;
        case ledger::WitnessKind::webhook:
            return "webhook " + name;
    }
    return {};
}

std::string_view agreement_text(Agreement agreement) {
    switch (agreement) {
        case Agreement::agrees:
            return "agrees";
        case Agreement::holds_nothing:
            return "holds nothing of this ledger";
        case Agreement::knows_lost:
            return "knows only what is accepted as lost";
        case Agreement::ahead:
            return "is ahead";
        case Agreement::contradicts:
            return "contradicts";
        case Agreement::signature_bad:
            return "holds what this ledger did not sign";
        case Agreement::key_retired:
            return "holds what a retired key signed";
        case Agreement::forgot:
            return "no longer holds what it took";
        case Agreement::unreachable:
            return "unreachable";
        case Agreement::cannot_be_asked:
            return "cannot be asked";
        case Agreement::not_named:
            return "was not asked";
        case Agreement::not_needed:
            return "is not needed any more";
    }
    return {};
}

bool is_fault(Agreement agreement) {
    return agreement == Agreement::ahead || agreement == Agreement::contradicts ||
           agreement == Agreement::signature_bad || agreement == Agreement::key_retired;
}

Result<WitnessVerdict> compare_with(CheckpointWitness& witness, const ledger::Reader& reader,
                                    const ledger::SigningKeys& keys) {
    WitnessVerdict verdict;
    verdict.witness = witness_text(witness.kind(), witness.name());
    verdict.agreement = Agreement::cannot_be_asked;
    if (!witness.can_be_asked()) return verdict;
    const auto head = reader.head();
    if (!head) return fail(head.error());
    const auto all = witness.all(head->ledger);
    if (!all) {
        verdict.agreement = all.error().code == Code::unavailable ? Agreement::unreachable
                                                                  : Agreement::signature_bad;
        verdict.detail = all.error().detail;
        return verdict;
    }
    for (const HeldCheckpoint& held : *all) verdict.held_sizes.push_back(held.size);
    verdict.agreement = all->empty() ? Agreement::holds_nothing : Agreement::agrees;
    auto losses = ledger::accepted_losses(reader);
    if (!losses) return fail(losses.error());
    Seen seen;
    seen.size = head->size;
    seen.losses = std::move(*losses);
    for (const HeldCheckpoint& held : *all) {
        auto judged = judge(held, seen, reader, keys);
        if (!judged) return fail(judged.error());
        if (*judged) {
            (*judged)->witness = std::move(verdict.witness);
            return std::move(**judged);
        }
    }
    verdict.agreement = Agreement::holds_nothing;
    if (all->empty()) return verdict;
    const bool agrees = seen.loss == nullptr || seen.last_agreed > 0;
    verdict.agreement = agrees ? Agreement::agrees : Agreement::knows_lost;
    verdict.size = agrees ? seen.last_agreed : seen.last_lost;
    if (seen.loss != nullptr) verdict.detail = loss_text(seen);
    return verdict;
}

Result<void> expect_same_history(CheckpointWitness& witness, const ledger::Reader& reader,
                                 std::uint64_t taken) {
    const auto newest = newest_checkpoint(reader);
    if (!newest) return fail(newest.error());
    // From nothing everything follows, and what was signed later proves nothing here.
    if (taken == 0 || !*newest || taken > (*newest)->size) return {};
    const auto own = checkpoint_up_to(reader, taken);
    if (!own) return fail(own.error());
    if (*own && (*own)->size == taken) {
        if (const auto same = witness.taken_size(**own); !same) return fail(same.error());
        return {};
    }
    if (const auto follows = witness.publish(**newest); !follows) return fail(follows.error());
    return {};
}

}  // namespace commands
