#include "commands/review.hpp"

#include "ledger/codec.hpp"
#include "tools/varve/event_table.hpp"
#include "tools/varve/json_document.hpp"
#include "tools/varve/ledger_session.hpp"
#include "tools/varve/moment.hpp"
#include "tools/varve/session.hpp"
#include "tools/varve/signing.hpp"
#include "tools/varve/time_text.hpp"
#include "tools/varve/verbs.hpp"

#include <algorithm>
#include <map>

namespace tools::varve {

using commands::Span;
using ledger::fail;
using ledger::LogReviewed;
using ledger::Record;
using ledger::Result;

namespace {

struct Exception {
    commands::ExceptionKind kind{};
    ToldEvent event;
};

struct Findings {
    Span span;
    std::vector<Exception> exceptions;             // by kind, then by position
    std::map<std::string, std::uint64_t> routine;  // how many of each type
};

std::string span_text(const Span& span) {
    return "events " + std::to_string(span.from) + " to " + std::to_string(span.to - 1);
}

Result<Span> span_of(const ledger::Reader& reader, const ReviewOptions& options) {
    const auto head = reader.head();
    if (!head) return fail(head.error());
    Span span{0, head->size};
    if (options.to) {
        const auto to = size_when(reader, *options.to);
        if (!to) return fail(to.error());
        span.to = *to;
    }
    if (options.from) {
        const auto from = size_when(reader, *options.from);
        if (!from) return fail(from.error());
        span.from = *from;
        return span;
    }
    const auto reviews = commands::read_reviews(reader);
    if (!reviews) return fail(reviews.error());
    span.from = commands::reviewed_to(*reviews);
    return span;
}

Result<Findings> find(const ledger::Reader& reader, const Span& span) {
    Findings findings{span, {}, {}};
    auto events = read_events(reader, span.from, span.to, [&](const Record& record) {
        const bool is_exception = commands::exception_in(record).has_value();
        if (!is_exception) ++findings.routine[ledger::type_of(record.data)];
        return is_exception;
    });
    if (!events) return fail(events.error());
    for (ToldEvent& event : *events) {
        const auto kind = *commands::exception_in(event.record);
        findings.exceptions.push_back({kind, std::move(event)});
    }
    std::stable_sort(findings.exceptions.begin(), findings.exceptions.end(),
                     [](const auto& left, const auto& right) { return left.kind < right.kind; });
    return findings;
}

void print(const Console& console, const Findings& findings) {
    if (findings.span.from >= findings.span.to) {
        console.line("Nothing has happened since the last review.");
        return;
    }
    console.line(span_text(findings.span) + ": " + std::to_string(findings.exceptions.size()) +
                 (findings.exceptions.size() == 1 ? " exception" : " exceptions"));
    Table table;
    for (const Exception& exception : findings.exceptions) {
        auto cells = event_cells(console, exception.event.record);
        cells.insert(
            cells.begin(),
            "  " + console.paint(Colour::red, std::string{commands::to_text(exception.kind)}));
        table.push_back(std::move(cells));
    }
    console.lines(align(table));
    Table routine;
    for (const auto& [type, count] : findings.routine)
        routine.push_back({"  " + std::to_string(count), type});
    if (!routine.empty()) console.line("routine:");
    console.lines(align(routine));
}

Json to_json(const Findings& findings) {
    Json json{{"from", findings.span.from}, {"to", findings.span.to}};
    json["exceptions"] = Json::array();
    for (const Exception& exception : findings.exceptions)
        json["exceptions"].push_back(
            {{"kind", commands::to_text(exception.kind)},
             {"event", Json::parse(exception.event.line, nullptr, false)}});
    json["routine"] = Json::object();
    for (const auto& [type, count] : findings.routine) json["routine"][type] = count;
    return json;
}

VerbResult list(const Invocation& invocation, const Console& console,
                const ledger::Reader& reader) {
    const auto head = reader.head();
    if (!head) return fail(head.error());
    const auto reviews = commands::read_reviews(reader);
    if (!reviews) return fail(reviews.error());
    const auto gaps = commands::never_reviewed(*reviews, head->size);
    Json document = new_document(invocation);
    document["reviews"] = Json::array();
    document["never_reviewed"] = Json::array();
    Table table;
    for (const Record& record : *reviews) {
        const auto& event = std::get<LogReviewed>(record.data);
        table.push_back(event_cells(console, record));
        document["reviews"].push_back({{"from", event.from_position},
                                       {"to", event.to_position},
                                       {"root", ledger::hex(event.root)},
                                       {"exception_count", event.exception_count},
                                       {"position", record.position},
                                       {"recorded_at", instant_text(record.recorded_at_us)},
                                       {"actor", record.actor.id},
                                       {"reason", optional_json(record.reason)},
                                       {"ticket", optional_json(record.ticket)}});
    }
    console.lines(align(table));
    if (reviews->empty()) console.line("No review is on record.");
    for (const Span& gap : gaps) {
        console.line("never reviewed: " + span_text(gap));
        document["never_reviewed"].push_back({{"from", gap.from}, {"to", gap.to}});
    }
    if (console.json()) console.document(to_text(document));
    return ExitCode::fine;
}

VerbResult acknowledge(const Invocation& invocation, const Console& console,
                       const Configuration& configuration, const ReviewOptions& options) {
    if (auto given = reason_given(invocation); !given) return fail(given.error());
    auto writing = LedgerSession::open(invocation, configuration);
    if (!writing) return fail(writing.error());
    auto& store = (*writing)->store();
    const auto span = span_of(store, options);
    if (!span) return fail(span.error());
    const auto findings = find(store, *span);
    if (!findings) return fail(findings.error());
    const auto position = commands::acknowledge(store, (*writing)->clock(), (*writing)->context(),
                                                *span, findings->exceptions.size());
    if (!position) return fail(position.error());
    print(console, *findings);
    console.line("Reviewed: event " + std::to_string(*position) + " says so.");
    sign_after(**writing, configuration, console);
    if (!console.json()) return ExitCode::fine;
    Json document = new_document(invocation);
    document["review"] = to_json(*findings);
    document["position"] = *position;
    console.document(to_text(document));
    return ExitCode::fine;
}

}  // namespace

VerbResult review(const Invocation& invocation, const Console& console,
                  const ReviewOptions& options) {
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    if (options.ack) return acknowledge(invocation, console, *configuration, options);
    auto reading = Reading::open(*configuration);
    if (!reading) return fail(reading.error());
    const ledger::Reader& reader = (*reading)->reader();
    if (options.list) return list(invocation, console, reader);
    const auto span = span_of(reader, options);
    if (!span) return fail(span.error());
    const auto findings = find(reader, *span);
    if (!findings) return fail(findings.error());
    print(console, *findings);
    if (span->from < span->to)
        console.line("To record that they were examined: varve review --ack" +
                     (options.from ? " --from " + std::to_string(span->from) : std::string{}) +
                     " --to " + std::to_string(span->to) + " --reason \"what was found\"");
    if (console.json()) {
        Json document = new_document(invocation);
        document["review"] = to_json(*findings);
        console.document(to_text(document));
    }
    return ExitCode::fine;
}

}  // namespace tools::varve
