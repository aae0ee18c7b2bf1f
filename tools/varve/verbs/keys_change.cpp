#include "ledger/event.hpp"
#include "ledger/fail_point.hpp"
#include "tools/varve/json_document.hpp"
#include "tools/varve/ledger_session.hpp"
#include "tools/varve/signing.hpp"
#include "tools/varve/verbs.hpp"

#include <algorithm>
#include <filesystem>

namespace tools::varve {

using ledger::Code;
using ledger::fail;
using ledger::Result;
using ledger::Secret;
using projections::LedgerKey;
using projections::LedgerKeys;

namespace {

Result<void> append(LedgerSession& session, ledger::Event event) {
    const std::string stream{ledger::ledger_stream};
    const auto id = ledger::new_uuid(session.clock().now_us() / 1000);
    auto done = session.store().append(
        {session.context(), {{stream, id, std::move(event), std::nullopt}}, {}, {}});
    if (!done) return fail(done.error());
    return {};
}

Result<void> write_key(const std::filesystem::path& path, const ledger::Signer& signer,
                       const Secret* passphrase) {
    auto text = key_file_text(signer, passphrase);
    if (!text) return fail(text.error());
    auto written = write_private_file(path, *text);
    ledger::wipe(*text);
    return written;
}

bool is_at_hand(const KeysAtHand& at_hand, const LedgerKey& key) {
    return std::any_of(at_hand.files.begin(), at_hand.files.end(),
                       [&](const KeyFile& file) { return file.verifier == verifier_of(key); });
}

// What every change of the keys needs.
class KeyChange {
public:
    static Result<std::unique_ptr<KeyChange>> open(const Invocation& invocation) {
        auto configuration = read_configuration(invocation.flags);
        if (!configuration) return fail(configuration.error());
        auto session = LedgerSession::open(invocation, *configuration);
        if (!session) return fail(session.error());
        auto keys = current_keys((*session)->store(), (*session)->rows());
        if (!keys) return fail(keys.error());
        return std::unique_ptr<KeyChange>{
            new KeyChange{std::move(*configuration), std::move(*session), std::move(*keys)}};
    }

    Result<ledger::Verifier> rotate();
    Result<LedgerKey> retire(const KeysOptions& options);

    void tell_plain_keys(const ledger::Verifier& made, const Console& console) const {
        std::vector<std::filesystem::path> paths{place_of(configuration_.signing_key, made)};
        for (const KeyFile& file : at_hand_.files) paths.push_back(file.path);
        for (const auto& path : paths)
            if (const auto note = plain_key_note(configuration_.key_passphrase, path))
                console.warn(*note);
    }

    // By the keys that count from now on; whatever is wrong is a warning, the change itself stands.
    void sign(const Console& console) {
        SigningWork work{configuration_,    session_->store(),   session_->rows(),
                         session_->clock(), session_->context(), passphrase_};
        work.witnesses = witnesses_to_give(configuration_, work.store, work.rows);
        work.records_at_once = true;
        sign_after(work, console);
    }

private:
    KeyChange(Configuration configuration, std::unique_ptr<LedgerSession> session, LedgerKeys keys)
        : configuration_{std::move(configuration)},
          session_{std::move(session)},
          keys_{std::move(keys)},
          at_hand_{find_keys(configuration_.signing_key, keys_)},
          passphrase_{configuration_.key_passphrase, has_terminal()} {}

    Result<void> may_retire(const LedgerKey& key, const KeysOptions& options);
    Result<const Secret*> passphrase_of_new();

    Configuration configuration_;
    std::unique_ptr<LedgerSession> session_;
    LedgerKeys keys_;
    KeysAtHand at_hand_;
    Passphrase passphrase_;
    std::optional<Secret> configured_;
};

// A note has room for 64 signatures, those of witnesses among them.
constexpr std::ptrdiff_t keys_max = 16;

// That of the keys at hand, where they have one; else the one that is configured, if it is there.
Result<const Secret*> KeyChange::passphrase_of_new() {
    if (std::none_of(at_hand_.files.begin(), at_hand_.files.end(),
                     [](const KeyFile& file) { return file.is_encrypted; })) {
        auto configured = passphrase_at_hand(configuration_.key_passphrase);
        if (configured) configured_ = std::move(*configured);
        return configured_ ? &*configured_ : nullptr;
    }
    const auto given = passphrase_.get();
    if (!given) return fail(given.error());
    // The new key must not get a passphrase that does not open the old one.
    for (const KeyFile& file : at_hand_.files)
        if (auto opened = open_key(file, passphrase_); !opened) return fail(opened.error());
    return *given;
}

Result<ledger::Verifier> KeyChange::rotate() {
    if (keys_.keys.empty())
        return fail(Code::corrupt, "ledger-damaged", "the ledger names no signing key at all",
                    "run varve verify, and restore the ledger from a copy that verifies");
    if (std::count_if(keys_.keys.begin(), keys_.keys.end(), commands::is_current) >= keys_max)
        return fail(Code::refused, "keys-too-many",
                    "the ledger has " + std::to_string(keys_max) +
                        " keys that are not retired, and each signs every checkpoint",
                    "varve keys lists them: retire those that are not needed any more");
    const auto secret = passphrase_of_new();
    if (!secret) return fail(secret.error());
    const auto signer = ledger::Signer::generate(keys_.keys.front().name);
    if (!signer) return fail(signer.error());
    const auto next = next_place(configuration_.signing_key);
    // A key that the ledger will never know is of no use to anybody but a thief.
    const auto refuse = [&next](const ledger::Error& error) {
        std::error_code ignored;
        if (error.code != Code::in_doubt) std::filesystem::remove(next, ignored);
        return fail(error);
    };
    if (auto written = write_key(next, *signer, *secret); !written) return refuse(written.error());
    ledger::fail_point("key-written");
    const auto& verifier = signer->verifier();
    if (auto added = append(*session_, ledger::KeyAdded{verifier.name, "ed25519", verifier.key});
        !added)
        return refuse(added.error());
    ledger::fail_point("key-added");
    return verifier;  // whoever looks for keys next gives the file its name
}

Result<void> KeyChange::may_retire(const LedgerKey& key, const KeysOptions& options) {
    const std::string id = key_id_text(verifier_of(key));
    if (!commands::is_current(key))
        return fail(Code::refused, "key-retired", "key " + id + " is retired already", "");
    const auto stays = [&](const LedgerKey& other) {
        return commands::is_current(other) && other != key;
    };
    if (std::none_of(keys_.keys.begin(), keys_.keys.end(), stays))
        return fail(Code::refused, "key-last", "key " + id + " is the only one that counts",
                    "make another one first: varve keys rotate");
    if (!options.lost && !is_at_hand(at_hand_, key))
        return fail(Code::refused, "signing-key-missing",
                    "the private key of " + id + " is not at hand",
                    "put its file back; where it is gone for good, say --lost");
    if (std::none_of(keys_.keys.begin(), keys_.keys.end(), [&](const LedgerKey& other) {
            return stays(other) && is_at_hand(at_hand_, other);
        }))
        return fail(Code::refused, "signing-key-missing",
                    "no private key would be at hand that signs after " + id,
                    "put the other key's file back, or make one: varve keys rotate");
    return {};
}

Result<LedgerKey> KeyChange::retire(const KeysOptions& options) {
    const auto key = std::find_if(keys_.keys.begin(), keys_.keys.end(), [&](const LedgerKey& one) {
        return key_id_text(verifier_of(one)) == options.key;
    });
    if (key == keys_.keys.end())
        return fail(Code::refused, "key-unknown", "the ledger has no key \"" + options.key + "\"",
                    "varve keys lists their ids");
    if (auto allowed = may_retire(*key, options); !allowed) return fail(allowed.error());
    const auto newest = commands::newest_checkpoint(session_->store());
    if (!newest) return fail(newest.error());
    key->retired_up_to = *newest ? (*newest)->size : 0;
    if (auto kept =
            append(*session_, ledger::KeyRetired{key->name, key->public_key, *key->retired_up_to});
        !kept)
        return fail(kept.error());
    return *key;
}

VerbResult rotate(const Invocation& invocation, const Console& console) {
    auto change = KeyChange::open(invocation);
    if (!change) return fail(change.error());
    const auto made = (*change)->rotate();
    if (!made) return fail(made.error());
    (*change)->sign(console);
    (*change)->tell_plain_keys(*made, console);
    console.line("Made key " + key_id_text(*made) + ": " + ledger::to_text(*made));
    console.line(
        "It signs beside the others. Give its line to who verifies, then: varve keys "
        "retire the old one.");
    if (console.json()) {
        Json document = new_document(invocation);
        document["key_id"] = key_id_text(*made);
        document["verifier"] = ledger::to_text(*made);
        console.document(to_text(document));
    }
    return ExitCode::fine;
}

VerbResult retire(const Invocation& invocation, const Console& console,
                  const KeysOptions& options) {
    if (options.key.empty())
        return fail(Code::refused, "usage", "no key is named",
                    "varve keys retire KEY, with an id that varve keys lists");
    auto change = KeyChange::open(invocation);
    if (!change) return fail(change.error());
    const auto retired = (*change)->retire(options);
    if (!retired) return fail(retired.error());
    (*change)->sign(console);
    console.line("Retired: key " + options.key + " counts on checkpoints of up to " +
                 std::to_string(*retired->retired_up_to) + " events, and signs no more. " +
                 (options.lost ? "Where its file or a copy turns up again, destroy it."
                               : "Destroy its file and every copy of it."));
    if (console.json()) {
        Json document = new_document(invocation);
        document["key_id"] = options.key;
        document["retired_up_to"] = *retired->retired_up_to;
        console.document(to_text(document));
    }
    return ExitCode::fine;
}

}  // namespace

VerbResult keys(const Invocation& invocation, const Console& console, const KeysOptions& options) {
    if (options.action != "retire" && (!options.key.empty() || options.lost))
        return fail(Code::refused, "usage", "a key's id and --lost are of varve keys retire", "");
    if (options.action != "passphrase" && (options.remove || options.new_passphrase))
        return fail(Code::refused, "usage", "--new and --remove are of varve keys passphrase", "");
    if (options.action == "rotate") return rotate(invocation, console);
    if (options.action == "retire") return retire(invocation, console, options);
    if (options.action == "passphrase") return change_passphrase(invocation, console, options);
    return list_keys(invocation, console);
}

}  // namespace tools::varve
