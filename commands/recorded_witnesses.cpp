#include "commands/recorded_witnesses.hpp"

#include "commands/database_identity.hpp"
#include "commands/reconcile.hpp"
#include "ledger/checkpoint.hpp"
#include "ledger/event.hpp"
#include "ledger/stream_records.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <variant>

namespace commands {

using ledger::fail;
using ledger::Result;

namespace {

using Missing = std::map<std::uint64_t, std::uint64_t>;  // the events that say so, by size

std::string checkpoint_of(std::uint64_t size) {
    return "checkpoint of " + std::to_string(size) + (size == 1 ? " event" : " events");
}

std::string others_before(std::size_t count) {
    return count > 1 ? " and " + std::to_string(count - 1) + " before it" : "";
}

ledger::Target target_of(const ledger::Event& event) {
    return std::visit(
        [](const auto& each) {
            if constexpr (requires { each.target; })
                return ledger::Target{each.target};
            else
                return ledger::Target{};
        },
        event);
}

// What a target lost when it was put back: all that it was given between the moment that it has
// again and that in which it was put back, and so nothing older than a row that it has from before.
// Where it has one from before that it should lack, no restoring explains what is missing.
std::set<std::uint64_t> lost_with(const PutBack& put_back, const Missing& missing,
                                  const std::set<std::uint64_t>& held) {
    const auto next = held.upper_bound(put_back.at_after);
    const std::uint64_t kept = next == held.begin() ? 0 : *std::prev(next);
    std::set<std::uint64_t> lost;
    if (kept > put_back.earlier_than) return lost;
    auto each = missing.upper_bound(std::max(kept, put_back.later_than));
    for (; each != missing.end() && (next == held.end() || each->first < *next); ++each)
        if (each->second < put_back.noticed) lost.insert(each->first);
    return lost;
}

std::string decided_by(const PutBack& put_back) {
    const std::size_t more = put_back.decisions_count - 1;
    return "as event " + std::to_string(put_back.decision) + " decides" +
           (more == 0 ? "" : " (and " + std::to_string(more) + " after it)");
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
        taken_.push_back({position, noted_after(position), *witnessed});
    if (std::holds_alternative<ledger::LedgerRestored>(event)) loss_at_ = position;
    apply_target(position, event);
}

std::uint64_t RecordedWitnesses::noted_after(std::uint64_t position) const {
    if (!taken_.empty() && taken_.back().position + 1 == position) return taken_.back().noted_after;
    return position == 0 ? 0 : position - 1;
}

void RecordedWitnesses::apply_target(std::uint64_t position, const ledger::Event& event) {
    const ledger::Target target = target_of(event);
    if (target.name.empty()) return;
    Standing& standing = targets_[target];
    standing.restored.apply(position, event);
    if (const auto* const registered = std::get_if<ledger::TargetRegistered>(&event))
        standing.become(position, *registered);
    if (const auto* const resolved = std::get_if<ledger::DifferenceResolved>(&event))
        standing.begin_anew(position, *resolved);
    if (const auto* const refused = std::get_if<ledger::RunRefused>(&event))
        standing.refuse(position, *refused);
    if (std::holds_alternative<ledger::RunStarted>(event) ||
        std::holds_alternative<ledger::RollbackStarted>(event))
        standing.begin_run();
}

void RecordedWitnesses::Standing::refuse(std::uint64_t position,
                                         const ledger::RunRefused& refused) {
    if (commands::refused_another(refused))
        refused_another.insert(position);
    else if (refused_as_differing(refused))
        refused_differing.insert(position);
}

// Nothing differs where one begins, and no decision has put it right.
void RecordedWitnesses::Standing::begin_run() { refused_another.merge(refused_differing); }

void RecordedWitnesses::Standing::become(std::uint64_t position,
                                         const ledger::TargetRegistered& registered) {
    ServerFacts facts;
    facts.system_identifier = registered.system_identifier;
    facts.database_oid = registered.database_oid;
    // So is any where it was none: what it took before may have been elsewhere.
    if (is_another(facts, system_identifier, database_oid)) {
        anew_at = position;
        has_lost_rows = false;
    }
    system_identifier = registered.system_identifier;
    database_oid = registered.database_oid;
    marker_schema = registered.marker_schema;
}

void RecordedWitnesses::Standing::begin_anew(std::uint64_t position,
                                             const ledger::DifferenceResolved& resolved) {
    refused_differing.clear();
    using ledger::DifferenceKind;
    const bool is_without =
        resolved.kind == DifferenceKind::behind && tells_that_all_are_gone(resolved.detail);
    if (!is_without && resolved.kind != DifferenceKind::cloned) return;
    anew_at = position;
    has_lost_rows = is_without;
}

// Whoever was refused just before has seen it in the database that was refused.
bool RecordedWitnesses::Standing::is_astray(const Taken& taken) const {
    return taken.data.size > 0 && refused_another.contains(taken.data.size - 1) &&
           refused_another.contains(taken.noted_after);
}

const RecordedWitnesses::Standing& RecordedWitnesses::standing_of(ledger::WitnessKind kind,
                                                                  const std::string& name) const {
    static const Standing nothing;
    if (kind != ledger::WitnessKind::target) return nothing;
    const auto known = targets_.find(ledger::Target{name});
    return known == targets_.end() ? nothing : known->second;
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
    std::vector<std::pair<std::string, Sizes>> put_back;  // by what decides it
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
        for (const auto& [decided, sizes] : put_back)
            add_detail(verdict, newest_of(sizes) +
                                    ": gone since the target was put back (restored from a "
                                    "backup), " +
                                    decided);
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
    const Standing& standing = standing_of(witness.kind(), witness.name());
    Missing missing;
    Excuses excuses;
    for (const Taken* const taken : taken_by(witness)) {
        const std::uint64_t size = taken->data.size;
        if (held.contains(size)) continue;
        if (taken->position < standing.anew_at)
            excuses.older.insert(size);
        else if (standing.is_astray(*taken))
            excuses.astray.insert(size);
        else
            missing.try_emplace(size, taken->position);
    }
    for (const PutBack& put_back : standing.restored.put_back()) {
        const auto lost = lost_with(put_back, missing, held);
        for (const std::uint64_t size : lost) missing.erase(size);
        if (!lost.empty()) excuses.put_back.emplace_back(decided_by(put_back), lost);
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

bool RecordedWitnesses::is_expected(const Taken& taken) const {
    const Standing& standing = standing_of(taken.data.kind, taken.data.witness);
    return taken.position >= standing.anew_at && !standing.is_astray(taken);
}

WitnessVerdict RecordedWitnesses::unasked(const std::string& witness,
                                          const std::vector<const Taken*>& taken,
                                          const std::vector<WitnessVerdict>& verdicts) const {
    const Taken& last = *taken.back();
    const ledger::WitnessKind kind = last.data.kind;
    std::set<std::uint64_t> sizes;
    for (const Taken* const each : taken) sizes.insert(each->data.size);
    WitnessVerdict verdict;
    verdict.witness = witness;
    verdict.size = *sizes.rbegin();
    verdict.agreement =
        kind == ledger::WitnessKind::webhook ? Agreement::cannot_be_asked : Agreement::not_named;
    add_detail(verdict, "event " + std::to_string(last.position) + " says that it took the " +
                            checkpoint_of(last.data.size) + others_before(taken.size()));
    const auto holds_them = [&](const WitnessVerdict& other) {
        return other.witness.starts_with(witness_text(ledger::WitnessKind::folder, "")) &&
               std::ranges::all_of(sizes, [&](std::uint64_t size) {
                   return std::ranges::find(other.held_sizes, size) != other.held_sizes.end();
               });
    };
    const auto holder = kind == ledger::WitnessKind::folder
                            ? std::ranges::find_if(verdicts, holds_them)
                            : verdicts.end();
    if (holder != verdicts.end()) {
        verdict.agreement = Agreement::not_needed;
        add_detail(verdict, holder->witness + " holds all that it took");
    } else if (kind == ledger::WitnessKind::cosigner && last.position < loss_at_) {
        verdict.agreement = Agreement::not_needed;
        add_detail(verdict, "nothing since event " + std::to_string(loss_at_) +
                                ", which accepts a loss: it refuses what came after that");
    }
    return verdict;
}

std::vector<WitnessVerdict> RecordedWitnesses::not_asked(
    const std::set<std::string>& asked, const std::vector<WitnessVerdict>& verdicts) const {
    std::map<std::string, std::vector<const Taken*>> unasked_of;
    for (const Taken& taken : taken_) {
        std::string witness = witness_text(taken.data.kind, taken.data.witness);
        if (!asked.contains(witness) && is_expected(taken))
            unasked_of[std::move(witness)].push_back(&taken);
    }
    std::vector<WitnessVerdict> answer;
    for (const auto& [witness, taken] : unasked_of)
        answer.push_back(unasked(witness, taken, verdicts));
    return answer;
}

}  // namespace commands
