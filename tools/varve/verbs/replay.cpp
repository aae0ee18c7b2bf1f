#include "commands/replay_sql.hpp"
#include "projections/as_of.hpp"
#include "projections/changes.hpp"
#include "tools/varve/counted.hpp"
#include "tools/varve/environments.hpp"
#include "tools/varve/event_table.hpp"
#include "tools/varve/examination_view.hpp"
#include "tools/varve/moment.hpp"
#include "tools/varve/session.hpp"
#include "tools/varve/sql_script.hpp"
#include "tools/varve/status_view.hpp"
#include "tools/varve/verbs.hpp"
#include "tools/varve/version_asked.hpp"
#include "tools/varve/writer_watch.hpp"

#include <algorithm>
#include <cstdio>

namespace tools::varve {

using ledger::Code;
using ledger::fail;
using ledger::Result;
using projections::Change;
using projections::TargetStatus;

namespace {

// The migration is one that the ledger had heard of by then.
Result<Concern> concern_of(const ReplayOptions& options, Reading& reading, std::uint64_t size) {
    Concern concern{options.target, {}};
    if (!options.migration) return concern;
    auto version = projections::as_of(
        reading.reader(), reading.rows(), projections::status_projection(), size,
        [&](const auto& rows) { return version_asked(rows, options.migration); });
    if (!version) return fail(version.error());
    concern.version = std::move(*version);
    return concern;
}

// What goes on with another migration is none of this one's business.
void narrow_down(TargetStatus& status, const std::string& version) {
    std::erase_if(status.rows,
                  [&](const projections::StatusRow& row) { return row.version.text != version; });
    if (!status.in_doubt || status.in_doubt->version.text == version) return;
    status.in_doubt.reset();
    status.last_run.reset();
}

Result<std::uint64_t> size_of(const ledger::Reader& reader,
                              const std::optional<std::string>& when) {
    if (when) return size_when(reader, *when);
    const auto head = reader.head();
    if (!head) return fail(head.error());
    return head->size;
}

ledger::Error unheard_of(const std::string& target, std::uint64_t size) {
    return {Code::refused, "target-unknown",
            "in its first " + std::to_string(size) + " events the ledger has not heard of \"" +
                target + "\"",
            "give a later moment; those that it knows are shown where neither --target nor --env "
            "(or STAGE) names one"};
}

Result<std::vector<TargetStatus>> read_all(const projections::RowStore& rows,
                                           const Concern& concern) {
    const auto targets = projections::read_targets(rows);
    if (!targets) return fail(targets.error());
    std::vector<TargetStatus> all;
    for (const ledger::Target& target : *targets) {
        if (concern.target && *concern.target != target.name) continue;
        auto status = projections::read_status(rows, target);
        if (!status) return fail(status.error());
        if (concern.version) narrow_down(*status, *concern.version);
        all.push_back(std::move(*status));
    }
    return all;
}

Result<std::vector<TargetStatus>> status_at(Reading& reading, std::uint64_t size,
                                            const Concern& concern) {
    return projections::as_of(reading.reader(), reading.rows(), projections::status_projection(),
                              size, [&](const auto& rows) { return read_all(rows, concern); });
}

StatusView view_of(const ledger::Reader& reader, TargetStatus status) {
    auto examination = examination_in(reader, nullptr, status);
    StatusView view{std::move(status), {}, false, 0, std::move(examination)};
    view.is_past = true;
    return view;
}

VerbResult show_status(const Invocation& invocation, const Console& console, Reading& reading,
                       const WriterWatch& writer, const ReplayOptions& options) {
    const ledger::Reader& reader = reading.reader();
    const auto size = size_of(reader, options.to);
    if (!size) return fail(size.error());
    const auto concern = concern_of(options, reading, *size);
    if (!concern) return fail(concern.error());
    auto targets = status_at(reading, *size, *concern);
    if (!targets) return fail(targets.error());
    if (targets->empty() && concern->target) return fail(unheard_of(*concern->target, *size));
    const auto moment = moment_at(reader, reading.rows(), *size, *concern);
    if (!moment) return fail(moment.error());
    std::vector<StatusView> views;
    for (TargetStatus& status : *targets) views.push_back(view_of(reader, std::move(status)));
    if (auto told = writer.tell_running(reader, views); !told) return fail(told.error());
    Json document = new_document(invocation);
    document["computed_at"] = to_json(*moment);
    document["targets"] = Json::array();
    console.lines(to_lines(*moment));
    for (const StatusView& view : views) {
        print(console, view);
        document["targets"].push_back(to_json(view));
    }
    if (console.json()) console.document(to_text(document));
    return ExitCode::fine;
}

// As status says it.
std::string state_text(const std::optional<projections::State>& state, bool is_in_doubt) {
    if (is_in_doubt) return "in-doubt";
    return std::string{projections::to_text(state.value_or(projections::State::pending))};
}

std::vector<std::string> cells_of(const Console& console, const Change& change) {
    std::vector<std::string> events;
    for (const std::uint64_t position : change.positions)
        events.push_back(std::to_string(position));
    const std::string states = change.target
                                   ? state_text(change.before, change.in_doubt_before) + " -> " +
                                         state_text(change.after, change.in_doubt_after)
                                   : "";
    return {"  " + console.paint(Colour::bold, std::string{projections::to_text(change.kind)}),
            change.target ? change.target->name : "",
            change.version.text + " " + change.name,
            states,
            "events " + joined(events),
            "by " + joined(change.actors)};
}

Json change_json(const Change& change) {
    return {{"kind", projections::to_text(change.kind)},
            {"target", change.target ? Json(change.target->name) : Json(nullptr)},
            {"version", change.version.text},
            {"name", change.name},
            {"state_before", change.target ? Json(state_text(change.before, change.in_doubt_before))
                                           : Json(nullptr)},
            {"state_after",
             change.target ? Json(state_text(change.after, change.in_doubt_after)) : Json(nullptr)},
            {"digest_before", digest_json(change.digest_before)},
            {"digest_after", digest_json(change.digest_after)},
            {"positions", change.positions},
            {"actors", change.actors}};
}

struct Comparison {
    Moment from;
    Moment to;
    std::vector<Change> changes;
    std::vector<ToldEvent> events;
};

Result<Comparison> compare(Reading& reading, std::uint64_t from, std::uint64_t to,
                           const Concern& concern) {
    const ledger::Reader& reader = reading.reader();
    const auto before = status_at(reading, from, concern);
    if (!before) return fail(before.error());
    const auto after = status_at(reading, to, concern);
    if (!after) return fail(after.error());
    if (after->empty() && concern.target) return fail(unheard_of(*concern.target, to));
    auto events = read_events(reader, from, to,
                              [&](const ledger::Record& record) { return concern.with(record); });
    if (!events) return fail(events.error());
    auto first = moment_at(reader, reading.rows(), from, concern);
    if (!first) return fail(first.error());
    auto last = moment_at(reader, reading.rows(), to, concern);
    if (!last) return fail(last.error());
    std::vector<ledger::Record> records;
    for (const ToldEvent& event : *events) records.push_back(event.record);
    return Comparison{std::move(*first), std::move(*last),
                      projections::changes_between(*before, *after, records), std::move(*events)};
}

void print(const Console& console, const Comparison& comparison) {
    console.line(console.paint(Colour::bold, "from"));
    console.lines(to_lines(comparison.from));
    console.line(console.paint(Colour::bold, "to"));
    console.lines(to_lines(comparison.to));
    Table changes;
    for (const Change& change : comparison.changes) changes.push_back(cells_of(console, change));
    console.line(changes.empty() ? "Nothing has changed." : "changes:");
    console.lines(align(changes));
    Table events;
    for (const ToldEvent& event : comparison.events)
        events.push_back(event_cells(console, event.record));
    if (!events.empty()) console.line("events in between:");
    console.lines(align(events));
}

VerbResult show_changes(const Invocation& invocation, const Console& console, Reading& reading,
                        const ReplayOptions& options) {
    const ledger::Reader& reader = reading.reader();
    const auto from = size_when(reader, *options.from, Edge::begin);
    if (!from) return fail(from.error());
    const auto to = size_of(reader, options.to);
    if (!to) return fail(to.error());
    if (*from > *to)
        return fail(Code::refused, "usage", "--from is later than --to",
                    "the earlier moment comes first");
    const auto concern = concern_of(options, reading, *to);
    if (!concern) return fail(concern.error());
    const auto comparison = compare(reading, *from, *to, *concern);
    if (!comparison) return fail(comparison.error());
    print(console, *comparison);
    if (!console.json()) return ExitCode::fine;
    Json document = new_document(invocation);
    document["from"] = to_json(comparison->from);
    document["to"] = to_json(comparison->to);
    document["changes"] = Json::array();
    for (const Change& change : comparison->changes)
        document["changes"].push_back(change_json(change));
    document["events"] = Json::array();
    for (const ToldEvent& event : comparison->events)
        document["events"].push_back(Json::parse(event.line, nullptr, false));
    console.document(to_text(document));
    return ExitCode::fine;
}

// The one that is named, or the only one that there is.
Result<ledger::Target> one_target(Reading& reading, std::uint64_t size, const Concern& concern) {
    const auto all = status_at(reading, size, concern);
    if (!all) return fail(all.error());
    if (all->size() == 1) return all->front().target;
    if (concern.target) return fail(unheard_of(*concern.target, size));
    std::vector<std::string> names;
    for (const TargetStatus& status : *all) names.push_back(status.target.name);
    return fail(Code::refused, "usage",
                names.empty() ? "no target was known then" : "--sql is of one target",
                names.empty() ? "give a later moment" : "add --env: " + joined(names));
}

std::string help_for(const std::vector<commands::ReplayedScript>& scripts) {
    bool is_running = false;
    bool is_doubtful = false;
    bool is_lost = false;
    for (const commands::ReplayedScript& script : scripts) {
        if (!script.missing || script.left_out) continue;
        (script.is_running ? is_running : script.is_in_doubt ? is_doubtful : is_lost) = true;
    }
    std::string help = "each place is marked MISSING";
    if (is_lost) help += "; put the script there from elsewhere";
    if (is_doubtful)
        help += "; varve recover settles what is in doubt, then again, or a later --to";
    if (is_running) help += "; once it has ended what runs is there: then again, or a later --to";
    return help;
}

VerbResult show_sql(const Invocation& invocation, const Console& console, Reading& reading,
                    const WriterWatch& writer, const ReplayOptions& options) {
    const ledger::Reader& reader = reading.reader();
    const auto size = size_of(reader, options.to);
    if (!size) return fail(size.error());
    auto concern = concern_of(options, reading, *size);
    if (!concern) return fail(concern.error());
    const auto target = one_target(reading, *size, *concern);
    if (!target) return fail(target.error());
    concern->target = target->name;
    auto scripts = commands::replay_sql(reader, *target, *size);
    if (!scripts) return fail(scripts.error());
    const auto running = writer.at_work_on(reader, reading.rows(), *target);
    if (!running) return fail(running.error());
    if (*running) commands::tell_running(*scripts, (*running)->since_us);
    if (options.net) commands::leave_out_undone(*scripts);
    const auto moment = moment_at(reader, reading.rows(), *size, *concern);
    if (!moment) return fail(moment.error());
    const auto lost = lost_before(reader, *size);
    if (!lost) return fail(lost.error());
    const auto missing = missing_scripts(*scripts);
    if (console.json()) {
        Json document = new_document(invocation);
        document["computed_at"] = to_json(*moment);
        document["target"] = target->name;
        document["complete"] = missing.empty() && lost->empty();
        document["missing"] = missing;
        document["lost"] = *lost;
        document["scripts"] = to_json(*scripts);
        console.document(to_text(document));
    } else {
        const std::string text = sql_script(*moment, target->name, *lost, *scripts);
        std::fwrite(text.data(), 1, text.size(), stdout);
        for (const std::string& sentence : *lost) console.warn(sentence);
    }
    if (missing.empty()) return ExitCode::fine;
    console.error({Code::refused, "replay-incomplete",
                   "the SQL is not complete: " + joined(missing), help_for(*scripts)});
    return ExitCode::refused;
}

}  // namespace

VerbResult replay(const Invocation& invocation, const Console& console,
                  const ReplayOptions& given) {
    const auto configuration = read_configuration(invocation.flags, Unlisted::let_through);
    if (!configuration) return fail(configuration.error());
    ReplayOptions options = given;
    if (!options.target) options.target = configuration->chosen_environment;
    const WriterWatch writer{configuration->ledger};
    auto reading = Reading::open(*configuration);
    if (!reading) return fail(reading.error());
    if (auto known = expect_known(*configuration, **reading); !known) return fail(known.error());
    note_if_to_come(console, options.to);
    if (options.sql) return show_sql(invocation, console, **reading, writer, options);
    if (options.from) return show_changes(invocation, console, **reading, options);
    return show_status(invocation, console, **reading, writer, options);
}

}  // namespace tools::varve
