#include "commands/recorded_witnesses.hpp"

#include "commands/database_identity.hpp"
#include "commands/reconcile.hpp"
#include "ledger/checkpoint.hpp"
#include "ledger/event.hpp"
#include "ledger/stream_records.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

namespace commands {

using ledger::fail;
using ledger::Result;

namespace {

std::string checkpoint_of(std::uint64_t size) {
    return "checkpoint of " + std::to_string(size) + (size == 1 ? " event" : " events");
}

std::string others_before(std::size_t count) {
    return count > 1 ? " and " + std::to_string(count - 1) + " before it" : "";
}

void add_detail(WitnessVerdict& verdict, const std::string& detail) {
    if (!verdict.detail.empty()) verdict.detail += "; ";
    verdict.detail += detail;
}

}  // namespace

Result<RecordedWitnesses> RecordedWitnesses::read(const ledger::Reader& reader) {
    RecordedWitnesses memory;
    const auto apply = [&memory](const ledger::Record& record) {
        memory.apply(record.position, record.data);
    };
    if (auto read = ledger::for_each_record(reader, ledger::ledger_stream, apply); !read)
        return fail(read.error());
    std::set<std::string> targets;
    for (const Taken& each : memory.taken_)
        if (each.data.kind == ledger::WitnessKind::target) targets.insert(each.data.witness);
    for (const std::string& name : targets)
        if (auto read = ledger::for_each_record(reader, ledger::target_stream({name}), apply);
            !read)
            return fail(read.error());
    return memory;
}

void RecordedWitnesses::apply(std::uint64_t position, const ledger::Event& event) {
    if (const auto* const checkpoint = std::get_if<ledger::CheckpointSigned>(&event))
        notes_.insert_or_assign(checkpoint->size, checkpoint->note);
    if (const auto* const witnessed = std::get_if<ledger::CheckpointWitnessed>(&event))
        taken_.push_back({position, *witnessed});
    apply_target(position, event);
}

void RecordedWitnesses::apply_target(std::uint64_t position, const ledger::Event& event) {
    if (const auto* const registered = std::get_if<ledger::TargetRegistered>(&event)) {
        const auto [known, is_first] = targets_.try_emplace(registered->target);
        Standing& standing = known->second;
        ServerFacts facts;
        facts.system_identifier = registered->system_identifier;
        facts.database_oid = registered->database_oid;
        // What it took before nothing was run on it yet may have been elsewhere.
        if (is_first || is_another(facts, standing.system_identifier, standing.database_oid)) {
            standing.anew_at = position;
            standing.has_lost_rows = false;
        }
        standing.system_identifier = registered->system_identifier;
        standing.database_oid = registered->database_oid;
        standing.marker_schema = registered->marker_schema;
    }
    const auto* const resolved = std::get_if<ledger::DifferenceResolved>(&event);
    if (resolved == nullptr) return;
    const bool is_without = resolved->kind == ledger::DifferenceKind::behind &&
                            tells_that_all_are_gone(resolved->detail);
    if (!is_without && resolved->kind != ledger::DifferenceKind::cloned) return;
    Standing& standing = targets_[resolved->target];
    standing.anew_at = position;
    standing.has_lost_rows = is_without;
}

RecordedWitnesses::Standing RecordedWitnesses::standing_of(const CheckpointWitness& witness) const {
    if (witness.kind() != ledger::WitnessKind::target) return {};
    const auto known = targets_.find(ledger::Target{witness.name()});
    return known == targets_.end() ? Standing{} : known->second;
}

std::optional<std::string> RecordedWitnesses::marker_schema(const std::string& target) const {
    const auto known = targets_.find(ledger::Target{target});
    if (known == targets_.end() || known->second.marker_schema.empty()) return std::nullopt;
    return known->second.marker_schema;
}

std::vector<const RecordedWitnesses::Taken*> RecordedWitnesses::taken_by(
    const CheckpointWitness& witness) const {
    std::vector<const Taken*> taken;
    for (const Taken& each : taken_)
        if (each.data.kind == witness.kind() && each.data.witness == witness.name())
            taken.push_back(&each);
    return taken;
}

void RecordedWitnesses::add_missing(const CheckpointWitness& witness,
                                    WitnessVerdict& verdict) const {
    if (is_fault(verdict.agreement) || verdict.agreement == Agreement::unreachable ||
        verdict.agreement == Agreement::cannot_be_asked)
        return;
    const auto& held = verdict.held_sizes;
    const Standing standing = standing_of(witness);
    std::map<std::uint64_t, std::uint64_t> missing;  // the events that say so, by size
    std::set<std::uint64_t> older;
    for (const Taken* const taken : taken_by(witness)) {
        if (std::find(held.begin(), held.end(), taken->data.size) != held.end()) continue;
        if (taken->position < standing.anew_at)
            older.insert(taken->data.size);
        else
            missing.try_emplace(taken->data.size, taken->position);
    }
    if (!older.empty())
        add_detail(
            verdict,
            "the " + checkpoint_of(*older.rbegin()) + others_before(older.size()) +
                (standing.has_lost_rows
                     ? ": gone with the markers that this target goes on without since event "
                     : ": taken by the database that this target was before event ") +
                std::to_string(standing.anew_at));
    if (missing.empty()) return;
    const auto& [size, position] = *missing.rbegin();
    verdict.agreement = Agreement::forgot;
    add_detail(verdict, "the " + checkpoint_of(size) + others_before(missing.size()) +
                            ", which event " + std::to_string(position) +
                            " says that it took, is gone: removed there, or it was made anew");
}

bool RecordedWitnesses::holds(const Taken& taken, const ledger::Verifier& verifier) const {
    const auto signed_one = notes_.find(taken.data.size);
    if (!taken.data.cosignature || signed_one == notes_.end()) return false;
    const auto note = ledger::note_from_text(signed_one->second);
    const auto cosignature = ledger::note_from_text("-\n\n" + *taken.data.cosignature + "\n");
    return note && cosignature &&
           ledger::verify_cosignature(note->text, cosignature->signatures.front(), verifier);
}

void RecordedWitnesses::add_last_word(const CheckpointWitness& witness,
                                      const std::optional<ledger::Verifier>& verifier,
                                      WitnessVerdict& verdict) const {
    const auto taken = taken_by(witness);
    if (taken.empty()) return add_detail(verdict, "the ledger knows of nothing that it took");
    const Taken& last =
        **std::max_element(taken.begin(), taken.end(), [](const Taken* left, const Taken* right) {
            return std::pair{left->data.size, left->position} <
                   std::pair{right->data.size, right->position};
        });
    verdict.size = last.data.size;
    if (!verifier)
        return add_detail(verdict, "event " + std::to_string(last.position) +
                                       " says that it took the " + checkpoint_of(last.data.size));
    add_detail(verdict, "its last cosignature, on the " + checkpoint_of(last.data.size) +
                            ", is in the ledger and " +
                            (holds(last, *verifier) ? "holds" : "does not hold"));
}

}  // namespace commands
