// ledger/key_encryption.hpp: a signing key behind a passphrase.
//
// Format  a line "Varve signing key <verifier key>", then PKCS#8 in PEM, "ENCRYPTED PRIVATE KEY":
//         PBES2 with scrypt (N 16384, r 8, p 5) and AES-256-CBC. `openssl pkey` reads it.
// Cost    16 MiB and about a quarter of a second, for us as for who guesses.
// Errors  refused "key-malformed", "passphrase-wrong".
#pragma once

#include "ledger/note.hpp"
#include "ledger/result.hpp"
#include "ledger/secret.hpp"

#include <string>
#include <string_view>

namespace ledger {

[[nodiscard]] Result<std::string> encrypt_key(const Signer& signer, const Secret& passphrase);

[[nodiscard]] bool is_encrypted_key(std::string_view text);

// Whose key it is: without a passphrase, and nobody's word yet.
[[nodiscard]] Result<Verifier> verifier_of_encrypted_key(std::string_view text);

[[nodiscard]] Result<Signer> decrypt_key(std::string_view text, const Secret& passphrase);

}  // namespace ledger
