#include "adapters/rocksdb/followed_checkpoints.hpp"

#include "ledger/checkpoint.hpp"
#include "ledger/note.hpp"

#include <string>
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

Result<bool> FollowedCheckpoints::take(const ledger::Record& record, const RootAt& root_at) {
    keys_.apply(record.position, record.data);
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
    if (keys_.origin() != signed_text->origin)
        return bad(record, "it is of " + signed_text->origin);
    if (checkpoint.size > record.position) return bad(record, "it is of more than there was");
    const auto root = root_at(checkpoint.size);
    if (!root) return fail(root.error());
    if (*root != checkpoint.root)
        return bad(record, "it says root " + ledger::hex(checkpoint.root) + " over " +
                               std::to_string(checkpoint.size) + " events, and the copy has " +
                               ledger::hex(*root));
    if (const auto names = ledger::verify_note(*note, keys_.counting(checkpoint.size)); !names)
        return bad(record, names.error().detail);
    return {};
}

}  // namespace adapters::rocksdb
