#include "ledger/note.hpp"

#include "ledger/base64.hpp"
#include "ledger/clean.hpp"
#include "ledger/key_name.hpp"

#include <algorithm>

namespace ledger {

namespace {

constexpr std::size_t note_bytes_max = std::size_t{1} << 20;
constexpr std::string_view signature_prefix = "\u2014 ";

tl::unexpected<Error> note_malformed(std::string detail) {
    return fail(Code::corrupt, "note-malformed", std::move(detail));
}

bool is_clean(std::string_view text) {
    const auto is_control = [](char letter) {
        return static_cast<unsigned char>(letter) < 0x20 && letter != '\n';
    };
    return is_well_formed_utf8(text) && std::none_of(text.begin(), text.end(), is_control);
}

Result<Signature> signature_from_line(std::string_view line) {
    if (!line.starts_with(signature_prefix)) return note_malformed("a line that is no signature");
    line.remove_prefix(signature_prefix.size());
    const std::size_t space = line.find(' ');
    if (space == line.npos || !is_key_name(line.substr(0, space)))
        return note_malformed("a signature without a key's name");
    const auto bytes = from_base64(line.substr(space + 1));
    if (!bytes || bytes->size() < 5) return note_malformed("a signature that is not base64");
    Signature signature{std::string{line.substr(0, space)}, {}, bytes->substr(4)};
    std::copy_n(bytes->begin(), 4, signature.key_id.begin());
    return signature;
}

bool holds(const Signature& signature, const Verifier& verifier, std::string_view text) {
    if (signature.bytes.size() != 64) return false;
    std::array<std::uint8_t, 64> bytes{};
    std::copy_n(signature.bytes.begin(), bytes.size(), bytes.begin());
    return verify_signature(verifier.key, text, bytes);
}

}  // namespace

std::string to_text(const Note& note) {
    std::string text = note.text + '\n';
    for (const Signature& signature : note.signatures) {
        const std::string id{signature.key_id.begin(), signature.key_id.end()};
        text += std::string{signature_prefix} + signature.name + ' ' +
                base64(id + signature.bytes) + '\n';
    }
    return text;
}

Result<Note> note_from_text(std::string_view text) {
    if (text.size() > note_bytes_max) return note_malformed("a note of more than 1 MiB");
    if (!is_clean(text)) return note_malformed("a note that is no clean UTF-8");
    const std::size_t blank = text.rfind("\n\n");
    if (blank == text.npos) return note_malformed("a note without signatures");
    Note note{std::string{text.substr(0, blank + 1)}, {}};
    for (std::string_view rest = text.substr(blank + 2); !rest.empty();) {
        const std::size_t end = rest.find('\n');
        if (end == rest.npos) return note_malformed("a note that does not end with a newline");
        Result<Signature> signature = signature_from_line(rest.substr(0, end));
        if (!signature) return fail(signature.error());
        if (note.signatures.size() == signature_count_max)
            return note_malformed("a note with more than 64 signatures");
        note.signatures.push_back(std::move(*signature));
        rest.remove_prefix(end + 1);
    }
    if (note.signatures.empty()) return note_malformed("a note without signatures");
    return note;
}

Result<Note> sign_note(std::string text, const Signer& signer) {
    if (!text.ends_with('\n') || !is_clean(text))
        return fail(Code::refused, "note-malformed",
                    "a note's text is clean UTF-8 and ends with a newline");
    const auto bytes = signer.sign(text);
    if (!bytes) return fail(bytes.error());
    return Note{std::move(text),
                {{signer.verifier().name, key_id(signer.verifier()),
                  std::string{bytes->begin(), bytes->end()}}}};
}

Result<std::vector<std::string>> verify_note(const Note& note, std::span<const Verifier> known) {
    std::vector<std::string> names;
    for (const Signature& signature : note.signatures) {
        const auto verifier = std::find_if(known.begin(), known.end(), [&](const Verifier& each) {
            return each.name == signature.name && key_id(each) == signature.key_id;
        });
        if (verifier == known.end()) continue;
        if (!holds(signature, *verifier, note.text))
            return fail(Code::corrupt, "note-signature-bad",
                        "the signature of \"" + signature.name + "\" does not hold",
                        "do not trust this note: it was changed after it was signed");
        if (std::find(names.begin(), names.end(), signature.name) == names.end())
            names.push_back(signature.name);
    }
    if (names.empty())
        return fail(Code::refused, "note-unverified", "no known key has signed this note",
                    "give the verifier key of the ledger that signed it");
    return names;
}

}  // namespace ledger
