#include "ledger/cosignature.hpp"

#include <algorithm>
#include <utility>

namespace ledger {

namespace {

constexpr unsigned bits_per_byte = 8;

std::string big_endian(std::uint64_t number) {
    std::string bytes;
    for (unsigned shift = 64; shift > 0; shift -= bits_per_byte)
        bytes += static_cast<char>(number >> (shift - bits_per_byte) & 0xffU);
    return bytes;
}

}  // namespace

Result<Signature> cosign(std::string_view checkpoint_text, const Signer& witness,
                         std::uint64_t time_s) {
    const std::string message =
        "cosignature/v1\ntime " + std::to_string(time_s) + '\n' + std::string{checkpoint_text};
    const auto bytes = witness.sign(message);
    if (!bytes) return fail(bytes.error());
    return Signature{witness.verifier().name,
                     key_id(witness.verifier(), SignatureType::cosignature),
                     big_endian(time_s) + std::string{bytes->begin(), bytes->end()}};
}

std::string signature_line(const Signature& signature) {
    std::string text = to_text(Note{"", {signature}});
    text.erase(0, 1);  // the blank line between a note's text and its signatures
    text.pop_back();
    return text;
}

bool is_signed_by_key_of(std::string_view note_text, std::string_view line) {
    const auto note = note_from_text(note_text);
    const auto made = signature_from_line(line);
    return note && made &&
           std::any_of(note->signatures.begin(), note->signatures.end(), [&](const auto& each) {
               return each.name == made->name && each.key_id == made->key_id;
           });
}

bool may_add_signature(std::string_view note_text, std::string_view line) {
    const auto note = note_from_text(note_text);
    return note && note->signatures.size() < signature_count_max && signature_from_line(line) &&
           !is_signed_by_key_of(note_text, line);
}

Result<Signature> signature_from_line(std::string_view line) {
    auto note = note_from_text("-\n\n" + std::string{line} + '\n');
    if (!note) return fail(note.error());
    if (note->signatures.size() != 1)
        return fail(Code::corrupt, "note-malformed", "more than one signature in a line");
    return std::move(note->signatures.front());
}

}  // namespace ledger
