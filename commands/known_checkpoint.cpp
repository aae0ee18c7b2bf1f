#include "commands/known_checkpoint.hpp"

#include "ledger/checkpoint.hpp"
#include "ledger/event.hpp"
#include "ledger/signing_keys.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <variant>

namespace commands {

using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

bool is_known_lost(const OwnHistory& own, const KnownCheckpoint& known) {
    return std::any_of(own.losses.begin(), own.losses.end(), [&](const AcceptedLoss& loss) {
        return known.size > loss.size && known.size <= loss.lost_to &&
               (!known.seen_at_us || *known.seen_at_us <= loss.accepted_at_us);
    });
}

std::string missing(std::uint64_t from, std::uint64_t end) {
    return end - from == 1 ? "event " + std::to_string(from) + " is missing"
                           : "events " + std::to_string(from) + " to " + std::to_string(end - 1) +
                                 " are missing";
}

void note_record(const ledger::Record& record, ledger::SigningKeys& keys, OwnHistory& own) {
    keys.apply(record.position, record.data);
    if (const auto* restored = std::get_if<ledger::LedgerRestored>(&record.data))
        own.losses.push_back({restored->size, restored->lost_to, record.recorded_at_us});
}

}  // namespace

bool is_signed_here(const OwnHistory& own, const KnownCheckpoint& known) {
    const auto note = ledger::note_from_text(known.note);
    if (!note || !ledger::verify_note(*note, own.keys)) return false;
    const auto checkpoint = ledger::checkpoint_from_text(note->text);
    return checkpoint && checkpoint->origin == own.origin && checkpoint->size == known.size &&
           checkpoint->root == known.root;
}

Result<void> check_known(const OwnHistory& own, const KnownCheckpoint& known) {
    if (known.agrees() || is_known_lost(own, known)) return {};
    if (!known.is_own && !is_signed_here(own, known)) return {};
    const std::string what =
        known.holder + " holds a checkpoint of " + std::to_string(known.size) + " events";
    if (!known.root_here)
        return fail(Code::corrupt, "ledger-behind-witness",
                    what + ", and the ledger has " + std::to_string(own.size) + ": " +
                        missing(own.size, known.size),
                    "this is an older copy of the ledger, or its end was cut off: bring the whole "
                    "one back. Until then nothing is written or signed");
    return fail(Code::corrupt, "checkpoint-contradicted",
                what + " that is not what the ledger has at that size",
                "history was changed, or this is another copy that went its own way: varve verify "
                "--witnesses says more. Until then nothing is written or signed");
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

Result<OwnHistory> read_own_history(const ledger::Reader& reader) {
    constexpr std::size_t batch = 1'000;
    const auto head = reader.head();
    if (!head) return fail(head.error());
    OwnHistory own;
    own.size = head->size;
    ledger::SigningKeys keys;
    for (std::uint64_t after = 0;; after += batch) {
        const auto positions = reader.stream_positions(ledger::ledger_stream, after, batch);
        if (!positions) return fail(positions.error());
        for (const std::uint64_t position : *positions) {
            const auto records = ledger::read_records(reader, position, 1);
            if (!records) return fail(records.error());
            for (const ledger::Record& record : *records) note_record(record, keys, own);
        }
        if (positions->size() < batch) break;
    }
    own.origin = keys.origin().value_or("");
    for (const auto& key : keys.all()) own.keys.push_back(key.verifier);
    return own;
}

Result<void> check_held(const ledger::Reader& reader, CheckpointHolder& holding,
                        const ledger::Target& target) {
    const auto head = reader.head();
    if (!head) return fail(head.error());
    const std::string holder = "target " + target.name;
    const auto newest = holding.held_checkpoints(head->ledger, 1);
    if (!newest) return fail(newest.error());
    if (newest->empty()) return {};
    const auto known = known_checkpoint(reader, *head, holder, newest->front());
    if (!known) return fail(known.error());
    if (known->agrees()) return {};
    const auto own = read_own_history(reader);
    if (!own) return fail(own.error());
    const auto all =
        holding.held_checkpoints(head->ledger, std::numeric_limits<std::uint32_t>::max());
    if (!all) return fail(all.error());
    for (const HeldCheckpoint& held : *all) {
        const auto each = known_checkpoint(reader, *head, holder, held);
        if (!each) return fail(each.error());
        if (auto fits = check_known(*own, *each); !fits) return fits;
    }
    return {};
}

Result<void> check_held(const ledger::Reader& reader, TargetDatabase& database,
                        const ledger::Target& target) {
    auto* holder = dynamic_cast<CheckpointHolder*>(&database);
    return holder == nullptr ? Result<void>{} : check_held(reader, *holder, target);
}

}  // namespace commands
