#include "commands/recorded_witnesses.hpp"

#include "commands/database_identity.hpp"
#include "commands/reconcile.hpp"
#include "ledger/checkpoint.hpp"
#include "ledger/event.hpp"
#include "ledger/stream_records.hpp"

#include <algorithm>
#include <set>
#include <string_view>
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

// Such events say so in the words of the version that wrote them.
bool refused_another(const ledger::RunRefused& refused) {
    const auto says = [&](std::string_view words) {
        return refused.detail.find(words) != refused.detail.npos;
    };
    return refused.gate == "reconcile" && (refused.reason == "difference-cloned" ||
                                           says("(" + std::string{in_another_database} + "\"") ||
                                           says("was written by another ledger ("));
}

// What a target lost when it was put back before that decision: of what it had been given, the
// newest that it lacks, up to the first older one that it still holds. What it was given between
// the two it holds, too.
std::set<std::uint64_t> lost_before(std::uint64_t decision,
                                    const std::map<std::uint64_t, std::uint64_t>& missing,
                                    const std::set<std::uint64_t>& held) {
    std::set<std::uint64_t> lost;
    for (auto each = missing.rbegin(); each != missing.rend(); ++each) {
        const auto& [size, position] = *each;
        if (position > decision) continue;
        const auto between = held.upper_bound(size);
        if (!lost.empty() && between != held.end() && *between < *lost.begin()) break;
        lost.insert(size);
    }
    return lost;
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
    if (const auto* const resolved = std::get_if<ledger::DifferenceResolved>(&event))
        apply_decision(position, *resolved);
    if (const auto* const refused = std::get_if<ledger::RunRefused>(&event))
        if (refused_another(*refused)) targets_[refused->target].strangers.insert(position + 1);
}

void RecordedWitnesses::apply_decision(std::uint64_t position,
                                       const ledger::DifferenceResolved& resolved) {
    using ledger::DifferenceKind;
    const bool is_without =
        resolved.kind == DifferenceKind::behind && tells_that_all_are_gone(resolved.detail);
    if (is_without || resolved.kind == DifferenceKind::cloned) {
        Standing& standing = targets_[resolved.target];
        standing.anew_at = position;
        standing.has_lost_rows = is_without;
    } else if (resolved.kind == DifferenceKind::behind || resolved.kind == DifferenceKind::ahead) {
        targets_[resolved.target].put_back.push_back(position);
    }
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

// Why a checkpoint that is not there is not missed, the newest of each kind first.
struct RecordedWitnesses::Excuses {
    using Sizes = std::set<std::uint64_t>;
    Sizes older;
    std::map<std::uint64_t, Sizes> put_back;  // by the decision
    Sizes astray;

    void tell(const Standing& standing, WitnessVerdict& verdict) const {
        if (!older.empty())
            add_detail(verdict,
                       newest_of(older) +
                           (standing.has_lost_rows
                                ? ": gone with the markers that this target goes on without since "
                                  "event "
                                : ": taken by the database that this target was before event ") +
                           std::to_string(standing.anew_at));
        for (const auto& [decision, sizes] : put_back)
            add_detail(verdict, newest_of(sizes) +
                                    ": gone since the target was put back (restored from a "
                                    "backup), as event " +
                                    std::to_string(decision) + " decides");
        if (!astray.empty())
            add_detail(verdict, newest_of(astray) +
                                    ": given to a database that was refused just before, as it "
                                    "was not this target's");
    }

private:
    static std::string newest_of(const Sizes& sizes) {
        return "the " + checkpoint_of(*sizes.rbegin()) + others_before(sizes.size());
    }
};

void RecordedWitnesses::add_missing(const CheckpointWitness& witness,
                                    WitnessVerdict& verdict) const {
    if (is_fault(verdict.agreement) || verdict.agreement == Agreement::unreachable ||
        verdict.agreement == Agreement::cannot_be_asked)
        return;
    const std::set<std::uint64_t> held{verdict.held_sizes.begin(), verdict.held_sizes.end()};
    const Standing standing = standing_of(witness);
    std::map<std::uint64_t, std::uint64_t> missing;  // the events that say so, by size
    Excuses excuses;
    for (const Taken* const taken : taken_by(witness)) {
        const std::uint64_t size = taken->data.size;
        if (held.contains(size)) continue;
        if (taken->position < standing.anew_at)
            excuses.older.insert(size);
        else if (standing.strangers.contains(size))
            excuses.astray.insert(size);
        else
            missing.try_emplace(size, taken->position);
    }
    std::map<std::uint64_t, std::uint64_t> decided;  // by size: the first decision since
    for (const std::uint64_t decision : standing.put_back)
        for (const std::uint64_t size : lost_before(decision, missing, held))
            decided.try_emplace(size, decision);
    for (const auto& [size, decision] : decided) {
        excuses.put_back[decision].insert(size);
        missing.erase(size);
    }
    excuses.tell(standing, verdict);
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
