#include "tools/varve/json_document.hpp"
#include "tools/varve/session.hpp"
#include "tools/varve/signing.hpp"
#include "tools/varve/verbs.hpp"

#include <algorithm>
#include <filesystem>

namespace tools::varve {

using ledger::Code;
using ledger::fail;
using ledger::Result;
using ledger::Secret;

namespace {

Result<Secret> ask_twice() {
    auto first = ask_secret("New passphrase: ");
    if (!first)
        return fail(first.error().code, first.error().reason, first.error().detail,
                    "say where the new one is: --new env:NAME or --new file:PATH; or type it at a "
                    "terminal");
    const auto second = ask_secret("The same again: ");
    if (!second) return fail(second.error());
    if (first->view() == second->view()) return first;
    return fail(Code::refused, "passphrase-wrong", "the two are not the same",
                "nothing was changed; try again");
}

// Keys that have none yet get the one that the configuration names.
Result<Secret> new_passphrase(const Configuration& configuration, const KeysOptions& options,
                              bool all_have_one) {
    if (options.new_passphrase) return read_secret(*options.new_passphrase);
    if (all_have_one) return ask_twice();
    auto configured = passphrase_at_hand(configuration.key_passphrase);
    if (!configured) return fail(configured.error());
    if (!*configured) return ask_twice();
    return std::move(**configured);
}

Result<KeysAtHand> keys_at_hand(const Configuration& configuration) {
    auto reading = Reading::open(configuration);
    if (!reading) return fail(reading.error());
    const auto keys = current_keys((*reading)->reader(), (*reading)->rows());
    if (!keys) return fail(keys.error());
    auto at_hand = find_keys(configuration.signing_key, *keys);
    if (!at_hand.problems.empty()) return fail(at_hand.problems.front());
    if (at_hand.files.empty())
        return fail(Code::refused, "signing-key-missing", "no private key is at hand",
                    "varve keys lists them; put the key file back");
    return at_hand;
}

// Where the key itself is: a link in its place would leave the old file as it was, to be read.
std::filesystem::path place_of(const KeyFile& file) {
    std::error_code error;
    auto real = std::filesystem::canonical(file.path, error);
    return error ? file.path : real;
}

// All are opened before the first is written.
Result<void> write_again(const KeysAtHand& at_hand, Passphrase& old, const Secret* fresh) {
    const OpenedKeys opened = open_keys(at_hand, old);
    if (!opened.problems.empty()) return fail(opened.problems.front());
    for (std::size_t index = 0; index < at_hand.files.size(); ++index) {
        const ledger::Signer& signer = opened.signers[index];
        auto text = key_file_text(signer, fresh);
        if (!text) return fail(text.error());
        auto written = write_private_file(place_of(at_hand.files[index]), *text);
        ledger::wipe(*text);
        if (!written) return written;
    }
    return {};
}

}  // namespace

VerbResult change_passphrase(const Invocation& invocation, const Console& console,
                             const KeysOptions& options) {
    if (options.remove && options.new_passphrase)
        return fail(Code::refused, "usage", "--new and --remove say different things", "");
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    const auto at_hand = keys_at_hand(*configuration);
    if (!at_hand) return fail(at_hand.error());
    Passphrase old{configuration->key_passphrase, has_terminal()};
    std::optional<Secret> fresh;
    if (!options.remove) {
        const bool all_have_one =
            std::all_of(at_hand->files.begin(), at_hand->files.end(),
                        [](const KeyFile& file) { return file.is_encrypted; });
        auto given = new_passphrase(*configuration, options, all_have_one);
        if (!given) return fail(given.error());
        fresh.emplace(std::move(*given));
    }
    if (auto written = write_again(*at_hand, old, fresh ? &*fresh : nullptr); !written)
        return fail(written.error());
    Json document = new_document(invocation);
    document["encrypted"] = fresh.has_value();
    document["files"] = Json::array();
    for (const KeyFile& file : at_hand->files) {
        const std::string path = place_of(file).string();
        console.line((fresh ? "encrypted  " : "not encrypted  ") + path);
        document["files"].push_back(path);
    }
    console.document(to_text(document));
    return ExitCode::fine;
}

}  // namespace tools::varve
