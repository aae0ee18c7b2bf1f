#include "commands/held_note.hpp"

#include "ledger/checkpoint.hpp"

namespace commands {

using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

constexpr const char* what_now = "look who may write there; nothing is believed of it";

}  // namespace

Result<void> expect_ours(const HeldCheckpoint& held, const std::optional<std::string>& origin,
                         const std::vector<ledger::Verifier>& keys) {
    const auto note = ledger::note_from_text(held.note);
    if (!note) return fail(note.error());
    const auto checkpoint = ledger::checkpoint_from_text(note->text);
    if (!checkpoint) return fail(checkpoint.error());
    if (origin && checkpoint->origin != *origin)
        return fail(Code::corrupt, "checkpoint-wrong",
                    "it is of another origin, " + checkpoint->origin, what_now);
    if (checkpoint->size != held.size || checkpoint->root != held.root)
        return fail(Code::corrupt, "checkpoint-wrong", "its note is of another size or root",
                    what_now);
    const auto names = ledger::verify_note(*note, keys);
    if (!names) return fail(names.error());
    return {};
}

}  // namespace commands
