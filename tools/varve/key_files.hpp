// tools/varve/key_files.hpp: the private signing keys of a ledger on this machine.
//
// Places   `ledger.signing_key`, and for every further key the same with ".<key id>" behind it.
// Form     Go's PRIVATE+KEY line, or encrypted PKCS#8 (ledger/key_encryption.hpp).
// Trust    read only where it is the user's or root's, and nobody else may read or write it.
// Errors   refused "key-file-exposed", "key-file-foreign", "key-malformed"; unavailable
//          "key-unreadable", "key-unwritable".
#pragma once

#include "ledger/note.hpp"
#include "ledger/result.hpp"
#include "ledger/secret.hpp"
#include "projections/ledger_keys.hpp"
#include "tools/varve/passphrase.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tools::varve {

// Nothing where there is no such file.
[[nodiscard]] ledger::Result<std::optional<ledger::Secret>> read_private_file(
    const std::filesystem::path& path);

// Under another name first, synced, and renamed: whole or not at all. Mode 0600.
[[nodiscard]] ledger::Result<void> write_private_file(const std::filesystem::path& path,
                                                      std::string_view text);

// What to say where writing it failed just now: errno tells why.
[[nodiscard]] ledger::Error key_unwritable(const std::filesystem::path& path);

// The form that a key file has: encrypted, where there is a passphrase.
[[nodiscard]] ledger::Result<std::string> key_file_text(const ledger::Signer& signer,
                                                        const ledger::Secret* passphrase);

struct KeyFile {
    std::filesystem::path path;
    ledger::Verifier verifier;
    bool is_encrypted{};
    ledger::Secret text;
};

[[nodiscard]] ledger::Result<std::optional<KeyFile>> read_key_file(
    const std::filesystem::path& path);

[[nodiscard]] ledger::Verifier verifier_of(const projections::LedgerKey& key);

// What a person should know where the configuration, or VARVE_KEY_PASSPHRASE, names a passphrase
// and that file holds a key in clear: another made it, or the passphrase was not to be had.
[[nodiscard]] std::optional<std::string> plain_key_note(
    const std::optional<std::string>& passphrase_source, const std::filesystem::path& path);

// Where a key that is not the first one is kept.
[[nodiscard]] std::filesystem::path place_of(const std::filesystem::path& signing_key,
                                             const ledger::Verifier& verifier);

// The key of a rotation, until its KeyAdded is on disk.
[[nodiscard]] std::filesystem::path next_place(const std::filesystem::path& signing_key);

struct KeysAtHand {
    std::vector<KeyFile> files;           // of keys that count now
    std::vector<ledger::Error> problems;  // files that are there and cannot be used
};
// A rotation that was killed after its event is finished here.
[[nodiscard]] KeysAtHand find_keys(const std::filesystem::path& signing_key,
                                   const projections::LedgerKeys& keys);

// Whether any file is where a key of the ledger would be; of what use it is, is not looked at.
[[nodiscard]] bool is_any_key_there(const std::filesystem::path& signing_key);

struct OpenedKeys {
    std::vector<ledger::Signer> signers;
    std::vector<ledger::Error> problems;
};
[[nodiscard]] OpenedKeys open_keys(const KeysAtHand& at_hand, Passphrase& passphrase);

[[nodiscard]] ledger::Result<ledger::Signer> open_key(const KeyFile& file, Passphrase& passphrase);

// The key id as people name keys: eight hex digits.
[[nodiscard]] std::string key_id_text(const ledger::Verifier& verifier);

}  // namespace tools::varve
