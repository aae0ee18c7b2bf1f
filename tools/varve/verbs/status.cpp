#include "projections/status.hpp"

#include "adapters/rocksdb/large_pages.hpp"
#include "commands/clocks.hpp"
#include "projections/as_of.hpp"
#include "projections/target_state.hpp"
#include "tools/varve/clock_text.hpp"
#include "tools/varve/counted.hpp"
#include "tools/varve/environments.hpp"
#include "tools/varve/examination_view.hpp"
#include "tools/varve/moment.hpp"
#include "tools/varve/read_models.hpp"
#include "tools/varve/run_request.hpp"
#include "tools/varve/session.hpp"
#include "tools/varve/status_view.hpp"
#include "tools/varve/system.hpp"
#include "tools/varve/time_text.hpp"
#include "tools/varve/verbs.hpp"
#include "tools/varve/waiting_ledger.hpp"
#include "tools/varve/writer_watch.hpp"

#include <algorithm>
#include <future>

namespace tools::varve {

using ledger::fail;
using ledger::Result;

namespace {

// With one of them nothing of the folder is run.
using FolderErrors = std::vector<const migrations::Diagnostic*>;

bool is_applied(const std::vector<StatusView>& views, const ledger::Version& version) {
    return !views.empty() && std::all_of(views.begin(), views.end(), [&](const StatusView& view) {
        return std::any_of(view.status.rows.begin(), view.status.rows.end(), [&](const auto& row) {
            return row.version == version && row.state == projections::State::applied;
        });
    });
}

FolderErrors errors_in(const migrations::Folder* folder, const std::vector<StatusView>& views) {
    FolderErrors errors;
    if (folder == nullptr) return errors;
    const auto has_run = [&](const std::string& file) {
        return std::any_of(folder->migrations.begin(), folder->migrations.end(),
                           [&](const migrations::Migration& migration) {
                               return migration.up.path == file &&
                                      is_applied(views, migration.version);
                           });
    };
    for (const migrations::Diagnostic& each : folder->diagnostics)
        if (each.severity == migrations::Severity::error &&
            !(each.concerns_running && has_run(each.file)))
            errors.push_back(&each);
    return errors;
}

struct Answer {
    std::vector<StatusView> views;
    ComputedAt at;
    std::optional<Moment> moment;        // of a past one
    std::vector<std::string> never_run;  // of varve.toml, where none was chosen
    std::optional<commands::EventsAhead> ahead;
};

Result<void> look_at_clock(const ledger::Reader& reader, Answer& answer) {
    auto ahead = commands::events_ahead(reader, SystemClock{}.now_us());
    if (!ahead) return fail(ahead.error());
    answer.ahead = *ahead;
    return {};
}

// The named target, or all that the ledger has heard of and the one that is configured.
Result<std::vector<ledger::Target>> targets(const Configuration& configuration,
                                            const projections::RowStore& rows) {
    const ledger::Target configured{configuration.environment};
    if (configuration.chosen_environment) return std::vector{configured};
    auto known = projections::read_targets(rows);
    if (!known) return fail(known.error());
    if (std::find(known->begin(), known->end(), configured) == known->end() &&
        (known->empty() || configuration.url))
        known->push_back(configured);
    return known;
}

// What the ledger tells of a target; the state only where there are files to hold it against.
struct Told {
    projections::TargetStatus status;
    std::optional<projections::TargetState> state;
};

Result<Told> told_of(const projections::RowStore& rows, const ledger::Target& target,
                     bool with_state) {
    auto status = projections::read_status(rows, target);
    if (!status) return fail(status.error());
    Told told{std::move(*status), std::nullopt};
    if (!with_state) return told;
    auto state = projections::read_target_state(rows, target);
    if (!state) return fail(state.error());
    told.state = std::move(*state);
    return told;
}

StatusView view_of(const ledger::Reader& reader, Told told, const migrations::Folder* folder) {
    auto examination = examination_in(reader, folder, told.status);
    if (folder == nullptr || !told.state)
        return StatusView{std::move(told.status), {}, false, 0, examination};
    auto view = with_folder(std::move(told.status), *told.state, *folder);
    view.examination = std::move(examination);
    return view;
}

// For who wonders how long it took.
std::string line_of(const projections::AsOfStart& start, std::uint64_t size) {
    return "folded " + std::to_string(size - start.position) + " of " + std::to_string(size) +
           " events" + (start.why_not.empty() ? "" : ": " + start.why_not);
}

Result<ComputedAt> computed_at(const ledger::Reader& reader, std::uint64_t size) {
    const auto head = reader.head();
    if (!head) return fail(head.error());
    const auto root = reader.root_at(size);
    if (!root) return fail(root.error());
    return ComputedAt{head->ledger, size, *root};
}

Result<std::vector<Told>> told_of_wanted(const Configuration& configuration,
                                         const projections::RowStore& rows, bool is_now) {
    const auto wanted = targets(configuration, rows);
    if (!wanted) return fail(wanted.error());
    std::vector<Told> all;
    for (const ledger::Target& target : *wanted) {
        auto told = told_of(rows, target, is_now);
        if (!told) return fail(told.error());
        all.push_back(std::move(*told));
    }
    return all;
}

// All that can be read while the files are.
Result<std::vector<Told>> told_now(const Configuration& configuration, Reading& reading) {
    if (auto finished = reading.finish(); !finished) return fail(finished.error());
    projections::RowStore& rows = reading.rows();
    if (auto level = bring_level(reading.reader(), rows); !level) return fail(level.error());
    if (auto known = expect_known(configuration, reading); !known) return fail(known.error());
    return told_of_wanted(configuration, rows, true);
}

std::vector<std::string> never_run(const Configuration& configuration,
                                   const std::vector<Told>& told) {
    if (configuration.chosen_environment) return {};
    std::set<std::string> left = configuration.environments;
    for (const Told& each : told) left.erase(each.status.target.name);
    return {left.begin(), left.end()};
}

void mark_unlisted(const Configuration& configuration, std::vector<StatusView>& views) {
    for (StatusView& view : views)
        view.is_unlisted = is_unlisted(configuration, view.status.target);
}

Result<Answer> now(const Configuration& configuration, const ledger::Reader& reader,
                   std::vector<Told> told, const migrations::Folder* folder) {
    Answer answer;
    answer.never_run = never_run(configuration, told);
    for (Told& each : told) answer.views.push_back(view_of(reader, std::move(each), folder));
    if (configuration.any_order)
        for (StatusView& view : answer.views) leave_out_order(view);
    mark_unlisted(configuration, answer.views);
    const auto head = reader.head();
    if (!head) return fail(head.error());
    answer.at = {head->ledger, head->size, head->root};
    if (auto looked = look_at_clock(reader, answer); !looked) return fail(looked.error());
    return answer;
}

Result<std::vector<StatusView>> views_then(const Configuration& configuration,
                                           const ledger::Reader& reader,
                                           const projections::RowStore& rows) {
    auto told = told_of_wanted(configuration, rows, false);
    if (!told) return fail(told.error());
    std::vector<StatusView> views;
    for (Told& each : *told) views.push_back(view_of(reader, std::move(each), nullptr));
    mark_unlisted(configuration, views);
    return views;
}

Result<Answer> then(const Invocation& invocation, const Console& console,
                    const Configuration& configuration, const std::string& when) {
    const WriterWatch writer{configuration.ledger};
    auto reading = Reading::open(configuration);
    if (!reading) return fail(reading.error());
    if (auto known = expect_known(configuration, **reading); !known) return fail(known.error());
    const ledger::Reader& reader = (*reading)->reader();
    const auto size = size_as_of(reader, when);
    if (!size) return fail(size.error());
    projections::AsOfStart start;
    auto views = projections::as_of(
        reader, (*reading)->rows(), projections::status_projection(), *size,
        [&](const auto& rows) { return views_then(configuration, reader, rows); }, &start);
    if (!views) return fail(views.error());
    for (StatusView& view : *views) view.is_past = true;
    if (auto told = writer.tell_running(reader, *views); !told) return fail(told.error());
    if (invocation.verbose) console.note(line_of(start, *size));
    auto at = computed_at(reader, *size);
    if (!at) return fail(at.error());
    auto moment =
        moment_at(reader, (*reading)->rows(), *size, {configuration.chosen_environment, {}});
    if (!moment) return fail(moment.error());
    Answer answer{std::move(*views), *at, std::move(*moment), {}, {}};
    if (auto looked = look_at_clock(reader, answer); !looked) return fail(looked.error());
    return answer;
}

// Answers whether the ledger waits for a person's decision.
bool show(const Invocation& invocation, const Console& console, const Answer& answer,
          const std::filesystem::path& ledger, const FolderErrors& errors = {}) {
    for (const StatusView& view : answer.views) print(console, view);
    print(console, answer.at);
    if (!answer.never_run.empty())
        console.note("Never run, and not counted: " + joined(answer.never_run) +
                     " (--env asks for one)");
    if (answer.ahead) console.warn(text_of(*answer.ahead));
    const auto waiting =
        answer.moment ? std::optional<std::string>{} : tell_waiting(console, ledger);
    if (!console.json()) return waiting.has_value();
    Json document = new_document(invocation);
    document["computed_at"] = answer.moment ? to_json(*answer.moment) : to_json(answer.at);
    document["waits_for_decision"] = optional_json(waiting);
    document["folder_errors"] = Json::array();
    for (const migrations::Diagnostic* each : errors)
        document["folder_errors"].push_back(
            {{"rule", each->rule}, {"path", each->file}, {"message", each->message}});
    document["targets"] = Json::array();
    for (const StatusView& view : answer.views) {
        Json target = to_json(view);
        target["configured"] = !view.is_unlisted;
        document["targets"].push_back(std::move(target));
    }
    document["never_run"] = answer.never_run;
    document["ahead_of_clock"] = answer.ahead ? to_json(*answer.ahead) : Json(nullptr);
    console.document(to_text(document));
    return waiting.has_value();
}

bool integrity(const StatusView& view) {
    return std::any_of(view.differences.begin(), view.differences.end(), [](const auto& item) {
        return item.kind != commands::DifferenceKind::out_of_order;
    });
}

bool is_out_of_order(const StatusView& view) {
    return !view.differences.empty() && !integrity(view);
}

// What varve.toml has no section of is nobody's to settle, unless there is nothing else.
bool counts(const Answer& answer, const StatusView& view) {
    return !view.is_unlisted ||
           std::all_of(answer.views.begin(), answer.views.end(),
                       [](const StatusView& each) { return each.is_unlisted; });
}

// `waits`: the ledger does, for a person's decision, and nothing runs before.
ExitCode code_for(const Answer& answer, bool waits) {
    bool pending = false;
    bool broken = waits;
    bool is_refused = false;  // by a run
    for (const StatusView& view : answer.views) {
        if (!counts(answer, view)) continue;
        if (view.status.in_doubt || is_unfinished(view)) return ExitCode::in_doubt;
        broken = broken || integrity(view);
        is_refused = is_refused || is_out_of_order(view);
        pending = pending || pending_count(view) > 0 || view.running ||
                  view.status.count(projections::State::partially_rolled_back) > 0;
    }
    if (broken) return ExitCode::integrity;
    if (is_refused) return ExitCode::refused;
    return pending ? ExitCode::pending : ExitCode::fine;
}

VerbResult show_then(const Invocation& invocation, const Console& console,
                     const Configuration& configuration, const std::string& when, bool exit_code) {
    const auto answer = then(invocation, console, configuration, when);
    if (!answer) return fail(answer.error());
    note_if_to_come(console, when);
    const bool waits = show(invocation, console, *answer, configuration.ledger);
    return exit_code ? code_for(*answer, waits) : ExitCode::fine;
}

}  // namespace

VerbResult status(const Invocation& invocation, const Console& console,
                  const StatusOptions& options) {
    const auto configuration = read_configuration(invocation.flags, Unlisted::let_through);
    if (!configuration) return fail(configuration.error());
    if (options.as_of)
        return show_then(invocation, console, *configuration, *options.as_of, options.exit_code);
    const WriterWatch writer{configuration->ledger};
    auto reading = Reading::begin(*configuration);
    auto telling = std::async(std::launch::async, [&]() -> Result<std::vector<Told>> {
        if (!reading) return fail(reading.error());
        adapters::rocksdb::use_large_pages();
        return told_now(*configuration, **reading);
    });
    // Without its folder a target still has a history to show; but who asks for an exit code must
    // not take it for nothing pending.
    const auto folder = glance_at_folder(*configuration);
    auto told = telling.get();
    if (!folder && (invocation.flags.migrations || options.exit_code)) return fail(folder.error());
    if (!told) return fail(told.error());
    if (!folder)
        console.note("Nothing is said of what is pending or changed: " + folder.error().detail);
    auto answer = now(*configuration, (*reading)->reader(), std::move(*told),
                      folder ? folder->get() : nullptr);
    if (!answer) return fail(answer.error());
    if (auto running = writer.tell_running((*reading)->reader(), answer->views); !running)
        return fail(running.error());
    const FolderErrors errors = errors_in(folder ? folder->get() : nullptr, answer->views);
    for (const migrations::Diagnostic* each : errors)
        console.diagnostic(*each, configuration->migrations);
    if (folder) tell_of_empty(**folder, invocation, console);
    const bool waits = show(invocation, console, *answer, configuration->ledger, errors);
    if (!options.exit_code) return ExitCode::fine;
    const ExitCode code = code_for(*answer, waits);
    const bool is_graver = code == ExitCode::in_doubt || code == ExitCode::integrity;
    return errors.empty() || is_graver ? code : ExitCode::refused;
}

}  // namespace tools::varve
