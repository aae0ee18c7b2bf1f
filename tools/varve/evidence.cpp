#include "tools/varve/evidence.hpp"

#include "commands/open_attempts.hpp"
#include "ledger/codec.hpp"
#include "ledger/references.hpp"
#include "ledger/tile.hpp"
#include "ledger/tree.hpp"
#include "tools/varve/time_text.hpp"

#include <algorithm>
#include <limits>
#include <set>

namespace tools::varve {

using commands::EvidenceRole;
using commands::EvidenceScope;
using commands::EvidenceScopeKind;
using commands::EvidenceSelection;
using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

constexpr std::size_t scan_count = 1'000;

ledger::Error damaged(const std::string& what) {
    return {Code::corrupt, "ledger-damaged", what, "varve verify"};
}

// What the whole ledger is looked through for, in one pass.
struct Survey {
    EvidenceSelection selection;
    std::string organisation;
    std::vector<EvidenceKey> keys;
    std::map<ledger::Digest, std::uint64_t> redactions;
    std::set<std::string> cosigners;  // verifier keys: one name may have had several
};

// Each is added once and retired once, as ledger/signing_keys.hpp has it.
void note_key(std::vector<EvidenceKey>& keys, const ledger::Record& record) {
    const auto place_of = [&keys](const ledger::Verifier& verifier) {
        return std::find_if(keys.begin(), keys.end(),
                            [&](const EvidenceKey& key) { return key.verifier == verifier; });
    };
    if (const auto* added = std::get_if<ledger::KeyAdded>(&record.data)) {
        const ledger::Verifier verifier{added->name, added->public_key};
        if (place_of(verifier) == keys.end()) keys.push_back({verifier, record.position, {}, {}});
    }
    const auto* retired = std::get_if<ledger::KeyRetired>(&record.data);
    if (retired == nullptr) return;
    const auto key = place_of({retired->name, retired->public_key});
    if (key == keys.end() || key->until) return;
    key->until = std::min(retired->valid_up_to_size, record.position);
    key->retired_by = record.position;
}

void note(Survey& survey, const ledger::Record& record) {
    note_key(survey.keys, record);
    survey.selection.look(record);
    if (const auto* created = std::get_if<ledger::LedgerCreated>(&record.data))
        survey.organisation = created->organisation;
    if (const auto* redacted = std::get_if<ledger::ContentRedacted>(&record.data))
        survey.redactions.emplace(redacted->digest, record.position);
    if (const auto* witnessed = std::get_if<ledger::CheckpointWitnessed>(&record.data))
        if (witnessed->verifier) survey.cosigners.insert(*witnessed->verifier);
}

Result<Survey> survey(const ledger::Reader& reader, const EvidenceScope& scope) {
    Survey answer{EvidenceSelection{scope}, {}, {}, {}, {}};
    for (std::uint64_t position = 0;; position += scan_count) {
        const auto records = ledger::read_records(reader, position, scan_count);
        if (!records) return fail(records.error());
        for (const ledger::Record& record : *records) note(answer, record);
        if (records->size() < scan_count) return answer;
    }
}

std::string events_text(std::uint64_t count) {
    return std::to_string(count) + (count == 1 ? " event" : " events");
}

ledger::Error no_checkpoint(std::string what, const std::string& more_help = "") {
    return {Code::refused, "checkpoint-missing", std::move(what),
            "sign one: varve checkpoint, with the ledger's key; then export again" + more_help};
}

Result<std::string> covering_note(const ledger::Reader& reader, std::uint64_t size_needed) {
    auto found = reader.checkpoint(std::numeric_limits<std::uint64_t>::max());
    if (!found) return fail(found.error());
    if (!*found)
        return fail(
            no_checkpoint("no checkpoint of this ledger is signed, and evidence stands on one"));
    const auto note = ledger::note_from_text(**found);
    if (!note) return fail(note.error());
    const auto checkpoint = ledger::checkpoint_from_text(note->text);
    if (!checkpoint) return fail(checkpoint.error());
    if (checkpoint->size < size_needed)
        return fail(
            no_checkpoint("the newest checkpoint covers " + events_text(checkpoint->size) +
                              ", and what is asked for needs " + std::to_string(size_needed),
                          "; where that says that nothing is new, varve verify --record signs what "
                          "the last checkpoint has recorded itself"));
    return std::move(**found);
}

// The root is the ledger's, and signed by a key of the ledger that was good at that size.
Result<void> take_checkpoint(Evidence& evidence, const ledger::Reader& reader) {
    const auto note = ledger::note_from_text(evidence.note);
    if (!note) return fail(note.error());
    auto checkpoint = ledger::checkpoint_from_text(note->text);
    if (!checkpoint) return fail(checkpoint.error());
    evidence.checkpoint = std::move(*checkpoint);
    const auto root = reader.root_at(evidence.checkpoint.size);
    if (!root) return fail(root.error());
    if (*root != evidence.checkpoint.root)
        return fail(damaged("the signed root of " + events_text(evidence.checkpoint.size) +
                            " is not the ledger's own"));
    std::vector<ledger::Verifier> known;
    for (const EvidenceKey& key : evidence.keys)
        if (key.since < evidence.checkpoint.size &&
            (!key.until || evidence.checkpoint.size <= *key.until))
            known.push_back(key.verifier);
    auto names = ledger::verify_note(*note, known);
    if (!names) return fail(names.error());
    evidence.signed_by = std::move(*names);
    return {};
}

// Verifier keys of those whose signature the note carries, by the names that it gives.
Result<std::vector<std::string>> witnesses_of(const std::string& text, const Survey& survey) {
    const auto note = ledger::note_from_text(text);
    if (!note) return fail(note.error());
    std::vector<std::string> found;
    for (const std::string& verifier : survey.cosigners) {
        const auto parsed =
            ledger::verifier_from_text(verifier, ledger::SignatureType::cosignature);
        if (!parsed) continue;
        for (const ledger::Signature& signature : note->signatures)
            if (signature.name == parsed->name &&
                signature.key_id == ledger::key_id(*parsed, ledger::SignatureType::cosignature) &&
                ledger::verify_cosignature(note->text, signature, *parsed))
                found.push_back(verifier);
    }
    return found;
}

Result<EvidenceEvent> load(const ledger::Reader& reader, std::uint64_t position,
                           EvidenceRole role) {
    auto lines = reader.lines(position, 1);
    if (!lines) return fail(lines.error());
    if (lines->empty()) return fail(damaged("event " + std::to_string(position) + " is not there"));
    auto record = ledger::decode(lines->front());
    if (!record) return fail(record.error());
    return EvidenceEvent{std::move(lines->front()), std::move(*record), role};
}

// Why it is gone has to be under the checkpoint, or nobody could verify that it may be.
Result<void> check_content(const Evidence& evidence, const ledger::Digest& digest,
                           const EvidenceContent& content) {
    if (content.bytes && ledger::sha256(*content.bytes) != digest)
        return fail(damaged("content " + ledger::hex(digest) + " is not what it was"));
    const std::uint64_t size = evidence.checkpoint.size;
    if (!content.bytes && content.redacted_by && *content.redacted_by >= size)
        return fail(no_checkpoint("content " + ledger::hex(digest) + " was redacted by event " +
                                  std::to_string(*content.redacted_by) +
                                  ", which the newest checkpoint, of " + events_text(size) +
                                  ", does not cover"));
    return {};
}

Result<void> take_contents(Evidence& evidence, const ledger::Reader& reader, const Survey& survey) {
    for (const EvidenceEvent& event : evidence.events) {
        if (event.role == EvidenceRole::boundary) continue;
        for (const ledger::ContentReference& reference : ledger::references_of(event.record.data)) {
            EvidenceContent& content = evidence.contents[reference.digest];
            content.positions.push_back(event.record.position);
            if (content.positions.size() > 1) continue;
            content.reference = reference;
            auto bytes = reader.content(reference.digest);
            if (!bytes) return fail(bytes.error());
            content.bytes = std::move(*bytes);
            const auto redaction = survey.redactions.find(reference.digest);
            if (redaction != survey.redactions.end()) content.redacted_by = redaction->second;
        }
    }
    for (const auto& [digest, content] : evidence.contents)
        if (auto good = check_content(evidence, digest, content); !good) return fail(good.error());
    return {};
}

Result<std::optional<EvidenceEdge>> edge(const ledger::Reader& reader,
                                         std::optional<std::uint64_t> position) {
    if (!position) return std::optional<EvidenceEdge>{};
    const auto records = ledger::read_records(reader, *position, 1);
    if (!records) return fail(records.error());
    if (records->empty())
        return fail(damaged("event " + std::to_string(*position) + " is not there"));
    return std::optional{EvidenceEdge{*position, records->at(0).recorded_at_us}};
}

Result<void> take_edges(Evidence& evidence, const ledger::Reader& reader,
                        const EvidenceSelection& selection) {
    const std::uint64_t size = evidence.checkpoint.size;
    const auto before = edge(reader, selection.before(size));
    if (!before) return fail(before.error());
    const auto after = edge(reader, selection.after(size));
    if (!after) return fail(after.error());
    evidence.before = *before;
    evidence.after = *after;
    const auto last = edge(reader, size - 1);
    if (!last) return fail(last.error());
    evidence.recorded_at_us = (*last)->recorded_at_us;
    return {};
}

Result<void> take_beyond(Evidence& evidence, const ledger::Reader& reader,
                         const EvidenceSelection& selection) {
    evidence.beyond = selection.beyond(evidence.checkpoint.size);
    for (const std::uint64_t position : evidence.beyond) {
        const auto records = ledger::read_records(reader, position, 1);
        if (!records) return fail(records.error());
        if (records->empty())
            return fail(damaged("event " + std::to_string(position) + " is not there"));
        ++evidence.beyond_types[ledger::type_of(records->front().data)];
    }
    return {};
}

Result<void> take_in_doubt(Evidence& evidence, const ledger::Reader& reader) {
    const auto first =
        std::find_if(evidence.events.begin(), evidence.events.end(), [](const auto& event) {
            return std::holds_alternative<ledger::AttemptStarted>(event.record.data);
        });
    if (first == evidence.events.end()) return {};
    const auto open =
        commands::open_attempts(reader, first->record.position, evidence.checkpoint.size);
    if (!open) return fail(open.error());
    for (const EvidenceEvent& event : evidence.events)
        if (open->contains(event.record.position)) evidence.in_doubt.insert(event.record.position);
    return {};
}

// Bundles of entries: of everything, of what covers a range with its edges, or none.
void choose_entries(Evidence& evidence, bool all_entries) {
    const std::uint64_t size = evidence.checkpoint.size;
    const auto bundles = [](std::uint64_t end) {
        return (end + ledger::tile_width - 1) / ledger::tile_width;
    };
    if (all_entries || evidence.scope.kind == EvidenceScopeKind::all) {
        evidence.entries_end = bundles(size);
    } else if (evidence.scope.kind == EvidenceScopeKind::range) {
        const std::uint64_t first = evidence.before ? evidence.before->position : 0;
        const std::uint64_t last = evidence.after ? evidence.after->position : size - 1;
        evidence.entries_begin = first / ledger::tile_width;
        evidence.entries_end = bundles(last + 1);
    }
}

ledger::Error nothing(const EvidenceScope& scope) {
    return {Code::refused, "event-unknown", "no event of the ledger is of " + scope_text(scope),
            "varve history lists what there is"};
}

}  // namespace

Result<std::vector<ledger::Digest>> checked_proof(const ledger::Reader& reader,
                                                  const EvidenceEvent& event,
                                                  const ledger::Checkpoint& checkpoint) {
    const std::uint64_t position = event.record.position;
    auto proof = ledger::inclusion_proof(
        position, checkpoint.size,
        [&](unsigned level, std::uint64_t index) { return reader.subtree(level, index); });
    if (proof && !ledger::verify_inclusion(ledger::leaf_hash(event.line), position, checkpoint.size,
                                           checkpoint.root, *proof))
        return fail(damaged("event " + std::to_string(position) +
                            " is not the one that the signed checkpoint covers"));
    return proof;
}

std::vector<const EvidenceContent*> absent_contents(const Evidence& evidence) {
    std::vector<const EvidenceContent*> absent;
    for (const auto& [digest, content] : evidence.contents)
        if (!content.bytes && !content.redacted_by) absent.push_back(&content);
    return absent;
}

Result<std::uint64_t> size_needed(const ledger::Reader& reader, const EvidenceScope& scope) {
    const auto known = survey(reader, scope);
    if (!known) return fail(known.error());
    return known->selection.size_needed();
}

Result<Evidence> gather_evidence(const ledger::Reader& reader, const EvidenceScope& scope,
                                 bool all_entries) {
    const auto known = survey(reader, scope);
    if (!known) return fail(known.error());
    const std::uint64_t needed = known->selection.size_needed();
    if (needed == 0 && scope.kind != EvidenceScopeKind::range) return fail(nothing(scope));
    // Everything is what the newest covers, whichever that is.
    auto note = covering_note(reader, scope.kind == EvidenceScopeKind::all ? 1 : needed);
    if (!note) return fail(note.error());
    const auto head = reader.head();
    if (!head) return fail(head.error());

    Evidence evidence;
    evidence.scope = scope;
    evidence.ledger = head->ledger;
    evidence.organisation = known->organisation;
    evidence.note = std::move(*note);
    evidence.keys = known->keys;
    if (auto taken = take_checkpoint(evidence, reader); !taken) return fail(taken.error());
    auto witnesses = witnesses_of(evidence.note, *known);
    if (!witnesses) return fail(witnesses.error());
    evidence.witnesses = std::move(*witnesses);
    const std::uint64_t size = evidence.checkpoint.size;
    std::erase_if(evidence.keys, [&](const EvidenceKey& key) { return key.since >= size; });
    for (const auto& [position, role] : known->selection.roles(size)) {
        auto event = load(reader, position, role);
        if (!event) return fail(event.error());
        evidence.events.push_back(std::move(*event));
    }
    if (auto taken = take_beyond(evidence, reader, known->selection); !taken)
        return fail(taken.error());
    if (auto taken = take_contents(evidence, reader, *known); !taken) return fail(taken.error());
    if (auto taken = take_edges(evidence, reader, known->selection); !taken)
        return fail(taken.error());
    if (auto taken = take_in_doubt(evidence, reader); !taken) return fail(taken.error());
    choose_entries(evidence, all_entries);
    return evidence;
}

Result<std::vector<ledger::Version>> known_versions(const ledger::Reader& reader) {
    std::set<ledger::Version> versions;
    for (std::uint64_t position = 0;; position += scan_count) {
        const auto records = ledger::read_records(reader, position, scan_count);
        if (!records) return fail(records.error());
        for (const ledger::Record& record : *records)
            std::visit(
                [&](const auto& event) {
                    if constexpr (requires { event.version; }) versions.insert(event.version);
                },
                record.data);
        if (records->size() < scan_count) break;
    }
    return std::vector<ledger::Version>{versions.begin(), versions.end()};
}

std::string scope_text(const EvidenceScope& scope) {
    switch (scope.kind) {
        case EvidenceScopeKind::all:
            return "all";
        case EvidenceScopeKind::migration:
            return "migration " + scope.migration.text;
        case EvidenceScopeKind::run:
            return "run " + ledger::to_text(scope.run);
        case EvidenceScopeKind::range:
            return "from " + instant_text(scope.from_us) + " to " + instant_text(scope.to_us);
    }
    return "all";
}

}  // namespace tools::varve
