#include "commands/situation.hpp"

#include "commands/clocks.hpp"
#include "commands/database_identity.hpp"
#include "commands/known_checkpoint.hpp"
#include "commands/owed_markers.hpp"
#include "commands/registration.hpp"
#include "ledger/clean.hpp"
#include "ledger/fail_point.hpp"
#include "migrations/kept_script.hpp"
#include "projections/engine.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace commands {

using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

constexpr std::uint64_t telling_wait_us = 1'000'000;
constexpr std::size_t registered_path_bytes_max = 4096;  // as registered
constexpr std::string_view up_suffix = "up.sql";
constexpr std::string_view down_suffix = "down.sql";

// The waits below are cut into slices, so that a signal is seen between them.
constexpr std::chrono::milliseconds slice{250};

std::string utc_text(std::int64_t time_us) {
    const std::time_t seconds = time_us / 1'000'000;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 32> text{};
    const auto length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return {text.data(), length};
}

std::string describe(const LockHolder& holder) {
    return "held by pid " + std::to_string(holder.pid) + " (" +
           (holder.application.empty() ? "no application name" : holder.application) + ", from " +
           (holder.client.empty() ? "local" : holder.client) + ")" +
           (holder.since_us == 0 ? "" : " since " + utc_text(holder.since_us));
}

ledger::LockWaited lock_event(const ledger::Target& target, const LockOutcome& outcome) {
    ledger::LockWaited event{target, outcome.waited_us, outcome.obtained, {}, {}, {}, {}};
    if (outcome.holder) {
        event.holder_pid = outcome.holder->pid;
        event.holder_application = ledger::clean(outcome.holder->application, 256);
        event.holder_client = ledger::clean(outcome.holder->client, 256);
        event.held_since_us = outcome.holder->since_us;
    }
    return event;
}

Result<LockOutcome> wait_for_lock(TargetDatabase& database, Interruption& interruption,
                                  std::chrono::milliseconds wait) {
    LockOutcome whole;
    for (;;) {
        const auto waited = std::chrono::milliseconds{whole.waited_us / 1'000};
        const auto left = std::max(wait - waited, std::chrono::milliseconds{0});
        auto part = database.lock(std::min(left, slice));
        if (!part) return part;
        whole.obtained = part->obtained;
        whole.was_held = part->was_held;
        whole.waited_us += part->waited_us;
        if (part->holder) whole.holder = std::move(part->holder);
        if (whole.obtained || left <= slice || interruption.requested()) return whole;
    }
}

Result<void> take_lock(Services& services, Situation& situation, const TargetRequest& request) {
    const auto outcome =
        wait_for_lock(*situation.database, services.interruption, request.lock_wait);
    if (!outcome) return fail(outcome.error());
    // Whoever had the lock since the first look may have been another copy of this ledger.
    if (!outcome->was_held) {
        if (auto fits = check_held(services.store, *situation.database, request.target); !fits)
            return fits;
        if (auto fits = check_beside(services.store, request.beside.get()); !fits)
            return fail(fits.error());
    }
    if (!outcome->obtained || outcome->waited_us >= telling_wait_us) {
        const auto kept = situation.journal->append({lock_event(request.target, *outcome)});
        if (!kept) return fail(kept.error());
    }
    const auto signal = services.interruption.requested();
    if (signal && !outcome->obtained)
        return fail(
            stopped(*signal, "waiting for the lock of target \"" + request.target.name + "\"" +
                                 (outcome->holder ? ", " + describe(*outcome->holder) : "")));
    if (outcome->obtained) return {};
    const auto waited_s = outcome->waited_us / 1'000'000;
    return fail(Code::conflict, "lock-not-obtained",
                "another run has the lock of target \"" + request.target.name + "\"" +
                    (waited_s == 0 ? "" : " after " + std::to_string(waited_s) + " s") +
                    (outcome->holder ? ": " + describe(*outcome->holder) : ""),
                "wait for it to end, or give --lock-wait more time");
}

// Where the fence stays held nothing has been appended yet, and the same can be asked again.
Result<Settlement> wait_and_settle(Services& services, const TargetRequest& request,
                                   Situation& situation, const FindScript& find) {
    TargetRequest part = request;
    for (auto left = request.fence_wait;; left -= slice) {
        part.fence_wait = std::min(left, slice);
        auto settled =
            settle(*situation.journal, *situation.database, situation.known.state, find, part);
        if (settled || settled.error().reason != "fence-held" || left <= slice) return settled;
        if (const auto signal = services.interruption.requested())
            return fail(stopped(*signal, "waiting for the fence of an interrupted attempt"));
    }
}

Result<void> refuse_newer(const projections::TargetState& state) {
    if (!state.not_understood) return {};
    return fail(Code::refused, "ledger-newer",
                "event " + std::to_string(state.not_understood->position) + " is a \"" +
                    state.not_understood->type + "\", which this program does not know",
                "use a newer varve; this one reads the ledger and does not write to it");
}

// Only where something is open does it matter before the markers are read.
Result<void> adopt_database(const TargetRequest& request, Situation& situation) {
    const auto same = check_same_database(situation.known.state, situation.facts, request);
    if (same) return {};
    if (!request.adopts_database) return fail(same.error());
    auto target = target_registration(situation.known.state, situation.facts, request);
    if (auto kept = situation.journal->append({std::move(*target)}); !kept) return kept;
    situation.database_adopted = true;
    return {};
}

Result<void> settle_all(Services& services, const TargetRequest& request,
                        const migrations::Folder* folder, Situation& situation) {
    const auto find = [&](const projections::OpenAttempt& attempt) {
        return find_script(services.store, folder, attempt);
    };
    if (const auto& attempt = situation.known.state.open_attempt)
        services.progress.in_doubt(examine(*attempt, find(*attempt)));
    if (auto adopted = adopt_database(request, situation); !adopted) return adopted;
    const auto version = situation.known.state.open_attempt
                             ? situation.known.state.open_attempt->version
                             : ledger::Version{};
    auto settlement = wait_and_settle(services, request, situation, find);
    if (!settlement) return fail(settlement.error());
    situation.settlement = std::move(*settlement);
    if (situation.settlement.verdict)
        services.progress.settled(version, *situation.settlement.verdict);
    for (const auto& attempt : situation.settlement.found)
        services.progress.found_applied(attempt.version);
    const auto paid = write_owed_markers(*situation.journal, *situation.database, situation.facts,
                                         situation.known.state);
    if (!paid) return fail(paid.error());
    situation.settlement.owed_marker_count = *paid;
    if (!situation.settlement.attempt_settled && !situation.settlement.run_closed && *paid == 0 &&
        !situation.database_adopted)
        return {};
    auto known = read_known(services.store, services.rows, request.target);
    if (!known) return fail(known.error());
    situation.known = std::move(*known);
    return {};
}

}  // namespace

Result<projections::TargetState> read_state(const ledger::Reader& reader,
                                            projections::RowStore& rows,
                                            const ledger::Target& target) {
    const auto level = projections::catch_up(reader, rows, projections::target_state_projection());
    if (!level) return fail(level.error());
    return projections::read_target_state(rows, target);
}

Result<Known> read_known(const ledger::Reader& reader, projections::RowStore& rows,
                         const ledger::Target& target) {
    auto state = read_state(reader, rows, target);
    if (!state) return fail(state.error());
    auto registered = projections::read_registered(rows);
    if (!registered) return fail(registered.error());
    return Known{std::move(*state), std::move(*registered)};
}

migrations::LeaveUnread all_but_pending(const Known& known) {
    std::unordered_map<std::string, std::vector<ledger::Digest>> applied;
    if (known.state.open_attempt) return {};
    for (const auto& [version, registered] : known.registered) {
        const projections::MigrationState* state = known.state.find(version);
        if (state == nullptr || !state->applied || state->resumption ||
            state->applied->digest != registered.up.digest)
            continue;
        auto& digests = applied[registered.path];
        digests.push_back(registered.up.digest);
        if (!registered.down) continue;
        digests.push_back(registered.down->digest);  // both ways in one file
        if (registered.path.ends_with(up_suffix))
            applied[registered.path.substr(0, registered.path.size() - up_suffix.size()) +
                    std::string{down_suffix}]
                .push_back(registered.down->digest);
    }
    return [applied = std::move(applied)](const std::string& path, const ledger::Digest& digest) {
        const auto found = applied.find(ledger::clean(path, registered_path_bytes_max));
        return found != applied.end() &&
               std::find(found->second.begin(), found->second.end(), digest) != found->second.end();
    };
}

Result<void> check_writable(const ServerFacts& facts) {
    if (!facts.read_only) return {};
    return fail(Code::refused, "target-read-only",
                "database \"" + facts.database + "\" only reads: it is a standby, " +
                    "or default_transaction_read_only is on",
                "give the primary's URL; where it is the primary, find out who has set "
                "default_transaction_read_only, and why: some services do so when the "
                "server's disk is nearly full");
}

Result<Situation> approach(Services& services, const TargetRequest& request,
                           std::optional<Known> known) {
    Situation situation;
    if (!known) {
        auto read = read_known(services.store, services.rows, request.target);
        if (!read) return fail(read.error());
        known = std::move(*read);
    }
    situation.known = *std::move(known);
    if (auto newer = refuse_newer(situation.known.state); !newer) return fail(newer.error());
    situation.journal =
        std::make_unique<Journal>(services.store, services.clock, services.context, request.target,
                                  situation.known.state.stream_version);

    auto database = services.connect();
    if (!database) return fail(database.error());
    situation.database = std::move(*database);
    ledger::fail_point("target-connected");
    auto facts = situation.database->facts();
    if (!facts) return fail(facts.error());
    situation.facts = std::move(*facts);
    check_clocks(services, situation.facts);
    if (auto writes = check_writable(situation.facts); !writes) return fail(writes.error());
    // Before the lock: waiting for it may be written down.
    if (auto fits = check_held(services.store, *situation.database, request.target); !fits)
        return fail(fits.error());
    return situation;
}

Result<void> lock_and_settle(Services& services, const TargetRequest& request,
                             const migrations::Folder* folder, Situation& situation) {
    const auto fits = check_beside(services.store, request.beside.get());
    if (!fits) return fail(fits.error());
    if (*fits) services.progress.note(**fits);
    if (auto locked = take_lock(services, situation, request); !locked) return locked;
    ledger::fail_point("target-locked");
    if (auto settled = settle_all(services, request, folder, situation); !settled) return settled;
    ledger::fail_point("settled");
    return {};
}

Result<Situation> enter(Services& services, const TargetRequest& request,
                        const migrations::Folder* folder, std::optional<Known> known) {
    auto situation = approach(services, request, std::move(known));
    if (!situation) return situation;
    if (auto settled = lock_and_settle(services, request, folder, *situation); !settled)
        return fail(settled.error());
    return situation;
}

std::optional<migrations::Script> find_script(const ledger::Reader& reader,
                                              const migrations::Folder* folder,
                                              const projections::OpenAttempt& attempt) {
    std::string path = attempt.version.text;
    if (folder != nullptr)
        for (const migrations::Migration& migration : folder->migrations) {
            if (migration.version != attempt.version) continue;
            const migrations::Script* script = attempt.direction == ledger::Direction::up
                                                   ? &migration.up
                                               : migration.down ? &*migration.down
                                                                : nullptr;
            if (script == nullptr || script->digest != attempt.digest) continue;
            if (!script->is_unread) return *script;
            path = script->path;
        }
    const auto text = reader.content(attempt.executed ? attempt.executed->digest : attempt.digest);
    if (!text || !*text) return std::nullopt;
    return migrations::kept_script(path, **text);
}

}  // namespace commands
