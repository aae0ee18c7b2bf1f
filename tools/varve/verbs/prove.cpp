#include "commands/prove.hpp"

#include "ledger/base64.hpp"
#include "ledger/codec.hpp"
#include "ledger/tree.hpp"
#include "tools/varve/event_text.hpp"
#include "tools/varve/json_document.hpp"
#include "tools/varve/proof_files.hpp"
#include "tools/varve/session.hpp"
#include "tools/varve/time_text.hpp"
#include "tools/varve/verbs.hpp"

#include <cstdio>

namespace tools::varve {

using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

std::string base64_of(const ledger::Digest& hash) {
    return ledger::base64({reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size()});
}

Json path_json(const std::vector<ledger::Digest>& path) {
    Json json = Json::array();
    for (const ledger::Digest& hash : path) json.push_back(base64_of(hash));
    return json;
}

// The proof alone on stdout or in its file, and what it says for a person; the proof last where no
// place for it is named.
Result<void> hand_out(const Console& console, const std::optional<std::string>& output,
                      const std::vector<std::string>& said, const std::string& proof) {
    if (output == "-") {
        for (const std::string& line : said) console.note(line);
        std::fwrite(proof.data(), 1, proof.size(), stdout);
        return {};
    }
    if (output)
        if (auto written = write_text_file(*output, proof); !written) return written;
    console.lines(said);
    if (!output && !proof.empty()) console.line("\n" + proof.substr(0, proof.size() - 1));
    return {};
}

VerbResult prove_position(const Invocation& invocation, const Console& console,
                          const ProveOptions& options, const ledger::Reader& reader) {
    const auto proof = commands::prove_event(reader, *options.position, options.checkpoint);
    if (!proof) return fail(proof.error());
    const auto record = ledger::decode(proof->line);
    if (!record) return fail(record.error());
    const ledger::Checkpoint& checkpoint = proof->checkpoint;
    std::vector<std::string> said{
        "event       " + std::to_string(record->position) + ": " + sentence(record->data),
        "recorded    " + instant_text(record->recorded_at_us) + " by " + record->actor.id,
        "leaf        " + ledger::hex(proof->leaf),
        "checkpoint  " + std::to_string(checkpoint.size) + " events, root " +
            ledger::hex(checkpoint.root) + ", of " + checkpoint.origin,
        "path        " + std::to_string(proof->proof.path.size()) + " hashes"};
    const std::string text = to_text(proof->proof);
    if (options.output && *options.output != "-") said.push_back("proof       " + *options.output);
    if (auto done = hand_out(console, options.output, said, text); !done) return fail(done.error());
    if (console.json()) {
        Json document = new_document(invocation);
        document["line"] = proof->line;
        document["leaf"] = ledger::hex(proof->leaf);
        document["index"] = *options.position;
        document["size"] = checkpoint.size;
        document["root"] = ledger::hex(checkpoint.root);
        document["origin"] = checkpoint.origin;
        document["path"] = path_json(proof->proof.path);
        document["checkpoint"] = proof->proof.checkpoint;
        document["proof"] = text;
        console.document(to_text(document));
    }
    return ExitCode::fine;
}

// A size, or a file with the checkpoint that somebody kept: then it has to be one of this ledger.
Result<std::uint64_t> size_from(const std::string& word, const ledger::Reader& reader) {
    if (const auto number = whole_number(word)) return *number;
    const auto kept = read_checkpoint_file(word);
    if (!kept) return fail(kept.error());
    if (auto fits = commands::check_kept(reader, kept->note, kept->checkpoint); !fits)
        return fail(fits.error());
    return kept->checkpoint.size;
}

VerbResult prove_consistency(const Invocation& invocation, const Console& console,
                             const ProveOptions& options, const ledger::Reader& reader) {
    const auto old_size = size_from(options.consistency.at(0), reader);
    if (!old_size) return fail(old_size.error());
    const auto size = size_from(options.consistency.at(1), reader);
    if (!size) return fail(size.error());
    const auto growth = commands::prove_growth(reader, *old_size, *size);
    if (!growth) return fail(growth.error());
    const ledger::TlogConsistency proof{growth->old_size, growth->path,
                                        growth->checkpoint.value_or("")};
    if (!growth->checkpoint && options.output)
        return fail(Code::refused, "checkpoint-unknown",
                    "no checkpoint of " + std::to_string(growth->size) + " events was signed",
                    "name a size that was: varve history --type checkpoint-signed");
    const std::string text = growth->checkpoint ? to_text(proof) : std::string{};
    std::vector<std::string> said{
        "old   " + std::to_string(growth->old_size) + " events, root " + hex(growth->old_root),
        "new   " + std::to_string(growth->size) + " events, root " + hex(growth->root),
        "path  " + std::to_string(growth->path.size()) + " hashes"};
    for (const ledger::Digest& hash : growth->path) said.push_back("      " + base64_of(hash));
    if (!growth->checkpoint) said.emplace_back("No checkpoint of the new size was signed.");
    if (auto done = hand_out(console, options.output, said, text); !done) return fail(done.error());
    if (console.json()) {
        Json document = new_document(invocation);
        document["old_size"] = growth->old_size;
        document["old_root"] = ledger::hex(growth->old_root);
        document["size"] = growth->size;
        document["root"] = ledger::hex(growth->root);
        document["path"] = path_json(growth->path);
        document["checkpoint"] = optional_json(growth->checkpoint);
        document["proof"] = growth->checkpoint ? Json(text) : Json(nullptr);
        console.document(to_text(document));
    }
    return ExitCode::fine;
}

VerbResult tell_checked(const Invocation& invocation, const Console& console,
                        const CheckedProof& checked) {
    std::vector<std::string> said{console.paint(Colour::green, "holds")};
    if (checked.line) {
        const auto record = ledger::decode(*checked.line);
        if (!record) return fail(record.error());
        said.push_back("event       " + std::to_string(checked.index) + ": " +
                       sentence(record->data));
        said.push_back("recorded    " + instant_text(record->recorded_at_us) + " by " +
                       record->actor.id);
        said.push_back("line        " + checked.line_from);
    } else {
        said.push_back("grown from  " + std::to_string(checked.old_size) + " events");
    }
    said.push_back("checkpoint  " + std::to_string(checked.proven.checkpoint.size) +
                   " events, root " + ledger::hex(checked.proven.checkpoint.root) + ", of " +
                   checked.proven.checkpoint.origin);
    for (const std::string& name : checked.proven.signed_by)
        said.push_back("signed by   " + name + " (key of " + checked.keys_from + ")");
    console.lines(said);
    if (console.json()) {
        Json document = new_document(invocation);
        document["ok"] = true;
        document["line"] = optional_json(checked.line);
        document["index"] = checked.line ? Json(checked.index) : Json(nullptr);
        document["old_size"] = checked.line ? Json(nullptr) : Json(checked.old_size);
        document["size"] = checked.proven.checkpoint.size;
        document["root"] = ledger::hex(checked.proven.checkpoint.root);
        document["origin"] = checked.proven.checkpoint.origin;
        document["signed_by"] = checked.proven.signed_by;
        console.document(to_text(document));
    }
    return ExitCode::fine;
}

Result<void> fits_together(const ProveOptions& options, bool json) {
    const int asked = static_cast<int>(options.position.has_value()) +
                      static_cast<int>(!options.consistency.empty()) +
                      static_cast<int>(options.check.has_value());
    if (asked != 1)
        return fail(Code::refused, "usage", "prove takes a position, --consistency or --check",
                    "varve prove 42, varve prove --consistency 100 250, varve prove --check FILE");
    if (json && options.output == "-")
        return fail(Code::refused, "usage", "stdout cannot take both the document and the proof",
                    "the document has it as its member \"proof\"");
    return {};
}

}  // namespace

VerbResult prove(const Invocation& invocation, const Console& console,
                 const ProveOptions& options) {
    if (auto fits = fits_together(options, console.json()); !fits) return fail(fits.error());
    if (options.check) {
        const auto checked = check_proof_file(invocation, options);
        if (!checked) return fail(checked.error());
        return tell_checked(invocation, console, *checked);
    }
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    auto reading = Reading::open(*configuration);
    if (!reading) return fail(reading.error());
    const ledger::Reader& reader = (*reading)->reader();
    return options.position ? prove_position(invocation, console, options, reader)
                            : prove_consistency(invocation, console, options, reader);
}

}  // namespace tools::varve
