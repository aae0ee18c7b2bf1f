#include "adapters/postgres/live_target.hpp"
#include "commands/choose_tests.hpp"
#include "commands/judge_folder.hpp"
#include "commands/record_tests.hpp"
#include "commands/validate.hpp"
#include "tools/varve/integrity_check.hpp"
#include "tools/varve/ledger_session.hpp"
#include "tools/varve/progress_line.hpp"
#include "tools/varve/rehearsal_view.hpp"
#include "tools/varve/run_request.hpp"
#include "tools/varve/server_version.hpp"
#include "tools/varve/session.hpp"
#include "tools/varve/shadow_session.hpp"
#include "tools/varve/signing.hpp"
#include "tools/varve/sql_script.hpp"
#include "tools/varve/suites_view.hpp"
#include "tools/varve/target_schema.hpp"
#include "tools/varve/testing_verbs.hpp"
#include "tools/varve/writer_watch.hpp"

#include <algorithm>
#include <filesystem>

namespace tools::varve {

using commands::TestOrder;
using ledger::Code;
using ledger::fail;
using ledger::Result;
using ledger::TestSuite;

namespace {

struct LookedAt {
    std::optional<commands::Known> known;  // nothing: there is no ledger
    std::vector<commands::ReplayedScript> history;
    std::optional<adapters::rocksdb::LockHolder> running;  // the process at work on the target
};

bool has_ledger(const Configuration& configuration) {
    std::error_code ignored;
    return std::filesystem::exists(configuration.ledger, ignored);
}

Result<LookedAt> look(const Configuration& configuration) {
    LookedAt looked;
    if (!has_ledger(configuration)) return looked;
    const WriterWatch writer{configuration.ledger};
    auto reading = Reading::open(configuration);
    if (!reading) return fail(reading.error());
    const ledger::Reader& reader = (*reading)->reader();
    const ledger::Target target{configuration.environment};
    auto known = commands::read_known(reader, (*reading)->rows(), target);
    if (!known) return fail(known.error());
    const auto head = reader.head();
    if (!head) return fail(head.error());
    auto history = commands::replay_sql(reader, target, head->size);
    if (!history) return fail(history.error());
    auto running = writer.at_work_on(reader, (*reading)->rows(), target);
    if (!running) return fail(running.error());
    if (*running) commands::tell_running(*history, (*running)->since_us);
    looked.running = std::move(*running);
    looked.known = std::move(*known);
    looked.history = std::move(*history);
    return looked;
}

std::vector<TestSuite> suites_of(const TestOptions& options) {
    std::vector<TestSuite> suites;
    const bool none = !options.schema && !options.dry_run && !options.rollback &&
                      !options.idempotency && !options.integrity;
    if (options.schema || none) suites.push_back(TestSuite::schema);
    if (options.dry_run || none) suites.push_back(TestSuite::dry_run);
    if (options.rollback || none) suites.push_back(TestSuite::rollback);
    if (options.idempotency || none) suites.push_back(TestSuite::idempotency);
    return suites;
}

std::string server_version(const LookedAt& looked) {
    return looked.known && looked.known->state.database
               ? looked.known->state.database->server_version
               : "15";
}

// What the rules say of what is tested, in full: what comes before it is history.
commands::PlanJudgement judge(const Configuration& configuration, const migrations::Folder& folder,
                              TestOrder& order, const LookedAt& looked) {
    commands::PlanJudgement judgement;
    judgement.server_version = server_version(looked);
    commands::JudgeRequest request{
        server_version_number(judgement.server_version).value_or(150'000), configuration.rules,
        [&](const migrations::Migration& migration) {
            return std::find(order.tested.begin(), order.tested.end(), &migration) ==
                   order.tested.end();
        }};
    request.initial_settings = initial_settings(configuration);
    order.findings = commands::validate(folder, looked.known ? &looked.known->state : nullptr);
    // Whether a script may come late is asked of each run, and is no property of the script.
    commands::leave_out_order(order.findings);
    commands::judge_folder(folder, request, [&](commands::JudgedMigration judged) {
        judgement.findings[judged.migration->version] = commands::findings_of(judged);
        std::move(judged.findings.begin(), judged.findings.end(),
                  std::back_inserter(order.findings));
    });
    return judgement;
}

Result<void> check_history(const TestOrder& order, const LookedAt& looked, bool asks_target) {
    if (!order.history_is_of_target || asks_target) return {};
    const auto missing = missing_scripts(looked.history);
    if (missing.empty()) return {};
    return fail(
        Code::refused, "replay-incomplete",
        "the ledger has not all of the SQL that made the schema (" + missing.front() + ")",
        (looked.running ? "running: " + text_of(*looked.running) + "; again once it has ended, or "
                        : std::string{}) +
            "varve test --shadow-from target takes the schema from there; --all tests the "
            "folder from an empty database");
}

std::optional<unsigned> server_major(const LookedAt& looked) {
    if (!looked.known || !looked.known->state.database) return std::nullopt;
    const auto number = server_version_number(server_version(looked));
    if (!number) return std::nullopt;
    return major_of(*number);
}

Result<void> take_target_schema(const Configuration& configuration, const LookedAt& looked,
                                const ShadowSession& session, TestOrder& order,
                                std::vector<std::string>& notes) {
    if (!order.history_is_of_target)
        return fail(Code::refused, "shadow-history",
                    "what is tested is not pending on the target, so its schema is not what the "
                    "test would begin with",
                    "leave --shadow-from out");
    const auto url = url_of_schema(configuration);
    if (!url) return fail(url.error());
    // Before pg_dump, which sets things in whatever session it is given: a pooler is refused here.
    const auto live = adapters::postgres::watch_target(*url);
    if (!live) return fail(live.error());
    auto schema = read_target_schema(configuration, server_major(looked), session.is_disposable());
    if (!schema) return fail(schema.error());
    order.history = {std::move(*schema)};
    order.defaults = (*live)->defaults();
    order.encoding = shadow_encoding((*live)->encoding(), notes);
    return {};
}

Result<void> run_suites(const std::vector<TestSuite>& suites, ShadowSession& session,
                        const TestOrder& order, Tested& tested, std::vector<std::string>& notes) {
    for (const TestSuite suite : suites) {
        auto results = commands::run_suite(suite, session.shadow(), order);
        if (!results) return fail(results.error());
        std::move(results->begin(), results->end(), std::back_inserter(tested.results));
    }
    for (std::string& note : session.shadow().notes()) notes.push_back(std::move(note));
    return {};
}

struct Recorded {
    commands::TestsRecorded events;
    std::string why_not;
};

Result<Recorded> record(const Invocation& invocation, const Console& console,
                        const Configuration& configuration, const migrations::Folder& folder,
                        const commands::PlanJudgement& judgement, const Tested& tested) {
    auto session = LedgerSession::open(invocation, configuration);
    if (!session) return fail(session.error());
    const ledger::Target target{configuration.environment};
    const auto known = commands::read_known((*session)->store(), (*session)->rows(), target);
    if (!known) return fail(known.error());
    commands::Journal journal{(*session)->store(), (*session)->clock(), (*session)->context(),
                              target, known->state.stream_version};
    const auto recorded = commands::record_tests(
        journal, known->registered,
        {tested.migrations, folder.layout, judgement, tested.results, tested.integrity});
    // What was registered before an error is signed too. A target that is looked at, or a backup
    // that was restored to be, is not written to: it learns of the checkpoint from the next run.
    Configuration without_target = configuration;
    without_target.url.reset();
    sign_where_key(**session, without_target, console);
    if (!recorded) return fail(recorded.error());
    return Recorded{*recorded, ""};
}

void say_recorded(const Console& console, const Recorded& recorded) {
    if (!recorded.why_not.empty()) return console.line("Nothing was recorded: " + recorded.why_not);
    console.line("Recorded: " + std::to_string(recorded.events.count) +
                 (recorded.events.count == 1 ? " result" : " results"));
    for (const ledger::Version& version : recorded.events.changed)
        console.line("Not recorded: " + version.text +
                     ", which was applied as other bytes than its file has now");
}

class TestRun {
public:
    TestRun(const Invocation& invocation, const Console& console,
            const Configuration& configuration, const TestOptions& options)
        : invocation_{invocation},
          console_{console},
          configuration_{configuration},
          options_{options} {}

    VerbResult run() {
        if (auto chosen = choose(); !chosen) return fail(chosen.error());
        const auto suites = suites_of(options_);
        tell_of_empty(*folder_, invocation_, console_);
        if (order_.tested.empty() && !options_.integrity) {
            console_.line("Nothing to test: nothing is pending on " + configuration_.environment +
                          "; --all tests the whole folder.");
        } else if (!suites.empty() && !order_.tested.empty()) {
            if (auto able = check_history(order_, looked_, asks_target()); !able)
                return fail(able.error());
            if (auto done = run_on_shadow(suites); !done) return fail(done.error());
        }
        if (options_.integrity) {
            auto checked =
                check_target(console_, configuration_, order_.tested, options_.query_timeout);
            if (!checked) return fail(checked.error());
            tested_.integrity = std::move(*checked);
        }
        console_.progress("");
        return conclude();
    }

private:
    [[nodiscard]] bool asks_target() const { return options_.shadow_from == "target"; }

    Result<void> run_on_shadow(const std::vector<TestSuite>& suites) {
        auto session = ShadowSession::open(
            server_major(looked_), options_.statement_timeout.value_or(shadow_statement_timeout));
        if (!session) return fail(session.error());
        if (asks_target())
            if (auto taken = take_target_schema(configuration_, looked_, *session, order_, notes_);
                !taken)
                return taken;
        return run_suites(suites, *session, order_, tested_, notes_);
    }

    Result<void> choose() {
        auto folder = load_folder(configuration_);
        if (!folder) return fail(folder.error());
        folder_ = std::move(*folder);
        auto looked = look(configuration_);
        if (!looked) return fail(looked.error());
        looked_ = std::move(*looked);
        commands::TestChoice choice;
        if (options_.migration) choice.migration = ledger::Version{*options_.migration};
        choice.all = options_.all;
        auto order = commands::choose_tests(
            *folder_, looked_.known ? &looked_.known->state : nullptr, looked_.history, choice);
        if (!order) return fail(order.error());
        order_ = std::move(*order);
        judgement_ = judge(configuration_, *folder_, order_, looked_);
        if (const auto columns = console_.progress_columns())
            order_.tell = [this, width = *columns](const std::string& what) {
                console_.progress(clipped(what, width));
            };
        tested_.migrations = order_.tested;
        tested_.environment = configuration_.environment;
        // A run asks for them of what is pending alone.
        if (order_.history_is_of_target) tested_.required = configuration_.required;
        return {};
    }

    VerbResult conclude() {
        const bool has_results = !tested_.results.empty() || tested_.integrity;
        if (has_results) print(console_, tested_);
        if (!asks_target() && misses_something(tested_)) notes_.emplace_back(not_on_shadow);
        for (const std::string& note : notes_) console_.line("Note: " + console_.told(note) + ".");
        Recorded recorded;
        if (options_.no_record)
            recorded.why_not = "--no-record";
        else if (!looked_.known)
            recorded.why_not = "there is no ledger at " + configuration_.ledger.string();
        else if (has_results) {
            auto done =
                record(invocation_, console_, configuration_, *folder_, judgement_, tested_);
            if (!done) return fail(done.error());
            recorded = std::move(*done);
        }
        if (has_results) say_recorded(console_, recorded);
        if (console_.json()) show_document(recorded);
        return has_passed(tested_) ? ExitCode::fine : ExitCode::refused;
    }

    void show_document(const Recorded& recorded) const {
        Json document = new_document(invocation_);
        document["target"] = configuration_.environment;
        document.update(to_json(tested_));
        document["notes"] = console_.told(notes_);
        document["recorded"] = recorded.events.count;
        document["not_recorded_because"] =
            recorded.why_not.empty() ? Json(nullptr) : Json(recorded.why_not);
        console_.document(to_text(document));
    }

    const Invocation& invocation_;
    const Console& console_;
    const Configuration& configuration_;
    const TestOptions& options_;
    std::shared_ptr<const migrations::Folder> folder_;
    LookedAt looked_;
    TestOrder order_;
    commands::PlanJudgement judgement_;
    Tested tested_;
    std::vector<std::string> notes_;
};

}  // namespace

VerbResult test(const Invocation& invocation, const Console& console, const TestOptions& options) {
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    return TestRun{invocation, console, *configuration, options}.run();
}

}  // namespace tools::varve
