#include "commands/compare_witnesses.hpp"

#include "ledger/checkpoint.hpp"
#include "ledger/note.hpp"

#include <utility>

namespace commands {

using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

std::string kind_text(ledger::WitnessKind kind) {
    switch (kind) {
        case ledger::WitnessKind::cosigner:
            return "witness ";
        case ledger::WitnessKind::target:
            return "target ";
        case ledger::WitnessKind::folder:
            return "folder ";
        case ledger::WitnessKind::webhook:
            return "webhook ";
    }
    return {};
}

std::string events(std::uint64_t count) {
    return std::to_string(count) + (count == 1 ? " event" : " events");
}

// Why the note does not stand for what the witness says it holds; empty where it does.
std::string note_fault(const HeldCheckpoint& held, const ledger::SigningKeys& keys) {
    const auto note = ledger::note_from_text(held.note);
    if (!note) return note.error().detail;
    const auto checkpoint = ledger::checkpoint_from_text(note->text);
    if (!checkpoint) return checkpoint.error().detail;
    if (keys.origin() && checkpoint->origin != *keys.origin())
        return "it is of another origin, " + checkpoint->origin;
    if (checkpoint->size != held.size || checkpoint->root != held.root)
        return "its note is of another size or root";
    const auto names = ledger::verify_note(*note, keys.counting(held.size));
    return names ? std::string{} : names.error().detail;
}

bool is_by_retired_key(const HeldCheckpoint& held, const ledger::SigningKeys& keys) {
    const auto ours = ledger::check_signed({held.size, held.root, held.note}, keys);
    return !ours && ours.error().reason == "checkpoint-key-retired";
}

struct Seen {
    std::uint64_t size{};         // of the ledger
    std::uint64_t last_agreed{};  // the largest size that the witness has seen as it is
};

// What one held checkpoint says; nothing where it agrees.
Result<std::optional<WitnessVerdict>> judge(const HeldCheckpoint& held, const Seen& seen,
                                            const ledger::Reader& reader,
                                            const ledger::SigningKeys& keys) {
    WitnessVerdict verdict;
    verdict.size = held.size;
    const std::string name = "the checkpoint of " + events(held.size);
    if (const std::string fault = note_fault(held, keys); !fault.empty()) {
        verdict.agreement = Agreement::signature_bad;
        verdict.detail = name + " that it holds is not this ledger's: " + fault;
        if (is_by_retired_key(held, keys)) {
            verdict.agreement = Agreement::key_retired;
            verdict.detail =
                name + " that it holds is signed by a key alone that was retired before";
        }
        return std::optional{std::move(verdict)};
    }
    if (held.size > seen.size) {
        verdict.agreement = Agreement::ahead;
        verdict.position = seen.size;
        verdict.detail = "it has seen " + events(held.size) + ": " + std::to_string(seen.size) +
                         " to " + std::to_string(held.size - 1) +
                         " are cut off, or this is an older copy of the ledger";
        return std::optional{std::move(verdict)};
    }
    const auto root = reader.root_at(held.size);
    if (!root) return fail(root.error());
    if (*root == held.root) return std::optional<WitnessVerdict>{};
    verdict.agreement = Agreement::contradicts;
    verdict.position = seen.last_agreed;
    verdict.detail = name + " that it holds has another root: one of the events " +
                     std::to_string(seen.last_agreed) + " to " + std::to_string(held.size - 1) +
                     " was replaced, or the ledger was forked";
    return std::optional{std::move(verdict)};
}

}  // namespace

std::string_view agreement_text(Agreement agreement) {
    switch (agreement) {
        case Agreement::agrees:
            return "agrees";
        case Agreement::holds_nothing:
            return "holds nothing of this ledger";
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
    verdict.witness = kind_text(witness.kind()) + witness.name();
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
    Seen seen{head->size, 0};
    for (const HeldCheckpoint& held : *all) {
        auto judged = judge(held, seen, reader, keys);
        if (!judged) return fail(judged.error());
        if (*judged) {
            (*judged)->witness = std::move(verdict.witness);
            return std::move(**judged);
        }
        seen.last_agreed = held.size;
        verdict.size = held.size;
    }
    return verdict;
}

}  // namespace commands
