#include "commands/evidence.hpp"

#include "ledger/fold.hpp"
#include "ledger/references.hpp"

#include <algorithm>
#include <limits>
#include <string_view>

namespace commands {

namespace {

using namespace ledger;

// Their events say what was done with a checkpoint or after it. What a verification has found wrong
// is none of that: it has to be covered before anything is handed out.
bool is_bookkeeping(const Event& event) {
    const auto* verified = std::get_if<LedgerVerified>(&event);
    return std::holds_alternative<CheckpointSigned>(event) ||
           std::holds_alternative<CheckpointWitnessed>(event) ||
           (verified != nullptr && verified->fault_count == 0) ||
           std::holds_alternative<LedgerCopied>(event) ||
           std::holds_alternative<ExportProduced>(event);
}

bool is_foundation(const Event& event) {
    return std::holds_alternative<LedgerCreated>(event) ||
           std::holds_alternative<KeyAdded>(event) || std::holds_alternative<KeyRetired>(event) ||
           std::holds_alternative<LedgerRestored>(event);
}

}  // namespace

EvidenceSelection::Names EvidenceSelection::names_in(const Record& record) {
    static const std::string of_targets = target_stream({});
    static const std::string of_migrations = migration_stream({});
    Names names;
    if (record.stream.starts_with(of_targets))
        names.target = record.stream.substr(of_targets.size());
    if (record.stream.starts_with(of_migrations))
        names.version = record.stream.substr(of_migrations.size());
    std::visit(
        [&](const auto& event) {
            if constexpr (requires { event.target; }) names.target = event.target.name;
            if constexpr (requires { event.version; }) names.version = event.version.text;
        },
        record.data);
    return names;
}

bool EvidenceSelection::matches(const Record& record, const Names& names) const {
    switch (scope_.kind) {
        case EvidenceScopeKind::all:
            return true;
        case EvidenceScopeKind::migration:
            return names.version == scope_.migration.text;
        case EvidenceScopeKind::run:
            return record.run == scope_.run;
        case EvidenceScopeKind::range:
            return record.recorded_at_us >= scope_.from_us && record.recorded_at_us <= scope_.to_us;
    }
    return false;
}

void EvidenceSelection::note_facts(const Record& record) {
    const std::uint64_t position = record.position;
    if (is_bookkeeping(record.data)) bookkeeping_.insert(position);
    if (is_foundation(record.data)) foundations_.push_back(position);
    std::visit(
        Overload{
            [&](const TargetRegistered& it) { targets_[it.target.name].push_back(position); },
            [&](const CheckpointSigned& it) { checkpoints_.emplace_back(position, it.size); },
            [&](const CheckpointWitnessed& it) { witnessed_.emplace_back(position, it.size); },
            [&](const LedgerVerified& it) { verified_.emplace_back(position, it.size); },
            [&](const LogReviewed& it) { reviewed_.emplace_back(position, it); },
            [&](const ContentRedacted& it) { redacted_.emplace_back(position, it); },
            [](const auto&) {},
        },
        record.data);
    if (scope_.kind == EvidenceScopeKind::all) return;  // has every redaction anyway
    for (const ContentReference& reference : references_of(record.data))
        contents_[position].push_back(reference.digest);
}

void EvidenceSelection::note_takeover(const Record& record) {
    if (std::holds_alternative<HistoryImported>(record.data) ||
        std::holds_alternative<BaselineTaken>(record.data))
        takeovers_.emplace(Command{record.stream, record.correlation}, record.position);
}

void EvidenceSelection::note_edges(const Record& record) {
    if (scope_.kind != EvidenceScopeKind::range) return;
    if (record.recorded_at_us < scope_.from_us) before_ = record.position;
    if (record.recorded_at_us > scope_.to_us && !after_) after_ = record.position;
}

void EvidenceSelection::look(const Record& record) {
    const std::uint64_t position = record.position;
    Names names = names_in(record);
    note_facts(record);
    note_takeover(record);
    note_edges(record);
    if (record.stream.starts_with(migration_stream({})))
        registrations_[names.version].push_back(position);
    if (matches(record, names)) {
        matching_.push_back(position);
        if (record.run) runs_.insert(*record.run);
        if (scope_.kind != EvidenceScopeKind::all) names_[position] = std::move(names);
        if (scope_.kind != EvidenceScopeKind::all &&
            std::holds_alternative<MigrationAdopted>(record.data))
            adopted_[position] = {record.stream, record.correlation};
    } else if (scope_.kind == EvidenceScopeKind::migration && record.run && names.version.empty()) {
        run_events_[*record.run].push_back(position);
        names_[position] = std::move(names);
    }
}

std::set<std::uint64_t> EvidenceSelection::selected() const {
    std::set<std::uint64_t> positions{matching_.begin(), matching_.end()};
    for (const auto& [run, of_run] : run_events_)
        if (runs_.contains(run)) positions.insert(of_run.begin(), of_run.end());
    return positions;
}

std::uint64_t EvidenceSelection::size_needed() const {
    const std::set<std::uint64_t> positions = selected();
    if (positions.empty()) return 0;
    std::uint64_t last = *positions.begin();
    for (const std::uint64_t position : positions)
        if (!bookkeeping_.contains(position)) last = std::max(last, position);
    for (const std::uint64_t position :
         redactions_of(roles(std::numeric_limits<std::uint64_t>::max())))
        last = std::max(last, position);
    return last + 1;
}

std::vector<std::uint64_t> EvidenceSelection::beyond(std::uint64_t size) const {
    const std::set<std::uint64_t> positions = selected();
    return {positions.lower_bound(size), positions.end()};
}

// What was said of the selected events as a whole: checkpoints, verifications, reviews.
void EvidenceSelection::add_judgements(EvidenceRoles& roles, std::uint64_t size) const {
    if (roles.empty()) return;
    const std::uint64_t first = roles.begin()->first;
    const std::uint64_t last = roles.rbegin()->first;
    const auto add = [&](std::uint64_t position) {
        if (position < size) roles.emplace(position, EvidenceRole::context);
    };
    const auto covering = std::find_if(checkpoints_.begin(), checkpoints_.end(),
                                       [&](const auto& it) { return it.second > last; });
    if (covering != checkpoints_.end()) {
        add(covering->first);
        for (const auto& [position, of_size] : witnessed_)
            if (of_size == covering->second) add(position);
    }
    for (auto it = verified_.rbegin(); it != verified_.rend(); ++it) {
        if (it->second <= last || it->first >= size) continue;
        add(it->first);
        break;
    }
    for (const auto& [position, review] : reviewed_)
        if (review.from_position <= last && review.to_position > first) add(position);
}

void EvidenceSelection::add_context(EvidenceRoles& roles, std::uint64_t size) const {
    std::set<std::string> versions;
    std::set<std::string> targets;
    for (const auto& [position, role] : roles) {
        const auto found = names_.find(position);
        if (found == names_.end()) continue;
        versions.insert(found->second.version);
        targets.insert(found->second.target);
    }
    add_judgements(roles, size);
    const auto add = [&](const Positions& positions) {
        for (const std::uint64_t position : positions)
            if (position < size) roles.emplace(position, EvidenceRole::context);
    };
    add(foundations_);
    for (const auto& [version, positions] : registrations_)
        if (versions.contains(version)) add(positions);
    for (const auto& [target, positions] : targets_)
        if (targets.contains(target)) add(positions);
    add_takeovers(roles, size);
    add(redactions_of(roles));
}

// What was found there, the tool's own rows and findings, is told once, by the takeover itself.
void EvidenceSelection::add_takeovers(EvidenceRoles& roles, std::uint64_t size) const {
    for (const auto& [adopted, command] : adopted_) {
        if (adopted >= size) continue;
        const auto [first, end] = takeovers_.equal_range(command);
        for (auto takeover = first; takeover != end; ++takeover)
            if (takeover->second < size) roles.emplace(takeover->second, EvidenceRole::context);
    }
}

// A redaction lists the first hundred events that named the content then: whatever refers to it
// beyond those, or since, is known by the digest alone.
EvidenceSelection::Positions EvidenceSelection::redactions_of(const EvidenceRoles& roles) const {
    std::set<Digest> referred;
    for (const auto& [position, digests] : contents_)
        if (roles.contains(position)) referred.insert(digests.begin(), digests.end());
    Positions found;
    for (const auto& [position, redacted] : redacted_)
        if (referred.contains(redacted.digest) ||
            std::any_of(redacted.positions.begin(), redacted.positions.end(),
                        [&](auto it) { return roles.contains(it); }))
            found.push_back(position);
    return found;
}

EvidenceRoles EvidenceSelection::roles(std::uint64_t size) const {
    EvidenceRoles roles;
    for (const std::uint64_t position : selected())
        if (position < size) roles.emplace(position, EvidenceRole::selected);
    add_context(roles, size);
    for (const auto& edge : {before(size), after(size)})
        if (edge) roles.emplace(*edge, EvidenceRole::boundary);
    return roles;
}

std::optional<std::uint64_t> EvidenceSelection::before(std::uint64_t size) const {
    if (!before_ || size == 0) return std::nullopt;
    return std::min(*before_, size - 1);
}

std::optional<std::uint64_t> EvidenceSelection::after(std::uint64_t size) const {
    return after_ && *after_ < size ? after_ : std::nullopt;
}

std::string kind_text(EvidenceScopeKind kind) {
    switch (kind) {
        case EvidenceScopeKind::all:
            return "all";
        case EvidenceScopeKind::migration:
            return "migration";
        case EvidenceScopeKind::run:
            return "run";
        case EvidenceScopeKind::range:
            return "range";
    }
    return "all";
}

std::string role_text(EvidenceRole role) {
    switch (role) {
        case EvidenceRole::selected:
            return "selected";
        case EvidenceRole::context:
            return "context";
        case EvidenceRole::boundary:
            return "boundary";
    }
    return "context";
}

}  // namespace commands
