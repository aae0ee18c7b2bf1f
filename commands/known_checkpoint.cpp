#include "commands/known_checkpoint.hpp"

#include "commands/held_note.hpp"
#include "ledger/signing_keys.hpp"
#include "ledger/stream_records.hpp"

#include <limits>
#include <utility>

namespace commands {

using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

// What has no target in it asks nobody: it may be written, and only makes the two part.
constexpr const char* until_then =
    "Until then no target is changed with it and nothing is signed; and write nothing else to it "
    "(ledger backup, keys rotate, verify --record): with an event of its own it is another history";

std::string missing(std::uint64_t from, std::uint64_t end) {
    return end - from == 1 ? "event " + std::to_string(from) + " is missing"
                           : "events " + std::to_string(from) + " to " + std::to_string(end - 1) +
                                 " are missing";
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
                        std::string{until_then});
    return fail(Code::corrupt, "checkpoint-contradicted",
                what + " that is not what the ledger has at that size",
                "history was changed, or this is another copy that went its own way: varve verify "
                "--witnesses says more. " +
                    std::string{until_then});
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
    for (const auto& key : keys.all()) own.keys.push_back(key.verifier);
    return own;
}

Result<void> check_held(const ledger::Reader& reader, CheckpointHolder& holding,
                        const ledger::Target& target) {
    const auto head = reader.head();
    if (!head) return fail(head.error());
    const std::string holder = "target " + target.name;
    const auto largest = holding.held_checkpoints(head->ledger, looked_at_max);
    if (!largest) return fail(largest.error());
    bool agree = true;
    for (const HeldCheckpoint& held : *largest) {
        const auto known = known_checkpoint(reader, *head, holder, held);
        if (!known) return fail(known.error());
        agree = agree && known->agrees();
    }
    if (agree) return {};
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
