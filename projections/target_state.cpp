#include "projections/target_state.hpp"

#include "ledger/fold.hpp"
#include "projections/row_key.hpp"
#include "projections/rows.hpp"
#include "projections/target_head.hpp"
#include "projections/values.hpp"

#include <algorithm>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace projections {

namespace {

constexpr std::string_view target_word = "target";
constexpr std::string_view tried_word = "tried";
constexpr std::string_view registered_word = "registered";
constexpr std::string_view not_understood_word = "not-understood";
// The newest version of a text that a decision has said of: applied, and since when is open; not
// applied any more.
constexpr std::string_view said_applied_word = "said-applied";
constexpr std::string_view said_unapplied_word = "said-unapplied";

// Whether that is the target's own stream.
bool is_of_target(std::string_view stream, const ledger::Target& target) {
    static const std::string stream_of_targets = ledger::target_stream({});
    return stream.starts_with(stream_of_targets) &&
           stream.substr(stream_of_targets.size()) == target.name;
}

template <class Change>
void change_target(Rows& rows, const ledger::Record& record, const ledger::Target& target,
                   const Change& change) {
    TargetState& state = edit<TargetState>(rows, row_key({target_word, target.name}));
    if (is_of_target(record.stream, target)) state.stream_version = record.stream_version;
    change(state);
}

template <class Change>
void change_migration(Rows& rows, const ledger::Target& target, const ledger::Version& version,
                      const Change& change) {
    change(edit<MigrationState>(rows, row_key({tried_word, target.name, version.text})));
}

void set_applied_on(Rows& rows, const ledger::Version& version, const ledger::Target& target,
                    bool applied) {
    const std::string key = row_key({registered_word, version.text});
    const Registered* const registered = look<Registered>(rows, key);
    if (registered == nullptr) return;
    const auto& was = registered->applied_on;
    if (std::binary_search(was.begin(), was.end(), target) == applied) return;
    auto& targets = edit<Registered>(rows, key).applied_on;
    const auto at = std::lower_bound(targets.begin(), targets.end(), target);
    if (applied) {
        targets.insert(at, target);
    } else {
        targets.erase(at);
    }
}

void on(Rows& rows, const ledger::Record& record, const ledger::MigrationRegistered& e) {
    Registered& registered = edit<Registered>(rows, row_key({registered_word, e.version.text}));
    registered.version = e.version;
    registered.name = e.name;
    registered.layout = e.layout;
    registered.kind = e.kind;
    registered.path = e.path;
    registered.up = e.up;
    registered.down = e.down;
    registered.author = e.author;
    registered.stream_version = record.stream_version;
    registered.position = record.position;
}

void on(Rows& rows, const ledger::Record& record, const ledger::MigrationRevised& e) {
    Registered& registered = edit<Registered>(rows, row_key({registered_word, e.version.text}));
    registered.version = e.version;
    registered.name = e.name;
    registered.path = e.path;
    registered.up = e.up;
    registered.down = e.down;
    registered.stream_version = record.stream_version;
    registered.revised_position = record.position;
}

// Its stream alone moves on: what is registered stays as it is.
template <class Event>
void moves_migration(Rows& rows, const ledger::Record& record, const Event& e) {
    const std::string key = row_key({registered_word, e.version.text});
    if (look<Registered>(rows, key) == nullptr) return;
    edit<Registered>(rows, key).stream_version = record.stream_version;
}

void on(Rows& rows, const ledger::Record& record, const ledger::TargetRegistered& e) {
    change_target(rows, record, e.target, [&](TargetState& state) {
        state.database = {e.database, e.system_identifier, e.database_oid, e.server_version,
                          e.marker_schema};
    });
}

template <class Started>
void on_run_started(Rows& rows, const ledger::Record& record, const Started& e,
                    ledger::Direction direction) {
    change_target(rows, record, e.target, [&](TargetState& state) {
        if (direction == ledger::Direction::up) state.cut_off.reset();
        state.open_run = {record.run.value_or(ledger::Uuid{}),
                          direction,
                          e.migration_count,
                          record.position,
                          record.recorded_at_us,
                          record.actor};
    });
}

// A run that was cut off may be finished late, after another has begun.
template <class Finished>
void on_run_finished(Rows& rows, const ledger::Record& record, const Finished& e) {
    change_target(rows, record, e.target, [&](TargetState& state) {
        if (state.open_run && state.open_run->run == record.run.value_or(ledger::Uuid{}))
            state.open_run.reset();
    });
}

void on(Rows& rows, const ledger::Record& record, const ledger::AttemptStarted& e) {
    change_target(rows, record, e.target, [&](TargetState& state) {
        state.open_attempt = open_attempt(record, e);
        // Whoever writes down late what a run had begun has not begun it.
        if (state.open_run && state.open_run->run == record.run)
            state.open_attempt->actor = state.open_run->actor;
    });
    change_migration(rows, e.target, e.version,
                     [&](MigrationState& state) { apply(state, record, e); });
}

void on(Rows& rows, const ledger::Record& record, const ledger::StatementSucceeded& e) {
    change_target(rows, record, e.target, [&](TargetState& state) {
        if (state.open_attempt && state.open_attempt->attempt == e.attempt)
            state.open_attempt->statements_done = e.result.statement_index + 1;
    });
}

// Succeeded, failed or cancelled.
template <class Ended>
void on_attempt_ended(Rows& rows, const ledger::Record& record, const Ended& e) {
    std::optional<OpenAttempt> open;
    change_target(rows, record, e.target, [&](TargetState& state) {
        if (!state.open_attempt || state.open_attempt->attempt != e.attempt) return;
        open = std::exchange(state.open_attempt, std::nullopt);
    });
    bool applied = false;
    change_migration(rows, e.target, e.version, [&](MigrationState& state) {
        apply(state, record, e, open);
        applied = state.applied.has_value();
    });
    set_applied_on(rows, e.version, e.target, applied);
}

std::string text_key(std::string_view word, const ledger::Target& target,
                     const ledger::Digest& digest) {
    return row_key({word, target.name, ledger::hex(digest)});
}

// A file that was renamed is one and the same: its new version takes the place of the old one.
void take_place(Rows& rows, const ledger::Target& target, const ledger::Version& now,
                const ledger::Version& before) {
    const std::string key = row_key({tried_word, target.name, now.text});
    const MigrationState* const taker = look<MigrationState>(rows, key);
    const MigrationState* const giver =
        look<MigrationState>(rows, row_key({tried_word, target.name, before.text}));
    if (taker == nullptr || giver == nullptr || now == before) return;
    if (!taker->applied || taker->applied->is_order_known || !giver->former ||
        !giver->former->was_ended_by_decision || giver->former->digest != taker->applied->digest)
        return;
    const FormerApplication former = *giver->former;
    Application& applied = *edit<MigrationState>(rows, key).applied;
    applied.position = former.position;
    applied.is_order_known = former.is_order_known;
}

// Whichever of the two versions was decided first.
void match_renamed(Rows& rows, const ledger::DifferenceResolved& e, const MigrationState& state) {
    if (state.applied && !state.applied->is_order_known) {
        const auto& digest = state.applied->digest;
        rows.put(text_key(said_applied_word, e.target, digest), e.version.text);
        if (const auto before = rows.get(text_key(said_unapplied_word, e.target, digest)))
            take_place(rows, e.target, e.version, {*before});
    } else if (state.former && state.former->was_ended_by_decision) {
        const auto& digest = state.former->digest;
        rows.put(text_key(said_unapplied_word, e.target, digest), e.version.text);
        if (const auto now = rows.get(text_key(said_applied_word, e.target, digest)))
            take_place(rows, e.target, {*now}, e.version);
    }
}

void expect_adoptions(TargetState& state, std::uint32_t count,
                      std::optional<ledger::Version> baseline) {
    state.cut_off.reset();
    if (count > 0) state.cut_off = CutOffTakeover{std::move(baseline), count};
}

void see_adoption(TargetState& state) {
    if (state.cut_off && --state.cut_off->missing_count == 0) state.cut_off.reset();
}

// Of what no attempt brought about: the migration's state follows the event alone.
template <class Decided>
void on_decided(Rows& rows, const ledger::Record& record, const Decided& e) {
    change_target(rows, record, e.target, [](TargetState& state) {
        if constexpr (std::is_same_v<Decided, ledger::MigrationAdopted>) see_adoption(state);
    });
    MigrationState decided;
    change_migration(rows, e.target, e.version, [&](MigrationState& state) {
        apply(state, record, e);
        decided = state;
    });
    set_applied_on(rows, e.version, e.target, decided.applied.has_value());
    if constexpr (std::is_same_v<Decided, ledger::DifferenceResolved>)
        match_renamed(rows, e, decided);
}

void on(Rows& rows, const ledger::Record& record, const ledger::HistoryImported& e) {
    change_target(rows, record, e.target, [&](TargetState& state) {
        state.imported = {e.tool, e.table, std::nullopt};
        if (e.rows) state.imported->rows = e.rows->digest;
        expect_adoptions(state, e.adopted_count, std::nullopt);
    });
}

void on(Rows& rows, const ledger::Record& record, const ledger::BaselineTaken& e) {
    change_target(rows, record, e.target, [&](TargetState& state) {
        expect_adoptions(state, e.migration_count, e.version);
    });
}

void on(Rows& rows, const ledger::Record& record, const ledger::MarkersWritten& e) {
    change_target(rows, record, e.target, [](TargetState&) {});
    for (const Row& row : rows.scan(row_key({tried_word, e.target.name}))) {
        const MigrationState* const state = look<MigrationState>(rows, row.key);
        if (state != nullptr && state->owed) edit<MigrationState>(rows, row.key).owed.reset();
    }
}

void on(Rows& rows, const ledger::Record& record, const ledger::Opaque& e) {
    const std::string key = row_key({not_understood_word});
    if (!rows.get(key)) store(rows, key, NotUnderstood{record.position, e.type});
    const std::string stream_of_targets = ledger::target_stream({});
    if (!record.stream.starts_with(stream_of_targets)) return;
    const ledger::Target target{record.stream.substr(stream_of_targets.size())};
    change_target(rows, record, target, [](TargetState&) {});
}

void apply_event(Rows& rows, const ledger::Record& record) {
    const auto moves_stream_alone = [&](const auto& e) {
        change_target(rows, record, e.target, [](TargetState&) {});
    };
    const auto up = ledger::Direction::up;
    const auto down = ledger::Direction::down;
    std::visit(ledger::Overload{
                   [](const ledger::LedgerCreated&) {},
                   [](const ledger::KeyAdded&) {},
                   [&](const ledger::MigrationRegistered& e) { on(rows, record, e); },
                   [&](const ledger::MigrationRevised& e) { on(rows, record, e); },
                   [&](const ledger::TargetRegistered& e) { on(rows, record, e); },
                   [&](const ledger::RunStarted& e) { on_run_started(rows, record, e, up); },
                   [&](const ledger::RunRefused& e) { moves_stream_alone(e); },
                   [&](const ledger::AttemptStarted& e) { on(rows, record, e); },
                   [&](const ledger::StatementSucceeded& e) { on(rows, record, e); },
                   [&](const ledger::AttemptSucceeded& e) { on_attempt_ended(rows, record, e); },
                   [&](const ledger::AttemptFailed& e) { on_attempt_ended(rows, record, e); },
                   [&](const ledger::AttemptCancelled& e) { on_attempt_ended(rows, record, e); },
                   [&](const ledger::RunFinished& e) { on_run_finished(rows, record, e); },
                   [&](const ledger::RollbackStarted& e) { on_run_started(rows, record, e, down); },
                   [&](const ledger::RollbackFinished& e) { on_run_finished(rows, record, e); },
                   [&](const ledger::LockWaited& e) { moves_stream_alone(e); },
                   [&](const ledger::DifferenceResolved& e) { on_decided(rows, record, e); },
                   [&](const ledger::MigrationAdopted& e) { on_decided(rows, record, e); },
                   [&](const ledger::BaselineTaken& e) { on(rows, record, e); },
                   [&](const ledger::HistoryImported& e) { on(rows, record, e); },
                   [&](const ledger::MarkersWritten& e) { on(rows, record, e); },
                   [](const ledger::KeyRetired&) {},
                   [](const ledger::CheckpointSigned&) {},
                   [](const ledger::CheckpointWitnessed&) {},
                   [](const ledger::LedgerVerified&) {},
                   [](const ledger::ContentRedacted&) {},
                   [](const ledger::LedgerCopied&) {},
                   [](const ledger::LedgerRestored&) {},
                   [](const ledger::ExportProduced&) {},
                   [](const ledger::LogReviewed&) {},
                   [&](const ledger::MigrationValidated& e) { moves_migration(rows, record, e); },
                   [&](const ledger::FindingAccepted& e) { moves_migration(rows, record, e); },
                   [&](const ledger::MigrationTested& e) { moves_migration(rows, record, e); },
                   [&](const ledger::IntegrityChecked& e) { moves_stream_alone(e); },
                   [&](const ledger::Opaque& e) { on(rows, record, e); },
               },
               record.data);
}

std::vector<ledger::Version> applied_order(const TargetState& state) {
    std::vector<std::pair<std::uint64_t, ledger::Version>> standing;
    for (const auto& [version, migration] : state.migrations)
        if (migration.applied) standing.emplace_back(migration.applied->position, version);
    std::sort(standing.begin(), standing.end());
    std::vector<ledger::Version> order;
    order.reserve(standing.size());
    for (auto& [position, version] : standing) order.push_back(std::move(version));
    return order;
}

ledger::Result<void> read_migrations(const RowStore& rows, const ledger::Target& target,
                                     std::map<ledger::Version, MigrationState>& migrations) {
    const std::string prefix =
        row_prefix(target_state_projection()) + row_key({tried_word, target.name});
    const auto found = rows.scan(prefix);
    if (!found) return ledger::fail(found.error());
    for (const Row& row : *found) {
        auto state = from_bytes<MigrationState>(row.value);
        if (!state) return ledger::fail(state.error());
        const std::string_view key = row.key;
        const std::string_view version = key.substr(prefix.size(), key.size() - prefix.size() - 1);
        migrations.emplace_hint(migrations.end(), ledger::Version{std::string(version)},
                                std::move(*state));
    }
    return {};
}

}  // namespace

const Projection& target_state_projection() {
    static constexpr Projection projection{"target-state", 8, apply_event};
    return projection;
}

ledger::Result<TargetState> read_target_head(const RowStore& rows, const ledger::Target& target) {
    auto stored = load<TargetState>(
        rows, row_prefix(target_state_projection()) + row_key({target_word, target.name}));
    if (!stored) return ledger::fail(stored.error());
    return std::move(*stored).value_or(TargetState{});
}

ledger::Result<TargetState> read_target_state(const RowStore& rows, const ledger::Target& target) {
    auto head = read_target_head(rows, target);
    if (!head) return head;
    TargetState state = std::move(*head);
    if (const auto read = read_migrations(rows, target, state.migrations); !read)
        return ledger::fail(read.error());
    state.applied_order = applied_order(state);
    const std::string prefix = row_prefix(target_state_projection());
    auto not_understood = load<NotUnderstood>(rows, prefix + row_key({not_understood_word}));
    if (!not_understood) return ledger::fail(not_understood.error());
    state.not_understood = std::move(*not_understood);
    return state;
}

ledger::Result<std::map<ledger::Version, Registered>> read_registered(const RowStore& rows) {
    const auto found =
        rows.scan(row_prefix(target_state_projection()) + row_key({registered_word}));
    if (!found) return ledger::fail(found.error());
    std::map<ledger::Version, Registered> all;
    for (const Row& row : *found) {
        auto registered = from_bytes<Registered>(row.value);
        if (!registered) return ledger::fail(registered.error());
        ledger::Version version = registered->version;
        all.emplace_hint(all.end(), std::move(version), std::move(*registered));
    }
    return all;
}

}  // namespace projections
