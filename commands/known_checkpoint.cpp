#include "commands/known_checkpoint.hpp"

#include "commands/held_note.hpp"
#include "ledger/stream_records.hpp"

#include <limits>
#include <utility>

namespace commands {

using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

std::string missing(std::uint64_t from, std::uint64_t end) {
    return end - from == 1 ? "event " + std::to_string(from) + " is missing"
                           : "events " + std::to_string(from) + " to " + std::to_string(end - 1) +
                                 " are missing";
}

bool is_by(const std::vector<ledger::Verifier>& keys, const OwnHistory& own,
           const KnownCheckpoint& known) {
    return expect_ours({known.size, known.root, known.note, known.seen_at_us}, own.origin, keys)
        .has_value();
}

}  // namespace

bool is_signed_here(const OwnHistory& own, const KnownCheckpoint& known) {
    return is_by(ledger::counting(own.keys, known.size), own, known);
}

std::optional<ledger::Error> retired_key_in(const OwnHistory& own, const KnownCheckpoint& known) {
    if (known.is_own || known.agrees() || is_signed_here(own, known)) return std::nullopt;
    std::vector<ledger::Verifier> all;
    for (const ledger::SigningKey& key : own.keys) all.push_back(key.verifier);
    if (!is_by(all, own, known)) return std::nullopt;
    return ledger::Error{
        Code::corrupt, "checkpoint-key-retired",
        known.holder + " holds a checkpoint of " + std::to_string(known.size) +
            " events that is not this ledger's, signed by a key alone that was retired before",
        "it decides nothing; find out who still has that key, and who has written it there"};
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
    const auto head = reader.head();
    if (!head) return fail(head.error());
    OwnHistory own;
    own.size = head->size;
    ledger::SigningKeys keys;
    const auto read =
        ledger::for_each_record(reader, ledger::ledger_stream, [&](const ledger::Record& record) {
            keys.apply(record.position, record.data);
            ledger::add_loss(record, own.losses);
        });
    if (!read) return fail(read.error());
    own.origin = keys.origin().value_or("");
    own.keys = keys.all();
    return own;
}

Result<std::optional<ledger::Error>> check_held(const ledger::Reader& reader,
                                                CheckpointHolder& holding,
                                                const ledger::Target& target) {
    std::optional<ledger::Error> told;
    const auto head = reader.head();
    if (!head) return fail(head.error());
    const std::string holder = "target " + target.name;
    const auto newest = holding.held_checkpoints(head->ledger, 1);
    if (!newest) return fail(newest.error());
    if (newest->empty()) return told;
    const auto known = known_checkpoint(reader, *head, holder, newest->front());
    if (!known) return fail(known.error());
    if (known->agrees()) return told;
    const auto own = read_own_history(reader);
    if (!own) return fail(own.error());
    const auto all =
        holding.held_checkpoints(head->ledger, std::numeric_limits<std::uint32_t>::max());
    if (!all) return fail(all.error());
    for (const HeldCheckpoint& held : *all) {
        const auto each = known_checkpoint(reader, *head, holder, held);
        if (!each) return fail(each.error());
        if (auto fits = check_known(*own, *each); !fits) return fail(fits.error());
        if (!told) told = retired_key_in(*own, *each);
    }
    return told;
}

Result<std::optional<ledger::Error>> check_held(const ledger::Reader& reader,
                                                TargetDatabase& database,
                                                const ledger::Target& target) {
    auto* holder = dynamic_cast<CheckpointHolder*>(&database);
    if (holder == nullptr) return std::optional<ledger::Error>{};
    return check_held(reader, *holder, target);
}

}  // namespace commands
