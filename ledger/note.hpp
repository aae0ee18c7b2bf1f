// ledger/note.hpp: text signed by named Ed25519 keys, as C2SP signed-note has it.
//
// Format  <text ending in \n>\n— <key name> <base64(4-byte key id ‖ 64-byte signature)>\n...
// Key id  the first 4 bytes of SHA-256(name ‖ 0x0A ‖ signature type ‖ public key).
// Limits  1 MiB and 64 signatures a note; a key name has no spaces and no '+'.
// Refuses a note whose signature by a known key is bad, whole; a signature by an unknown key is
//         ignored; a note that no known key signed is not verified.
// Source  https://c2sp.org/signed-note; Ed25519 is RFC 8032 by OpenSSL.
#pragma once

#include "ledger/events/ledger.hpp"
#include "ledger/result.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ledger {

// A public key with the name it signs under; its text form is a C2SP verifier key.
struct Verifier {
    std::string name;
    PublicKey key;
    bool operator==(const Verifier&) const = default;
};

inline constexpr std::size_t signature_count_max = 64;  // of a note

// What a key signs: notes, or a witness's checkpoints (ledger/checkpoint.hpp). Part of its id.
enum class SignatureType : std::uint8_t { note = 0x01, cosignature = 0x04 };

[[nodiscard]] std::array<std::uint8_t, 4> key_id(const Verifier& verifier,
                                                 SignatureType type = SignatureType::note);
// name+hex key id+base64 key
[[nodiscard]] std::string to_text(const Verifier& verifier,
                                  SignatureType type = SignatureType::note);
[[nodiscard]] Result<Verifier> verifier_from_text(std::string_view text,
                                                  SignatureType type = SignatureType::note);

// Owns a private key in memory and wipes it. Its stored form is Go's PRIVATE+KEY+name+id+seed.
class Signer {
public:
    static Result<Signer> generate(std::string name);
    static Result<Signer> from_text(std::string_view text);
    Signer(Signer&& other) noexcept;
    Signer& operator=(Signer&& other) noexcept;
    Signer(const Signer&) = delete;
    Signer& operator=(const Signer&) = delete;
    ~Signer();

    [[nodiscard]] const Verifier& verifier() const { return verifier_; }
    [[nodiscard]] std::string private_text() const;  // a secret: for the key file alone
    [[nodiscard]] Result<std::array<std::uint8_t, 64>> sign(std::string_view message) const;

private:
    Signer() = default;
    static Result<Signer> from_seed(std::string name, std::span<const std::uint8_t, 32> seed);
    Verifier verifier_;
    std::array<std::uint8_t, 32> seed_{};
};

[[nodiscard]] bool verify_signature(const PublicKey& key, std::string_view message,
                                    std::span<const std::uint8_t, 64> signature);

struct Signature {
    std::string name;
    std::array<std::uint8_t, 4> key_id{};
    std::string bytes;  // without the key id: 64 for Ed25519, 72 for a cosignature
    bool operator==(const Signature&) const = default;
};

struct Note {
    std::string text;  // ends in \n
    std::vector<Signature> signatures;
    bool operator==(const Note&) const = default;
};

[[nodiscard]] std::string to_text(const Note& note);
[[nodiscard]] Result<Note> note_from_text(std::string_view text);
[[nodiscard]] Result<Note> sign_note(std::string text, const Signer& signer);

// The names whose signatures hold, at least one; refused "note-unverified", corrupt
// "note-signature-bad".
[[nodiscard]] Result<std::vector<std::string>> verify_note(const Note& note,
                                                           std::span<const Verifier> known);

}  // namespace ledger
