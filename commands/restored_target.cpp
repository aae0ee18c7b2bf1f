#include "commands/restored_target.hpp"

#include "commands/database_identity.hpp"
#include "commands/reconcile.hpp"
#include "ledger/codec.hpp"
#include "ledger/fold.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace commands {

using ledger::Digest;

namespace {

constexpr std::string_view refused_type = "run-refused";  // as a line has it

// A marker without a digest fits any text, and a text that the ledger has not any marker.
bool may_be_same_text(const std::optional<Digest>& one, const std::optional<Digest>& other) {
    const Digest none{};
    return one && other && (*one == *other || *one == none || *other == none);
}

// Whether what counts as applied is another than before.
bool decides_what_is_applied(const ledger::DifferenceResolved& resolved) {
    const bool is_on_file =
        resolved.kind == DifferenceKind::missing || resolved.kind == DifferenceKind::out_of_order;
    return resolved.kind != DifferenceKind::in_doubt &&
           !(is_on_file && resolved.resolution == ledger::Resolution::adopt);
}

// Whether it lacks something, or has again what was taken away.
bool refused_as_older(const ledger::RunRefused& refused) {
    return refused.gate == "reconcile" && !refused_another(refused) &&
           (refused.reason == "difference-behind" || tells_of_an_older_state(refused.detail));
}

}  // namespace

// In the words of the version that wrote it.
bool refused_another(const ledger::RunRefused& refused) {
    const auto says = [&](const std::string& words) {
        return refused.detail.find(words) != refused.detail.npos;
    };
    return refused.gate == "reconcile" && (says("(" + std::string{in_another_database} + "\"") ||
                                           says("\"" + std::string{stands_elsewhere}));
}

bool refused_as_differing(const ledger::RunRefused& refused) {
    const auto is_of = [&](DifferenceKind kind) {
        return refused.reason == "difference-" + to_text(kind);
    };
    return refused.gate == "reconcile" &&
           (is_of(DifferenceKind::behind) || is_of(DifferenceKind::ahead) ||
            is_of(DifferenceKind::cloned));
}

ledger::Result<bool> is_refused_as_differing(const ledger::Reader& reader,
                                             const ledger::Target& target, std::uint64_t position) {
    bool says_so = false;
    const auto take = [&](std::string_view line) -> ledger::Result<void> {
        // After a long run there are thousands, and hardly ever one that is to be decoded.
        if (says_so || line.find(refused_type) == line.npos) return {};
        const auto record = ledger::decode(line);
        if (!record) return ledger::fail(record.error());
        const auto* const refused = std::get_if<ledger::RunRefused>(&record->data);
        says_so = refused != nullptr && refused->target == target && refused_as_differing(*refused);
        return {};
    };
    const auto all = std::numeric_limits<std::uint64_t>::max();
    if (const auto read = reader.each_line(position, all, take); !read)
        return ledger::fail(read.error());
    return says_so;
}

void RestoredTarget::apply(std::uint64_t position, const ledger::Event& event) {
    const auto end_half_done = [&](const auto& stopped) {
        if (stopped.resumable)
            changes_[stopped.version].push_back({run_began_, position, std::nullopt});
    };
    std::visit(
        ledger::Overload{
            [&](const ledger::RunStarted&) { begin_run(position); },
            [&](const ledger::RollbackStarted&) { begin_run(position); },
            [&](const ledger::RunRefused& e) {
                if (refused_as_older(e)) notice(position);
            },
            [&](const ledger::AttemptSucceeded& e) {
                const bool is_up = e.direction == ledger::Direction::up;
                changes_[e.version].push_back(
                    {run_began_, position, is_up ? std::optional{e.digest} : std::nullopt});
            },
            [&](const ledger::AttemptFailed& e) { end_half_done(e); },
            [&](const ledger::AttemptCancelled& e) { end_half_done(e); },
            [&](const ledger::MigrationAdopted& e) {
                changes_[e.version].push_back({position, position, e.digest.value_or(Digest{})});
            },
            [&](const ledger::DifferenceResolved& e) { decide(position, e); },
            [](const auto&) {},
        },
        event);
}

void RestoredTarget::begin_run(std::uint64_t position) {
    if (const auto decided = decided_now()) before_.push_back(*decided);
    decided_ = {};
    run_began_ = position;
}

void RestoredTarget::notice(std::uint64_t position) {
    // Before any decision, what was refused earlier may have been put right without a run.
    if (decided_.versions.empty()) decided_.noticed = position;
}

void RestoredTarget::decide(std::uint64_t position, const ledger::DifferenceResolved& resolved) {
    if (resolved.kind == DifferenceKind::behind || resolved.kind == DifferenceKind::ahead) {
        if (decided_.noticed == 0) decided_.noticed = position;
        decided_.versions.insert(resolved.version);
        note_lacked(position, resolved);
    }
    if (decides_what_is_applied(resolved))
        changes_[resolved.version].push_back({position, position, resolved.digest});
}

void RestoredTarget::note_lacked(std::uint64_t position,
                                 const ledger::DifferenceResolved& resolved) {
    const auto known = changes_.find(resolved.version);
    if (known == changes_.end()) return;
    const auto& changes = known->second;
    const auto older = text_of_marker(resolved.detail);
    const bool is_ahead = resolved.kind == DifferenceKind::ahead;
    if (older || is_ahead) {
        const auto had = std::ranges::find_if(changes, [&](const Change& each) {
            return each.text && (!older || each.text == older);
        });
        const bool is_of_then =
            !is_ahead || (!changes.back().text && tells_of_an_older_state(resolved.detail));
        if (had == changes.end() || !is_of_then) return;
        if (had->position > decided_.had.position) decided_.had = *had;
    } else if (resolved.resolution != ledger::Resolution::mark_unapplied) {
        return;
    }
    decided_.lacked.push_back({position, changes.back().position});
}

// Of one that was undone and made again, the first time that it stood with this text: it may be of
// then.
RestoredTarget::Change RestoredTarget::newest_that_stands() const {
    Change newest = decided_.had;
    for (const auto& [version, changes] : changes_) {
        if (decided_.versions.contains(version)) continue;
        const auto later =
            std::ranges::lower_bound(changes, decided_.noticed, {}, &Change::position);
        if (later == changes.begin()) continue;
        const auto& stands = std::prev(later)->text;
        const auto first = std::find_if(changes.begin(), later, [&](const Change& each) {
            return may_be_same_text(each.text, stands);
        });
        if (first != later && first->position > newest.position) newest = *first;
    }
    return newest;
}

std::optional<PutBack> RestoredTarget::decided_now() const {
    const auto& lacked = decided_.lacked;
    if (lacked.empty()) return std::nullopt;
    const auto [oldest, latest] = std::ranges::minmax_element(lacked, {}, &Lacked::change);
    const Change stands = newest_that_stands();
    if (stands.position > oldest->change) return std::nullopt;
    return PutBack{lacked.front().decision, lacked.size(),
                   decided_.noticed,        stands.began,
                   oldest->change,          std::max(run_began_, latest->change)};
}

std::vector<PutBack> RestoredTarget::put_back() const {
    auto all = before_;
    if (const auto decided = decided_now()) all.push_back(*decided);
    return all;
}

}  // namespace commands
