// ledger/cosignature.hpp: a witness's word on another log's checkpoint, given and written down.
//
// Format  the signature is made over "cosignature/v1\ntime <Unix seconds>\n<the checkpoint's
// text>";
//         in a note's line it is preceded by the time, 8 bytes big-endian. Verified by
//         verify_cosignature() of ledger/checkpoint.hpp.
// Means   at that time this was the largest tree the witness had seen of that log, and it was
//         consistent with all before.
// Source  https://c2sp.org/tlog-cosignature (Ed25519).
#pragma once

#include "ledger/note.hpp"
#include "ledger/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace ledger {

[[nodiscard]] Result<Signature> cosign(std::string_view checkpoint_text, const Signer& witness,
                                       std::uint64_t time_s);

// As it stands in a note, without the newline.
[[nodiscard]] std::string signature_line(const Signature& signature);
// corrupt "note-malformed".
[[nodiscard]] Result<Signature> signature_from_line(std::string_view line);

// Whether the note has a signature of the key that made this line.
[[nodiscard]] bool is_signed_by_key_of(std::string_view note_text, std::string_view line);
// Whether `line` may be added to this note: it is a signature, of a key that has not signed yet,
// and the note can carry one more.
[[nodiscard]] bool may_add_signature(std::string_view note_text, std::string_view line);

}  // namespace ledger
