#include "commands/review.hpp"

#include "commands/open_attempts.hpp"
#include "ledger/checked_reader.hpp"
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

// What is looked at, and the gap that it begins with where somebody has reviewed later events.
struct Asked {
    Span span;
    std::optional<Span> gap;
};

struct Findings {
    Span span;
    std::vector<Exception> exceptions;             // by kind, then by position
    std::map<std::string, std::uint64_t> routine;  // how many of each type
};

std::string span_text(const Span& span) {
    return "events " + std::to_string(span.from) + " to " + std::to_string(span.to - 1);
}

Result<std::uint64_t> end_of(const ledger::Reader& reader, const ReviewOptions& options) {
    if (options.to) return size_when(reader, *options.to);
    const auto head = reader.head();
    if (!head) return fail(head.error());
    return head->size;
}

Result<Asked> asked(const ledger::Reader& reader, const ReviewOptions& options) {
    const auto to = end_of(reader, options);
    if (!to) return fail(to.error());
    if (options.from) {
        const auto from = size_when(reader, *options.from, Edge::begin);
        if (!from) return fail(from.error());
        return Asked{{*from, *to}, {}};
    }
    const auto reviews = commands::read_reviews(reader);
    if (!reviews) return fail(reviews.error());
    const Span span{commands::first_unreviewed(*reviews), *to};
    const auto gaps = commands::never_reviewed(*reviews, *to);
    if (gaps.empty() || gaps.front().to == *to) return Asked{span, {}};
    return Asked{span, gaps.front()};
}

std::string nothing_left(const Span& span) {
    if (span.to == 0) return "no event was recorded up to then";
    return "every event before position " + std::to_string(span.to) +
           " was reviewed; the first that never was is " + std::to_string(span.from);
}

Result<Findings> find(const ledger::Reader& reader, const Span& span) {
    Findings findings{span, {}, {}};
    const auto open = commands::open_attempts(reader, span.from, span.to);
    if (!open) return fail(open.error());
    auto events = read_events(reader, span.from, span.to, [&](const Record& record) {
        const bool is_exception = commands::exception_in(record, *open).has_value();
        if (!is_exception) ++findings.routine[ledger::type_of(record.data)];
        return is_exception;
    });
    if (!events) return fail(events.error());
    for (ToldEvent& event : *events) {
        const auto kind = *commands::exception_in(event.record, *open);
        findings.exceptions.push_back({kind, std::move(event)});
    }
    std::stable_sort(findings.exceptions.begin(), findings.exceptions.end(),
                     [](const auto& left, const auto& right) { return left.kind < right.kind; });
    return findings;
}

// Of a range without an event.
void print_empty(const Console& console, const Span& span, const ReviewOptions& options) {
    if (span.to == 0)
        console.line("Nothing is to be reviewed: " + nothing_left(span) + ".");
    else if (options.from)
        console.line("There is no event from position " + std::to_string(span.from) + " up to " +
                     std::to_string(span.to) + ".");
    else if (span.from == span.to)
        console.line("Nothing has happened since the last review.");
    else
        console.line("Nothing is left to review there: " + nothing_left(span) +
                     ". To see them again: --from 0 --to " + std::to_string(span.to));
}

void print(const Console& console, const Findings& findings) {
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

Json review_json(const Findings& findings) {
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
    const ledger::CheckedReader reader{store};
    const auto range = asked(reader, options);
    if (!range) return fail(range.error());
    const Span& span = range->span;
    if (span.to == 0 || (!options.from && span.from > span.to))
        return fail(ledger::Code::refused, "nothing-to-review", nothing_left(span),
                    "varve review --list shows what has been reviewed");
    const auto findings = find(reader, span);
    if (!findings) return fail(findings.error());
    const auto position = commands::acknowledge(store, (*writing)->clock(), (*writing)->context(),
                                                span, findings->exceptions.size());
    if (!position) return fail(position.error());
    print(console, *findings);
    console.line("Reviewed: event " + std::to_string(*position) + " says so.");
    sign_after(**writing, configuration, console);
    if (!console.json()) return ExitCode::fine;
    Json document = new_document(invocation);
    document["review"] = review_json(*findings);
    document["position"] = *position;
    console.document(to_text(document));
    return ExitCode::fine;
}

void show(const Console& console, const Asked& range, const Findings& findings,
          const ReviewOptions& options) {
    const Span& span = range.span;
    if (span.from >= span.to) return print_empty(console, span, options);
    print(console, findings);
    if (range.gap)
        console.line("Later events were reviewed before; never reviewed were " +
                     span_text(*range.gap) + ": --to " + std::to_string(range.gap->to) +
                     " shows them alone.");
    console.line(console.told("To record that they were examined: varve review --ack") +
                 (options.from ? " --from " + std::to_string(span.from) : std::string{}) +
                 " --to " + std::to_string(span.to) + " --reason \"what was found\"");
}

}  // namespace

VerbResult review(const Invocation& invocation, const Console& console,
                  const ReviewOptions& options) {
    if (auto whole = of_all_targets(invocation, "a review"); !whole) return fail(whole.error());
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    if (options.ack) return acknowledge(invocation, console, *configuration, options);
    auto reading = Reading::open(*configuration);
    if (!reading) return fail(reading.error());
    const ledger::Reader& reader = (*reading)->reader();
    if (options.list) return list(invocation, console, reader);
    const auto range = asked(reader, options);
    if (!range) return fail(range.error());
    const auto findings = find(reader, range->span);
    if (!findings) return fail(findings.error());
    show(console, *range, *findings, options);
    if (console.json()) {
        Json document = new_document(invocation);
        document["review"] = review_json(*findings);
        console.document(to_text(document));
    }
    return ExitCode::fine;
}

}  // namespace tools::varve
