#include "adapters/rocksdb/followed_checkpoints.hpp"

#include "ledger/checkpoint.hpp"

#include <variant>

namespace adapters::rocksdb {

using ledger::fail;
using ledger::Result;

namespace {

tl::unexpected<ledger::Error> bad(const ledger::Record& record, const std::string& detail) {
    return fail(ledger::Code::corrupt, "source-checkpoint-bad",
                "the checkpoint that position " + std::to_string(record.position) +
                    " of the source has signed: " + detail,
                "nothing from there on was copied: keep both folders as they are, and find out "
                "who wrote it");
}

}  // namespace

void FollowedCheckpoints::remember(const ledger::Record& record) {
    if (const auto* const created = std::get_if<ledger::LedgerCreated>(&record.data))
        origin_ = created->origin;
    if (const auto* const added = std::get_if<ledger::KeyAdded>(&record.data))
        keys_.push_back({{added->name, added->public_key}});
    if (const auto* const retired = std::get_if<ledger::KeyRetired>(&record.data))
        for (Key& key : keys_)
            if (key.verifier == ledger::Verifier{retired->name, retired->public_key})
                key.valid_up_to_size = retired->valid_up_to_size;
}

Result<bool> FollowedCheckpoints::take(const ledger::Record& record, const RootAt& root_at) {
    remember(record);
    const auto* const checkpoint = std::get_if<ledger::CheckpointSigned>(&record.data);
    if (checkpoint == nullptr) return false;
    if (auto checked = check(record, *checkpoint, root_at); !checked) return fail(checked.error());
    return true;
}

Result<void> FollowedCheckpoints::check(const ledger::Record& record,
                                        const ledger::CheckpointSigned& checkpoint,
                                        const RootAt& root_at) const {
    const auto note = ledger::note_from_text(checkpoint.note);
    if (!note) return bad(record, note.error().detail);
    const auto signed_text = ledger::checkpoint_from_text(note->text);
    if (!signed_text) return bad(record, signed_text.error().detail);
    if (signed_text->size != checkpoint.size || signed_text->root != checkpoint.root)
        return bad(record, "the event and its note disagree");
    if (signed_text->origin != origin_) return bad(record, "it is of " + signed_text->origin);
    if (checkpoint.size > record.position) return bad(record, "it is of more than there was");
    const auto root = root_at(checkpoint.size);
    if (!root) return fail(root.error());
    if (*root != checkpoint.root)
        return bad(record, "it says root " + ledger::hex(checkpoint.root) + " over " +
                               std::to_string(checkpoint.size) + " events, and the copy has " +
                               ledger::hex(*root));
    std::vector<ledger::Verifier> known;
    for (const Key& key : keys_)
        if (checkpoint.size <= key.valid_up_to_size) known.push_back(key.verifier);
    if (const auto names = ledger::verify_note(*note, known); !names)
        return bad(record, names.error().detail);
    return {};
}

}  // namespace adapters::rocksdb
