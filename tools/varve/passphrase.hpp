// tools/varve/passphrase.hpp: the passphrase of the signing keys, from where it is kept.
//
// Order    ledger.key_passphrase ("env:NAME", "file:PATH": its first line), VARVE_KEY_PASSPHRASE,
//          the terminal, where somebody sits there. Never the command line.
// Errors   refused "passphrase-missing"; refused "key-file-exposed" (the file, to others).
#pragma once

#include "ledger/result.hpp"
#include "ledger/secret.hpp"

#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace tools::varve {

// What "env:NAME" or "file:PATH" holds.
[[nodiscard]] ledger::Result<ledger::Secret> read_secret(const std::string& source);

// Asks at the terminal, without showing what is typed; refused "passphrase-missing" where there is
// none.
[[nodiscard]] ledger::Result<ledger::Secret> ask_secret(const std::string& prompt);

// For keys that have none yet: of ledger.key_passphrase, where that is set, or of
// VARVE_KEY_PASSPHRASE; nothing where neither is.
[[nodiscard]] ledger::Result<std::optional<ledger::Secret>> passphrase_at_hand(
    const std::optional<std::string>& source);

class Passphrase {
public:
    // `may_ask`: whether a person may be kept waiting for. `before_asking` is called then.
    Passphrase(std::optional<std::string> source, bool may_ask,
               std::function<void()> before_asking = {})
        : source_{std::move(source)}, may_ask_{may_ask}, before_asking_{std::move(before_asking)} {}

    // Looked for once.
    [[nodiscard]] ledger::Result<const ledger::Secret*> get();

private:
    [[nodiscard]] ledger::Result<ledger::Secret> find() const;

    std::optional<std::string> source_;
    bool may_ask_;
    std::function<void()> before_asking_;
    std::optional<ledger::Secret> found_;
    std::optional<ledger::Error> error_;
};

}  // namespace tools::varve
