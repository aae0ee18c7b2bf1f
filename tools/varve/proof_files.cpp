#include "tools/varve/proof_files.hpp"

#include "adapters/files/durable_file.hpp"
#include "commands/prove.hpp"
#include "ledger/codec.hpp"
#include "ledger/tree.hpp"
#include "tools/varve/session.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <utility>

namespace tools::varve {

namespace fs = std::filesystem;
using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

struct Keys {
    std::vector<ledger::Verifier> given;
    ledger::SigningKeys of_ledger;
    std::string from;

    // Those whose signatures count on a checkpoint of `size` events.
    [[nodiscard]] std::vector<ledger::Verifier> counting(std::uint64_t size) const {
        return given.empty() ? of_ledger.counting(size) : given;
    }
};

Result<Keys> given_keys(const std::vector<std::string>& texts) {
    Keys keys{{}, {}, "--key"};
    for (const std::string& text : texts) {
        auto verifier = ledger::verifier_from_text(text);
        if (!verifier) return fail(verifier.error());
        keys.given.push_back(std::move(*verifier));
    }
    return keys;
}

Result<Keys> keys_of_ledger(const Invocation& invocation) {
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    auto reading = Reading::open(*configuration);
    if (!reading && reading.error().reason == "ledger-missing")
        return fail(
            Code::refused, "key-missing",
            "there is no ledger here that could say whose signature counts",
            "--key NAME+ID+KEY: the verifier key, as whoever trusts the ledger has noted it");
    if (!reading) return fail(reading.error());
    auto keys = commands::read_signing_keys((*reading)->reader());
    if (!keys) return fail(keys.error());
    return Keys{{}, std::move(*keys), configuration->ledger.string()};
}

Result<Keys> trusted_keys(const Invocation& invocation, const ProveOptions& options) {
    return options.keys.empty() ? keys_of_ledger(invocation) : given_keys(options.keys);
}

Result<ledger::Checkpoint> checkpoint_of(const std::string& note_text) {
    const auto note = ledger::note_from_text(note_text);
    if (!note) return fail(note.error());
    return ledger::checkpoint_from_text(note->text);
}

// The given line, or the one that the proof suggests: the proof says which is right.
Result<std::pair<std::string, std::string>> line_of(const ledger::TlogProof& proof,
                                                    const ProveOptions& options) {
    if (!options.line) {
        if (proof.extra) return std::pair{*proof.extra, std::string{"the proof's own"}};
        return fail(Code::refused, "usage", "the proof does not hold the line that it is of",
                    "--line FILE: the stored line, as `varve show POSITION --raw` prints it");
    }
    auto text = read_text_file(*options.line);
    if (!text) return fail(text.error());
    if (text->ends_with('\n')) text->pop_back();
    return std::pair{std::move(*text), *options.line};
}

// A key speaks for the ledger of its own name: whoever holds another one can sign what they like.
Result<void> expect_own_key(const std::vector<std::string>& names, const std::string& origin) {
    if (std::find(names.begin(), names.end(), origin) != names.end()) return {};
    return fail(Code::refused, "note-unverified",
                "the checkpoint is one of " + origin +
                    ", and signed by the key of another ledger, " + names.front(),
                "give the verifier key of that ledger, as whoever trusts it has noted it");
}

Result<CheckedProof> check_inclusion(const Invocation& invocation, const ProveOptions& options,
                                     const std::string& text) {
    const auto proof = ledger::tlog_proof_from_text(text);
    if (!proof) return fail(proof.error());
    auto line = line_of(*proof, options);
    if (!line) return fail(line.error());
    const auto checkpoint = checkpoint_of(proof->checkpoint);
    if (!checkpoint) return fail(checkpoint.error());
    const auto keys = trusted_keys(invocation, options);
    if (!keys) return fail(keys.error());
    auto proven =
        ledger::verify(*proof, ledger::leaf_hash(line->first), keys->counting(checkpoint->size));
    if (!proven) return fail(proven.error());
    if (auto own = expect_own_key(proven->signed_by, checkpoint->origin); !own)
        return fail(own.error());
    const auto record = ledger::decode(line->first);
    if (!record) return fail(record.error());
    if (record->position != proof->index)
        return fail(Code::corrupt, "proof-invalid",
                    "the line says it is at position " + std::to_string(record->position) +
                        ", the proof is of " + std::to_string(proof->index),
                    "do not trust the ledger or the copy that gave this proof");
    return CheckedProof{std::move(line->first), std::move(line->second),
                        proof->index,           0,
                        std::move(*proven),     keys->from};
}

// The proof starts from the checkpoint that was kept, and a key that counts on it has signed that.
Result<void> expect_kept(const CheckpointFile& kept, const std::string& path,
                         const ledger::TlogConsistency& proof, const ledger::Checkpoint& grown,
                         const Keys& keys) {
    const ledger::Checkpoint& old = kept.checkpoint;
    if (proof.old_size != old.size || grown.origin != old.origin)
        return fail(Code::refused, "checkpoint-unfit",
                    "the proof starts from " + std::to_string(proof.old_size) + " events of " +
                        grown.origin + "; " + path + " has " + std::to_string(old.size) +
                        " events of " + old.origin,
                    "give the checkpoint that the proof starts from, or ask for a proof from this "
                    "one: varve prove --consistency " +
                        path + " SIZE");
    const auto names = ledger::verify_note(kept.note, keys.counting(old.size));
    if (names) return expect_own_key(*names, old.origin);
    return fail(
        names.error().code, names.error().reason, path + ": " + names.error().detail,
        names.error().reason == "note-unverified"
            ? "give the key that signed it too: --key once for each, where keys were rotated"
            : names.error().help);
}

Result<CheckedProof> check_consistency(const Invocation& invocation, const ProveOptions& options,
                                       const std::string& text) {
    const auto proof = ledger::tlog_consistency_from_text(text);
    if (!proof) return fail(proof.error());
    if (!options.old)
        return fail(Code::refused, "usage", "a proof of consistency starts from a checkpoint",
                    "--old FILE: the checkpoint that you have kept");
    const auto old = read_checkpoint_file(*options.old);
    if (!old) return fail(old.error());
    const auto grown = checkpoint_of(proof->checkpoint);
    if (!grown) return fail(grown.error());
    const auto keys = trusted_keys(invocation, options);
    if (!keys) return fail(keys.error());
    if (auto fits = expect_kept(*old, *options.old, *proof, *grown, *keys); !fits)
        return fail(fits.error());
    auto proven = ledger::verify(*proof, old->checkpoint.root, keys->counting(grown->size));
    if (!proven) return fail(proven.error());
    if (auto own = expect_own_key(proven->signed_by, grown->origin); !own) return fail(own.error());
    return CheckedProof{std::nullopt, {}, 0, proof->old_size, std::move(*proven), keys->from};
}

ledger::Error no_checkpoint(const std::string& path, const ledger::Error& error) {
    return {error.code, error.reason, path + " is no signed checkpoint: " + error.detail,
            "name the file that was kept: `varve checkpoint --output FILE` writes one"};
}

// A pipe or a device takes bytes and cannot be replaced.
Result<void> write_through(const std::string& path, const std::string& text) {
    std::ofstream out{path, std::ios::binary};
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    out.close();
    if (out) return {};
    return fail(Code::unavailable, "file-unwritable", "cannot write " + path,
                "look at the folder's permissions and the disk's free space");
}

unsigned mode_of_new_file() {
    const mode_t mask = umask(0);
    umask(mask);
    return 0666U & ~mask;
}

}  // namespace

std::optional<std::uint64_t> whole_number(const std::string& word) {
    std::uint64_t number = 0;
    const char* const end = word.data() + word.size();
    const auto [stop, error] = std::from_chars(word.data(), end, number);
    return error == std::errc{} && stop == end ? std::optional{number} : std::nullopt;
}

Result<std::string> read_text_file(const std::string& path) {
    std::error_code error;
    if (fs::is_directory(path, error))
        return fail(Code::refused, "file-unreadable", "cannot read " + path + ": it is a folder",
                    "name a file");
    std::ifstream in{path, std::ios::binary};
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    if (!in.is_open() || in.bad())
        return fail(Code::refused, "file-unreadable", "cannot read " + path,
                    "look at its path and its permissions");
    return text;
}

Result<void> write_text_file(const std::string& path, const std::string& text) {
    std::error_code error;
    const auto found = fs::status(path, error);
    if (fs::exists(found) && !fs::is_regular_file(found)) return write_through(path, text);
    const unsigned mode = fs::exists(found)
                              ? static_cast<unsigned>(found.permissions() & fs::perms::mask)
                              : mode_of_new_file();
    // A link stays one: what it leads to is replaced.
    const fs::path place = fs::weakly_canonical(path, error);
    return adapters::files::write_durably(error ? fs::path{path} : place, text, mode);
}

Result<CheckpointFile> read_checkpoint_file(const std::string& path) {
    const auto text = read_text_file(path);
    if (!text) return fail(text.error());
    auto note = ledger::note_from_text(*text);
    if (!note) return fail(no_checkpoint(path, note.error()));
    auto checkpoint = ledger::checkpoint_from_text(note->text);
    if (!checkpoint) return fail(no_checkpoint(path, checkpoint.error()));
    return CheckpointFile{std::move(*note), std::move(*checkpoint)};
}

Result<CheckedProof> check_proof_file(const Invocation& invocation, const ProveOptions& options) {
    const auto text = read_text_file(*options.check);
    if (!text) return fail(text.error());
    return text->starts_with("old ") ? check_consistency(invocation, options, *text)
                                     : check_inclusion(invocation, options, *text);
}

}  // namespace tools::varve
