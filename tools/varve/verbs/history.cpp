#include "ledger/codec.hpp"
#include "ledger/event_types.hpp"
#include "projections/engine.hpp"
#include "projections/status.hpp"
#include "projections/timeline.hpp"
#include "tools/varve/environments.hpp"
#include "tools/varve/event_table.hpp"
#include "tools/varve/json_document.hpp"
#include "tools/varve/moment.hpp"
#include "tools/varve/session.hpp"
#include "tools/varve/time_text.hpp"
#include "tools/varve/verbs.hpp"
#include "tools/varve/version_asked.hpp"

#include <algorithm>
#include <utility>

namespace tools::varve {

using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

Result<std::optional<std::int64_t>> instant(const std::optional<std::string>& text,
                                            const std::string& flag, bool beginning) {
    if (!text) return std::optional<std::int64_t>{};
    const auto span = time_span_from_text(*text);
    if (!span)
        return fail(Code::refused, "usage", flag + " \"" + *text + "\" is no time",
                    "write 2026-11-23 or 2026-11-23T14:30:00Z");
    return std::optional{beginning ? span->first_us : span->last_us};
}

// Where nothing was found: a type that there is not would otherwise say that it never happened. One
// of a newer version is found by its events.
Result<void> check_type(const std::string& type) {
    std::string known;
    for (const std::string_view tag : ledger::event_types()) {
        const std::string_view name = tag.substr(0, tag.rfind('.'));
        if (type == tag || type == name) return {};
        known += (known.empty() ? "" : ", ") + std::string{name};
    }
    return fail(Code::refused, "usage", "--type \"" + type + "\" is no type of event",
                "it is one of " + known);
}

Result<void> check_target(const std::string& target, const Flags& flags,
                          const Configuration& configuration, Reading& reading) {
    for (const NamedEnvironment& each : every_environment(flags, configuration))
        if (each.name == target) return {};
    const auto level =
        projections::catch_up(reading.reader(), reading.rows(), projections::status_projection());
    if (!level) return fail(level.error());
    const auto targets = projections::read_targets(reading.rows());
    if (!targets) return fail(targets.error());
    std::string known;
    for (const ledger::Target& each : *targets) {
        if (each.name == target) return {};
        known += (known.empty() ? "" : ", ") + each.name;
    }
    return fail(Code::refused, "usage", "--target \"" + target + "\" is no target of this ledger",
                known.empty() ? "it has none yet" : "it is one of " + known);
}

// Where nothing was found: what was misspelled would otherwise read as if nothing had happened.
Result<void> check_names(const HistoryOptions& options, const Flags& flags,
                         const Configuration& configuration, Reading& reading) {
    if (options.type)
        if (auto known = check_type(*options.type); !known) return known;
    if (options.target) return check_target(*options.target, flags, configuration, reading);
    return {};
}

Result<projections::TimelineQuery> query_of(const HistoryOptions& options,
                                            const ledger::Reader& reader) {
    projections::TimelineQuery query;
    if (options.target) query.target = ledger::Target{*options.target};
    if (options.migration) query.version = ledger::Version{*options.migration};
    query.actor = options.actor;
    query.type = options.type;
    query.newest_first = options.newest_first;
    if (options.limit) query.limit = *options.limit;
    if (options.run) {
        query.run = ledger::uuid_from_text(*options.run);
        if (!query.run)
            return fail(Code::refused, "usage", "--run \"" + *options.run + "\" is no run id",
                        "varve history --format json shows them");
    }
    auto since = instant(options.since, "--since", true);
    if (!since) return fail(since.error());
    query.since_us = *since;
    auto until = instant(options.until, "--until", false);
    if (!until) return fail(until.error());
    query.until_us = *until;
    if (options.as_of) {
        auto size = size_as_of(reader, *options.as_of);
        if (!size) return fail(size.error());
        query.size = *size;
    }
    return query;
}

// With the migration that is meant, however it was spelled.
Result<HistoryOptions> settled(const Configuration& configuration, HistoryOptions options,
                               Reading& reading) {
    if (!options.target) options.target = configuration.chosen_environment;
    if (!options.migration) return options;
    const auto level =
        projections::catch_up(reading.reader(), reading.rows(), projections::status_projection());
    if (!level) return fail(level.error());
    auto version = version_asked(reading.rows(), options.migration);
    if (!version) return fail(version.error());
    options.migration = std::move(*version);
    return options;
}

Result<std::vector<ToldEvent>> read(const ledger::Reader& reader,
                                    const std::vector<std::uint64_t>& positions) {
    std::vector<ToldEvent> events;
    for (const std::uint64_t position : positions) {
        auto lines = reader.lines(position, 1);
        if (!lines) return fail(lines.error());
        if (lines->empty())
            return fail(Code::corrupt, "ledger-damaged",
                        "event " + std::to_string(position) + " is not there", "varve verify");
        auto record = ledger::decode(lines->front());
        if (!record) return fail(record.error());
        events.push_back({std::move(lines->front()), std::move(*record)});
    }
    return events;
}

void print(const Console& console, const std::vector<ToldEvent>& events) {
    Table table;
    for (const ToldEvent& event : events) table.push_back(event_cells(console, event.record));
    console.lines(align(table));
    if (events.empty()) console.line("No such events.");
}

}  // namespace

VerbResult history(const Invocation& invocation, const Console& console,
                   const HistoryOptions& options) {
    const auto configuration = read_configuration(invocation.flags, Unlisted::let_through);
    if (!configuration) return fail(configuration.error());
    auto reading = Reading::open(*configuration);
    if (!reading) return fail(reading.error());
    if (auto known = expect_known(*configuration, **reading); !known) return fail(known.error());
    const ledger::Reader& reader = (*reading)->reader();
    const auto asked = settled(*configuration, options, **reading);
    if (!asked) return fail(asked.error());
    const auto query = query_of(*asked, reader);
    if (!query) return fail(query.error());
    const auto level =
        projections::catch_up(reader, (*reading)->rows(), projections::timeline_projection());
    if (!level) return fail(level.error());
    const auto positions = projections::read_timeline((*reading)->rows(), reader, *query);
    if (!positions) return fail(positions.error());
    const auto events = read(reader, *positions);
    if (!events) return fail(events.error());
    if (events->empty())
        if (auto known = check_names(options, invocation.flags, *configuration, **reading); !known)
            return fail(known.error());

    note_if_to_come(console, options.as_of);
    print(console, *events);
    if (console.json()) {
        const auto head = reader.head();
        if (!head) return fail(head.error());
        Json document = new_document(invocation);
        document["computed_at"] = {{"ledger", ledger::to_text(head->ledger)},
                                   {"size", head->size},
                                   {"root", ledger::hex(head->root)}};
        document["events"] = Json::array();
        for (const ToldEvent& event : *events)
            document["events"].push_back(Json::parse(event.line, nullptr, false));
        console.document(to_text(document));
    }
    return ExitCode::fine;
}

}  // namespace tools::varve
