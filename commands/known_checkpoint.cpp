#include "commands/known_checkpoint.hpp"

#include "commands/held_note.hpp"
#include "ledger/checked_reader.hpp"
#include "ledger/signing_keys.hpp"
#include "ledger/spelling.hpp"
#include "ledger/stream_records.hpp"

#include <limits>
#include <utility>

namespace commands {

using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

// Only who is asked before a target is changed keeps it from being changed. What has no target in
// it asks nobody: it may be written, and only makes the two part.
std::string until_then(const KnownCheckpoint& known) {
    const std::string others =
        "ledger backup, keys rotate, verify --record): with an event of its own it is another "
        "history";
    if (known.kind == ledger::WitnessKind::folder)
        return "Until then no target is changed with it and nothing is signed; and write nothing "
               "else to it (" +
               others;
    if (known.kind == ledger::WitnessKind::target)
        return "Until then that target is not changed with it; and write nothing else to it "
               "(another target may know less; " +
               others;
    return "Until then write nothing to it (a target that knows less would be changed; " + others;
}

std::string missing(std::uint64_t from, std::uint64_t end) {
    return end - from == 1 ? "event " + std::to_string(from) + " is missing"
                           : "events " + std::to_string(from) + " to " + std::to_string(end - 1) +
                                 " are missing";
}

// Where a loss was accepted while that folder could not be asked, it may be of the lost events.
std::string of_a_loss(const OwnHistory& own, const KnownCheckpoint& known) {
    if (known.kind != ledger::WitnessKind::folder) return {};
    for (const ledger::AcceptedLoss& loss : own.losses)
        for (const std::string& who : loss.data.known_by)
            if (who.starts_with("not asked: checkpoints in "))
                return "Event " + std::to_string(loss.position) +
                       " accepted a loss while a folder of checkpoints could not be asked: where "
                       "that is all, keep this file, and \"latest\" beside it, somewhere else, and "
                       "go on. ";
    return {};
}

struct Whose {
    std::string name;
    ledger::WitnessKind kind{};
};

Result<KnownCheckpoint> known_of(const ledger::Reader& reader, const ledger::Head& head,
                                 const Whose& whose, const HeldCheckpoint& held) {
    auto known = known_checkpoint(reader, head, whose.name, held);
    if (known) known->kind = whose.kind;
    return known;
}

Result<bool> all_agree(const ledger::Reader& reader, const ledger::Head& head, const Whose& whose,
                       const std::vector<HeldCheckpoint>& all) {
    for (const HeldCheckpoint& held : all) {
        const auto known = known_of(reader, head, whose, held);
        if (!known) return fail(known.error());
        if (!known->agrees()) return false;
    }
    return true;
}

Result<void> check_each(const ledger::Reader& reader, const ledger::Head& head, const Whose& whose,
                        const std::vector<HeldCheckpoint>& all) {
    const auto own = read_own_history(reader);
    if (!own) return fail(own.error());
    for (const HeldCheckpoint& held : all) {
        const auto known = known_of(reader, head, whose, held);
        if (!known) return fail(known.error());
        if (auto fits = check_known(*own, *known); !fits) return fits;
    }
    return {};
}

}  // namespace

bool is_signed_here(const OwnHistory& own, const KnownCheckpoint& known) {
    return expect_ours({known.size, known.root, known.note, known.seen_at_us}, own.origin, own.keys)
        .has_value();
}

Result<void> check_known(const OwnHistory& own, const KnownCheckpoint& known) {
    if (known.agrees() || ledger::loss_of(known.size, known.seen_at_us, own.losses) != nullptr)
        return {};
    if (!known.is_own && !is_signed_here(own, known)) return {};
    const std::string what =
        known.holder + " holds a checkpoint of " + std::to_string(known.size) + " events";
    if (!known.root_here)
        return fail(Code::corrupt, "ledger-behind-witness",
                    what + ", and the ledger has " + std::to_string(own.size) + ": " +
                        missing(own.size, known.size),
                    "this is an older copy of the ledger, or its end was cut off: bring the whole "
                    "one back (varve ledger restore COPY --replace; docs/runbook.md says what to "
                    "do where nobody has it any more). " +
                        until_then(known));
    return fail(Code::corrupt, "checkpoint-contradicted",
                what + " that is not what the ledger has at that size",
                "history was changed, or this is another copy that went its own way: varve verify "
                "--witnesses says more. " +
                    of_a_loss(own, known) + until_then(known));
}

Result<KnownCheckpoint> known_checkpoint(const ledger::Reader& reader, const ledger::Head& head,
                                         std::string holder, const HeldCheckpoint& held) {
    KnownCheckpoint known{std::move(holder), held.note, held.size,      held.root,
                          std::nullopt,      false,     held.seen_at_us};
    if (held.size > head.size) return known;
    const auto root = reader.root_at(held.size);
    if (!root) return fail(root.error());
    known.root_here = *root;
    return known;
}

std::string name_of(const CheckpointWitness& witness) {
    return std::string{ledger::spell(witness.kind())} + " " + witness.name();
}

Result<OwnHistory> read_own_history(const ledger::Reader& reader) {
    const auto head = reader.head();
    if (!head) return fail(head.error());
    OwnHistory own;
    own.size = head->size;
    ledger::SigningKeys keys;
    const ledger::CheckedReader checked{reader};
    const auto read =
        ledger::for_each_record(checked, ledger::ledger_stream, [&](const ledger::Record& record) {
            keys.apply(record.position, record.data);
            ledger::add_loss(record, own.losses);
        });
    if (!read) return fail(read.error());
    own.origin = keys.origin().value_or("");
    for (const auto& key : keys.all()) own.keys.push_back(key.verifier);
    return own;
}

Result<void> check_held(const ledger::Reader& reader, CheckpointHolder& holding,
                        const ledger::Target& target) {
    const Whose whose{"target " + target.name, ledger::WitnessKind::target};
    const auto head = reader.head();
    if (!head) return fail(head.error());
    const auto held = [&](std::uint32_t count_max) {
        return holding.held_checkpoints(head->ledger, count_max);
    };
    const auto largest = held(looked_at_max);
    if (!largest) return fail(largest.error());
    const auto agree = all_agree(reader, *head, whose, *largest);
    if (!agree) return fail(agree.error());
    if (*agree) return {};
    const auto all = held(std::numeric_limits<std::uint32_t>::max());
    if (!all) return fail(all.error());
    return check_each(reader, *head, whose, *all);
}

Result<void> check_held(const ledger::Reader& reader, TargetDatabase& database,
                        const ledger::Target& target) {
    auto* holder = dynamic_cast<CheckpointHolder*>(&database);
    return holder == nullptr ? Result<void>{} : check_held(reader, *holder, target);
}

Result<Unasked> check_beside(const ledger::Reader& reader, CheckpointWitness* witness) {
    if (witness == nullptr) return Unasked{};
    const Whose whose{name_of(*witness), witness->kind()};
    const auto head = reader.head();
    if (!head) return fail(head.error());
    const auto largest = witness->largest(head->ledger, looked_at_max);
    if (!largest)
        return Unasked{whose.name + " could not be asked for the checkpoints that it has (" +
                       largest.error().detail + "): an older copy of the ledger is not noticed"};
    const auto agree = all_agree(reader, *head, whose, *largest);
    if (!agree) return fail(agree.error());
    if (*agree) return Unasked{};
    const auto all = witness->all(head->ledger);
    if (auto fits = check_each(reader, *head, whose, all ? *all : *largest); !fits)
        return fail(fits.error());
    return Unasked{};
}

}  // namespace commands
