#include "commands/review.hpp"

#include "commands/redact.hpp"
#include "ledger/fold.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string>

namespace commands {

using ledger::fail;
using ledger::Record;
using ledger::Result;
using Kind = ExceptionKind;
using ExceptionAnswer = std::optional<Kind>;

namespace {

ExceptionAnswer gates(const std::vector<ledger::GateVerdict>& verdicts) {
    const bool is_forced = std::any_of(verdicts.begin(), verdicts.end(), is_overridden);
    return is_forced ? ExceptionAnswer{Kind::forced} : std::nullopt;
}

ExceptionAnswer when(bool is_so, Kind kind) { return is_so ? ExceptionAnswer{kind} : std::nullopt; }

ExceptionAnswer end_of(ledger::Outcome outcome) {
    return when(outcome == ledger::Outcome::in_doubt, Kind::failure);  // the rest is told already
}

ExceptionAnswer in_event(const ledger::Event& event) {
    using namespace ledger;
    const auto routine = [](const auto&) { return ExceptionAnswer{}; };
    return std::visit(
        Overload{
            [&](const LedgerCreated& it) { return routine(it); },
            [](const KeyAdded&) { return ExceptionAnswer{Kind::key}; },
            [&](const MigrationRegistered& it) { return routine(it); },
            [&](const MigrationRevised& it) { return routine(it); },
            [&](const TargetRegistered& it) { return routine(it); },
            [](const RunStarted& it) { return gates(it.gates); },
            [](const RunRefused&) { return ExceptionAnswer{Kind::refusal}; },
            [&](const AttemptStarted& it) { return routine(it); },
            [&](const StatementSucceeded& it) { return routine(it); },
            [](const ledger::AttemptSucceeded& it) {
                return when(it.settled_from.has_value(), Kind::settled);
            },
            [](const ledger::AttemptFailed&) { return ExceptionAnswer{Kind::failure}; },
            [](const ledger::AttemptCancelled&) { return ExceptionAnswer{Kind::cancelled}; },
            [](const RunFinished& it) { return end_of(it.outcome); },
            [](const RollbackStarted& it) { return gates(it.gates); },
            [](const RollbackFinished& it) { return end_of(it.outcome); },
            [](const LockWaited& it) { return when(!it.obtained, Kind::failure); },
            [](const DifferenceResolved&) { return ExceptionAnswer{Kind::decision}; },
            [](const MigrationAdopted& it) {
                return when(!it.digest || !it.checksum_agrees.value_or(true), Kind::decision);
            },
            [](const BaselineTaken&) { return ExceptionAnswer{Kind::decision}; },
            [](const HistoryImported&) { return ExceptionAnswer{Kind::decision}; },
            [&](const MarkersWritten& it) { return routine(it); },
            [](const KeyRetired&) { return ExceptionAnswer{Kind::key}; },
            [&](const CheckpointSigned& it) { return routine(it); },
            [&](const CheckpointWitnessed& it) { return routine(it); },
            [](const LedgerVerified& it) { return when(it.fault_count > 0, Kind::failure); },
            [](const ContentRedacted&) { return ExceptionAnswer{Kind::redaction}; },
            [&](const LedgerCopied& it) { return routine(it); },
            [](const LedgerRestored&) { return ExceptionAnswer{Kind::restore}; },
            [&](const ExportProduced& it) { return routine(it); },
            [&](const LogReviewed& it) { return routine(it); },
            [&](const MigrationValidated& it) { return routine(it); },
            [](const FindingAccepted&) { return ExceptionAnswer{Kind::decision}; },
            [](const MigrationTested& it) { return when(!it.passed, Kind::failure); },
            [](const IntegrityChecked& it) { return when(!it.passed, Kind::failure); },
            [](const Opaque&) { return ExceptionAnswer{Kind::unknown}; },
        },
        event);
}

}  // namespace

bool is_overridden(const ledger::GateVerdict& verdict) {
    return !verdict.passed || verdict.detail.starts_with(forced_prefix);
}

std::string_view to_text(ExceptionKind kind) {
    constexpr std::array<std::string_view, exception_kinds_count> names{
        "failure",   "in doubt", "refusal", "decision", "forced", "cancelled", "settled afterwards",
        "redaction", "restore",  "key",     "clock",    "unknown"};
    return names.at(static_cast<std::size_t>(kind));
}

std::optional<ExceptionKind> exception_in(const Record& record) {
    if (const auto kind = in_event(record.data)) return kind;
    return when(record.clock_went_back, Kind::clock);
}

std::optional<ExceptionKind> exception_in(const Record& record,
                                          const std::set<std::uint64_t>& open) {
    return open.contains(record.position) ? ExceptionKind::in_doubt : exception_in(record);
}

Result<std::vector<Record>> read_reviews(const ledger::Reader& reader) {
    const auto head = reader.head();
    if (!head) return fail(head.error());
    auto records = read_stream(reader, ledger::ledger_stream, head->size);
    if (records)
        std::erase_if(*records, [](const Record& record) {
            return !std::holds_alternative<ledger::LogReviewed>(record.data);
        });
    return records;
}

std::vector<Span> never_reviewed(const std::vector<Record>& reviews, std::uint64_t size) {
    std::vector<Span> covered;
    for (const Record& record : reviews) {
        const auto& review = std::get<ledger::LogReviewed>(record.data);
        covered.push_back({review.from_position, review.to_position});
    }
    std::sort(covered.begin(), covered.end(),
              [](const Span& left, const Span& right) { return left.from < right.from; });
    std::vector<Span> gaps;
    std::uint64_t next = 0;
    for (const Span& span : covered) {
        if (span.from > next) gaps.push_back({next, span.from});
        next = std::max(next, span.to);
    }
    if (next < size) gaps.push_back({next, size});
    return gaps;
}

std::uint64_t first_unreviewed(const std::vector<Record>& reviews) {
    constexpr auto endless = std::numeric_limits<std::uint64_t>::max();
    const auto gaps = never_reviewed(reviews, endless);
    return gaps.empty() ? endless : gaps.front().from;
}

Result<std::uint64_t> acknowledge(ledger::Store& store, ledger::Clock& clock,
                                  const ledger::Context& context, Span span,
                                  std::uint64_t exception_count) {
    if (span.from >= span.to)
        return fail(ledger::Code::refused, "nothing-to-review",
                    "there is no event from position " + std::to_string(span.from) + " up to " +
                        std::to_string(span.to),
                    "varve review --list shows what has been reviewed");
    const auto root = store.root_at(span.to);
    if (!root) return fail(root.error());
    ledger::Append append;
    append.context = context;
    append.drafts.push_back({std::string{ledger::ledger_stream},
                             ledger::new_uuid(clock.now_us() / 1000),
                             ledger::LogReviewed{span.from, span.to, *root, exception_count},
                             {}});
    const auto appended = store.append(std::move(append));
    if (!appended) return fail(appended.error());
    return appended->first_position;
}

}  // namespace commands
