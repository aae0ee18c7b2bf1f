#include "tools/varve/plan_rehearsal.hpp"

#include "adapters/postgres/live_target.hpp"
#include "commands/concurrent_waits.hpp"
#include "commands/emptied_tables.hpp"
#include "commands/expected_time.hpp"
#include "commands/history_script.hpp"
#include "commands/rest_of_script.hpp"
#include "tools/varve/rehearsal_view.hpp"
#include "tools/varve/server_version.hpp"
#include "tools/varve/shadow_session.hpp"
#include "tools/varve/sql_script.hpp"
#include "tools/varve/target_schema.hpp"
#include "tools/varve/time_text.hpp"

#include <cmath>
#include <string>

namespace tools::varve {

using commands::MeasuredStatement;
using ledger::fail;
using ledger::Result;

namespace {

std::vector<migrations::Script> scripts_of(const std::vector<commands::ReplayedScript>& history) {
    std::vector<migrations::Script> scripts;
    for (const commands::ReplayedScript& each : history) {
        if (auto script = commands::history_script(each)) scripts.push_back(std::move(*script));
    }
    return scripts;
}

template <class Session>
Json json_of_session(const Session& session) {
    return {{"pid", session.pid},
            {"state", session.state},
            {"application", session.application},
            {"backend_type", session.kind},
            {"transaction_age_ms", static_cast<double>(session.transaction_age_us) / 1000}};
}

// A prepared transaction has no process; its name is in the application's place.
template <class Session>
std::string who(const Session& session) {
    const std::string quoted =
        session.application.empty() ? "" : " \"" + session.application + "\"";
    if (session.pid == 0) return session.kind + quoted;
    return "pid " + std::to_string(session.pid) + " (" + session.kind + quoted +
           (session.state.empty() ? "" : ", " + session.state) + ")";
}

std::string in_the_way(const commands::SnapshotHolder& session) {
    return who(session) + ", a snapshot, in its transaction for " +
           duration_text(session.transaction_age_us);
}

std::string in_the_way(const commands::ConflictingSession& session) {
    return who(session) + ", " + (session.is_granted ? "" : "waits itself for ") +
           std::string{words(session.mode)} + " on " + to_text(session.relation) +
           ", in its transaction for " + duration_text(session.transaction_age_us);
}

using Figures = std::map<commands::RelationName, commands::RelationFigures>;

std::string told(const ledger::Error& error) {
    return error.detail + (error.help.empty() ? "" : "; " + error.help);
}

// And not that the target does not answer, or was not named.
bool is_of_shadow(const ledger::Error& error) {
    return error.reason == "schema-unreadable" || error.reason == "shadow-missing" ||
           error.reason == "shadow-failed";
}

class Rehearsing {
public:
    explicit Rehearsing(const PlanRehearsal& order) : order_{order} {}

    Result<PlanRehearsed> run() {
        const auto missing = missing_scripts(order_.history);
        if (!missing.empty() && !asks_target())
            return without("the ledger has not all of the SQL that made the schema (" +
                           missing.front() + "); --shadow-from target takes it from there");
        if (auto watched = watch(); !watched) return fail(watched.error());
        auto session = ShadowSession::open(
            order_.server_major,
            order_.options.statement_timeout.value_or(shadow_statement_timeout));
        if (!session) return without(told(session.error()));
        auto history = asks_target()
                           ? read_target(*session)
                           : Result<std::vector<migrations::Script>>{scripts_of(order_.history)};
        if (!history && is_of_shadow(history.error())) return without(told(history.error()));
        if (!history) return fail(history.error());
        commands::RehearsalOrder rehearsal;
        rehearsal.history = std::move(*history);
        rehearsal.way_out = commands::way_by_target;
        if (auto told = ask_live(rehearsal); !told) return fail(told.error());
        // A run makes it before its first script.
        rehearsal.schemas.insert(order_.configuration.marker_schema);
        auto database = session->shadow().open(rehearsal);
        if (!database) return without(told(database.error()));
        note_version(session->shadow().server_version());
        for (const commands::Step& step : order_.plan.steps) {
            if (auto rehearsed = rehearse(**database, step); !rehearsed)
                return fail(rehearsed.error());
            if (!done_.failed) continue;
            note_rest(static_cast<std::size_t>(&step - order_.plan.steps.data()) + 1);
            break;
        }
        if (order_.options.live && !is_anybody_in_the_way_)
            order_.console.line(done_.failed
                                    ? "Nobody is in the way on the target now of what succeeded; "
                                      "what the rest waits for is not known."
                                    : "Nobody is in the way on the target now.");
        for (const std::string& note : session->shadow().notes()) done_.notes.push_back(note);
        return std::move(done_);
    }

private:
    [[nodiscard]] bool asks_target() const { return order_.options.shadow_from == "target"; }

    Result<void> ask_live(commands::RehearsalOrder& rehearsal) {
        if (!live_) return {};
        rehearsal.defaults = live_->defaults();
        rehearsal.encoding = shadow_encoding(live_->encoding(), done_.notes);
        auto schemas = live_->schemas();
        if (!schemas) return fail(schemas.error());
        rehearsal.schemas = *std::move(schemas);
        return {};
    }

    Result<std::vector<migrations::Script>> read_target(const ShadowSession& session) const {
        auto schema =
            read_target_schema(order_.configuration, order_.server_major, session.is_disposable());
        if (!schema) return fail(schema.error());
        return std::vector{std::move(*schema)};
    }

    PlanRehearsed without(const std::string& why) {
        done_.notes.push_back("not rehearsed: " + why);
        return std::move(done_);
    }

    void note_rest(std::size_t first) {
        const auto& steps = order_.plan.steps;
        if (first >= steps.size()) return;
        const std::size_t others = steps.size() - first - 1;
        done_.notes.push_back(
            "not rehearsed, since one before it fails: " + steps[first].entry.path +
            (others == 0 ? "" : ", and " + std::to_string(others) + " more"));
    }

    void note_version(std::uint32_t version) {
        const unsigned major = major_of(version);
        if (order_.server_major && *order_.server_major != major)
            done_.notes.push_back("rehearsed on PostgreSQL " + std::to_string(major) +
                                  ", the target is " + std::to_string(*order_.server_major));
    }

    Result<void> watch() {
        if (!order_.configuration.url) {
            if (!order_.options.live) return {};
            return fail(order_.configuration.url_error.value_or(
                ledger::Error{ledger::Code::refused, "url-missing", "--live asks a target",
                              "add --url or --env"}));
        }
        auto live = adapters::postgres::watch_target(*order_.configuration.url);
        if (!live) return fail(live.error());
        live_ = std::move(*live);
        auto figures = live_->figures(order_.options.live);
        if (!figures) return fail(figures.error());
        figures_ = std::move(*figures);
        sizes_ = figures_;
        return {};
    }

    Result<void> rehearse(commands::Rehearsal& database, const commands::Step& step) {
        migrations::Script script =
            commands::rest_of(*step.script, step.entry.first_statement_index);
        script.mode = step.entry.transactional ? migrations::TransactionMode::one
                                               : migrations::TransactionMode::none;
        auto rehearsed = database.rehearse(script, commands::Ending::kept);
        if (!rehearsed) return fail(rehearsed.error());
        print(order_.console, *rehearsed);
        for (const MeasuredStatement& statement : rehearsed->statements)
            if (auto told = tell(statement, script); !told) return told;
        print_failure(order_.console, *rehearsed, script,
                      asks_target() ? "" : std::string{not_on_shadow});
        done_.failed = rehearsed->failed;
        return {};
    }

    // By the names that a script before it may have given.
    const Figures& renamed(const Figures& figures, const MeasuredStatement& statement) {
        if (statement.first_names.empty()) return figures;
        renamed_ = figures;
        for (const auto& [name, first] : statement.first_names) renamed_.erase(name);
        for (const auto& [name, first] : statement.first_names)
            if (const auto known = figures.find(first); known != figures.end())
                renamed_[name] = known->second;
        return renamed_;
    }

    // What comes after it finds none of the rows that the target has, and perhaps others.
    void forget_emptied(const MeasuredStatement& statement) {
        for (const commands::RelationName& name : commands::emptied_by(statement)) {
            const auto first = statement.first_names.find(name);
            sizes_.erase(first == statement.first_names.end() ? name : first->second);
        }
    }

    static std::optional<commands::ConcurrentWaits> waits_of(const MeasuredStatement& statement) {
        if (!statement.ran_outside) return std::nullopt;
        return commands::concurrent_waits(statement.text);
    }

    static std::vector<commands::RelationLock> as_on_target(const MeasuredStatement& statement) {
        auto locks = statement.taken;
        if (const auto waits = waits_of(statement)) locks = commands::waited_out(locks, *waits);
        locks.insert(locks.end(), statement.only_read.begin(), statement.only_read.end());
        for (commands::RelationLock& lock : locks)
            if (const auto first = statement.first_names.find(lock.relation);
                first != statement.first_names.end())
                lock.relation = first->second;
        return locks;
    }

    Result<void> tell(const MeasuredStatement& statement, const migrations::Script& script) {
        Json json = order_.console.json() ? to_json(statement, script.path) : Json::object();
        if (const auto expected = commands::expected_time(statement, renamed(sizes_, statement))) {
            json["expected_ms"] = static_cast<double>(expected->us) / 1000;
            json["expected_from"] = expected->arithmetic;
            order_.console.line("  " + std::to_string(statement.line) +
                                "  expected on the target: " + duration_text(expected->us) + " (" +
                                expected->arithmetic + ")");
        }
        forget_emptied(statement);
        if (order_.options.live)
            if (auto told = tell_live(statement, json); !told) return told;
        done_.statements.push_back(std::move(json));
        return {};
    }

    Result<void> tell_live(const MeasuredStatement& statement, Json& json) {
        auto sessions = live_->conflicting(as_on_target(statement));
        if (!sessions) return fail(sessions.error());
        json["conflicting_sessions"] = Json::array();
        if (!sessions->empty()) is_anybody_in_the_way_ = true;
        for (const auto& each : *sessions) {
            Json session = json_of_session(each);
            session["relation"] = to_text(each.relation);
            session["mode"] = to_text(each.mode);
            session["granted"] = each.is_granted;
            json["conflicting_sessions"].push_back(std::move(session));
            order_.console.line("  " + std::to_string(statement.line) +
                                "  in the way now: " + in_the_way(each));
        }
        if (auto told = tell_snapshots(statement, json); !told) return told;
        tell_queue(statement, json);
        return {};
    }

    Result<void> tell_snapshots(const MeasuredStatement& statement, Json& json) {
        const auto waits = waits_of(statement);
        if (!waits || !waits->for_snapshots) return {};
        const auto holders = live_->snapshot_holders();
        if (!holders) return fail(holders.error());
        json["snapshot_holders"] = Json::array();
        if (!holders->empty()) is_anybody_in_the_way_ = true;
        for (const auto& each : *holders) {
            json["snapshot_holders"].push_back(json_of_session(each));
            order_.console.line("  " + std::to_string(statement.line) +
                                "  in the way now: " + in_the_way(each));
        }
        return {};
    }

    void tell_queue(const MeasuredStatement& statement, Json& json) {
        double per_second = 0;
        const Figures& figures = renamed(figures_, statement);
        for (const auto& lock : statement.taken) {
            const auto known = figures.find(lock.relation);
            if (!lock.is_new && known != figures.end() &&
                commands::conflict(lock.mode, commands::LockMode::row_exclusive))
                per_second += known->second.queries_per_second;
        }
        json["queued_per_second"] = per_second;
        if (per_second < 1) return;
        order_.console.line("  " + std::to_string(statement.line) + "  about " +
                            std::to_string(std::llround(per_second)) +
                            " scans and inserts a second would queue behind it");
    }

    const PlanRehearsal& order_;
    PlanRehearsed done_;
    std::unique_ptr<commands::LiveTarget> live_;
    bool is_anybody_in_the_way_{};
    Figures figures_;
    Figures sizes_;    // the same, without what the plan has emptied
    Figures renamed_;  // the same, as a statement after a renaming has the names
};

}  // namespace

Result<PlanRehearsed> rehearse_plan(const PlanRehearsal& rehearsal) {
    return Rehearsing{rehearsal}.run();
}

}  // namespace tools::varve
