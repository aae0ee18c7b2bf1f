#include "projections/changes.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <variant>

namespace projections {

using ledger::Record;

namespace {

// The target's name, empty where it is about none, and the version.
using Subject = std::pair<std::string, std::string>;

// The events that move a migration on a target, and those that only tell of it.
struct Moves {
    std::string name;
    std::vector<const Record*> moving;
    std::vector<const Record*> attempts;
    std::vector<const Record*> failures;
    std::vector<const Record*> decisions;
    std::vector<const Record*> registrations;
    std::vector<const Record*> revisions;
};

std::map<Subject, const StatusRow*> rows_of(const std::vector<TargetStatus>& all) {
    std::map<Subject, const StatusRow*> rows;
    for (const TargetStatus& status : all)
        for (const StatusRow& row : status.rows)
            rows.emplace(Subject{status.target.name, row.version.text}, &row);
    return rows;
}

template <class Event>
constexpr bool is_move = std::is_same_v<Event, ledger::AttemptSucceeded> ||
                         std::is_same_v<Event, ledger::AttemptFailed> ||
                         std::is_same_v<Event, ledger::AttemptCancelled> ||
                         std::is_same_v<Event, ledger::StatementSucceeded> ||
                         std::is_same_v<Event, ledger::MigrationAdopted> ||
                         std::is_same_v<Event, ledger::DifferenceResolved>;

std::map<Subject, Moves> moves_of(const std::vector<Record>& between) {
    std::map<Subject, Moves> all;
    for (const Record& record : between)
        std::visit(
            [&]<class Event>(const Event& event) {
                if constexpr (requires {
                                  event.version;
                                  event.target;
                                  event.name;
                              })
                    all[{event.target.name, event.version.text}].name = event.name;
                if constexpr (is_move<Event>)
                    all[{event.target.name, event.version.text}].moving.push_back(&record);
                if constexpr (std::is_same_v<Event, ledger::AttemptStarted>)
                    all[{event.target.name, event.version.text}].attempts.push_back(&record);
                if constexpr (std::is_same_v<Event, ledger::AttemptFailed>)
                    all[{event.target.name, event.version.text}].failures.push_back(&record);
                if constexpr (std::is_same_v<Event, ledger::DifferenceResolved>)
                    all[{event.target.name, event.version.text}].decisions.push_back(&record);
                if constexpr (std::is_same_v<Event, ledger::MigrationRegistered>) {
                    all[{"", event.version.text}].registrations.push_back(&record);
                    all[{"", event.version.text}].name = event.name;
                }
                if constexpr (std::is_same_v<Event, ledger::MigrationRevised>) {
                    all[{"", event.version.text}].revisions.push_back(&record);
                    all[{"", event.version.text}].name = event.name;
                }
            },
            record.data);
    return all;
}

std::optional<ChangeKind> kind_of(const StatusRow& row) {
    switch (row.state) {
        case State::applied:
            return ChangeKind::applied;
        case State::pending:
        case State::rolled_back:
            return ChangeKind::unapplied;
        case State::failed:
            return ChangeKind::failed;
        case State::partially_applied:
        case State::partially_rolled_back:
            return ChangeKind::partial;
    }
    return std::nullopt;
}

class Comparison {
public:
    Comparison(const std::vector<TargetStatus>& before, const std::vector<TargetStatus>& after)
        : before_{rows_of(before)}, after_{rows_of(after)} {}

    void take(const Subject& subject, const Moves& moves) {
        add(ChangeKind::registered, subject, moves, moves.registrations);
        add(ChangeKind::revised, subject, moves, moves.revisions);
        const std::optional<ChangeKind> net = take_net(subject, moves);
        if (net != ChangeKind::failed) add(ChangeKind::failed_once, subject, moves, moves.failures);
        add(ChangeKind::resolved, subject, moves, moves.decisions);
        take_doubt(subject, moves);
    }
    [[nodiscard]] std::vector<Change> changes() && { return std::move(changes_); }

private:
    std::optional<ChangeKind> take_net(const Subject& subject, const Moves& moves) {
        const auto was = before_.find(subject);
        const auto is = after_.find(subject);
        if (is == after_.end() || moves.moving.empty()) return std::nullopt;
        const State before = was == before_.end() ? State::pending : was->second->state;
        const StatusRow& row = *is->second;
        const bool again =
            row.state == State::applied && was != before_.end() &&
            (row.digest != was->second->digest || row.applied_at_us != was->second->applied_at_us);
        if (row.state == before && !again) return std::nullopt;
        const auto kind = kind_of(row);
        if (kind) add(*kind, subject, moves, moves.moving);
        return kind;
    }

    // Of one target one attempt at most is open: the last that began.
    void take_doubt(const Subject& subject, const Moves& moves) {
        const auto is = after_.find(subject);
        if (is == after_.end() || !is->second->in_doubt_since_us || moves.attempts.empty()) return;
        add(ChangeKind::in_doubt, subject, moves, {moves.attempts.back()});
    }

    void add(ChangeKind kind, const Subject& subject, const Moves& moves,
             const std::vector<const Record*>& records) {
        if (records.empty()) return;
        Change change;
        change.kind = kind;
        if (!subject.first.empty()) change.target = ledger::Target{subject.first};
        change.version = {subject.second};
        change.name = moves.name;
        if (const auto was = before_.find(subject); was != before_.end()) {
            change.before = was->second->state;
            change.in_doubt_before = was->second->in_doubt_since_us.has_value();
            change.digest_before = was->second->digest;
        }
        if (const auto is = after_.find(subject); is != after_.end()) {
            if (!is->second->name.empty()) change.name = is->second->name;
            change.after = is->second->state;
            change.in_doubt_after = is->second->in_doubt_since_us.has_value();
            change.digest_after = is->second->digest;
        }
        for (const Record* record : records) {
            change.positions.push_back(record->position);
            change.actors.push_back(record->actor.id);
        }
        std::sort(change.actors.begin(), change.actors.end());
        change.actors.erase(std::unique(change.actors.begin(), change.actors.end()),
                            change.actors.end());
        changes_.push_back(std::move(change));
    }

    std::map<Subject, const StatusRow*> before_;
    std::map<Subject, const StatusRow*> after_;
    std::vector<Change> changes_;
};

}  // namespace

std::string_view to_text(ChangeKind kind) {
    constexpr std::array<std::string_view, 9> names{"registered",  "revised",  "applied",
                                                    "unapplied",   "partial",  "failed",
                                                    "failed-once", "resolved", "in-doubt"};
    return names.at(static_cast<std::size_t>(kind));
}

std::vector<Change> changes_between(const std::vector<TargetStatus>& before,
                                    const std::vector<TargetStatus>& after,
                                    const std::vector<Record>& between) {
    Comparison comparison{before, after};
    for (const auto& [subject, moves] : moves_of(between)) comparison.take(subject, moves);
    return std::move(comparison).changes();
}

}  // namespace projections
