#include "tools/varve/json_document.hpp"
#include "tools/varve/session.hpp"
#include "tools/varve/signing.hpp"
#include "tools/varve/verbs.hpp"

#include <algorithm>

namespace tools::varve {

using ledger::fail;
using projections::LedgerKey;

namespace {

const KeyFile* file_of(const KeysAtHand& at_hand, const LedgerKey& key) {
    const auto found =
        std::find_if(at_hand.files.begin(), at_hand.files.end(),
                     [&](const KeyFile& file) { return file.verifier == verifier_of(key); });
    return found == at_hand.files.end() ? nullptr : &*found;
}

std::string standing(const LedgerKey& key, const KeyFile* file) {
    if (key.retired_up_to)
        return "retired; counts up to " + std::to_string(*key.retired_up_to) + " events";
    if (file == nullptr) return "counts; its private key is not at hand";
    return std::string{"signs"} + (file->is_encrypted ? ", encrypted" : ", not encrypted") + ": " +
           file->path.string();
}

Json to_json(const LedgerKey& key, const KeyFile* file) {
    const std::string bytes{key.public_key.bytes.begin(), key.public_key.bytes.end()};
    return {{"name", key.name},
            {"key_id", key_id_text(verifier_of(key))},
            {"verifier", ledger::to_text(verifier_of(key))},
            {"public_key", ledger::hex(bytes)},
            {"since_position", key.position},
            {"retired_up_to", optional_json(key.retired_up_to)},
            {"at_hand", file != nullptr},
            {"encrypted", file == nullptr ? Json(nullptr) : Json(file->is_encrypted)},
            {"file", file == nullptr ? Json(nullptr) : Json(file->path.string())}};
}

}  // namespace

VerbResult list_keys(const Invocation& invocation, const Console& console) {
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    auto reading = Reading::open(*configuration);
    if (!reading) return fail(reading.error());
    const auto keys = current_keys((*reading)->reader(), (*reading)->rows());
    if (!keys) return fail(keys.error());
    const auto at_hand = find_keys(configuration->signing_key, *keys);
    for (const auto& problem : at_hand.problems) warn_of(console, "a key file is no use", problem);
    Json document = new_document(invocation);
    document["keys"] = Json::array();
    for (const LedgerKey& key : keys->keys) {
        const KeyFile* file = file_of(at_hand, key);
        console.line(key_id_text(verifier_of(key)) + "  since position " +
                     std::to_string(key.position) + "  " + standing(key, file));
        console.line("  " + ledger::to_text(verifier_of(key)));
        document["keys"].push_back(to_json(key, file));
    }
    console.document(to_text(document));
    return ExitCode::fine;
}

}  // namespace tools::varve
