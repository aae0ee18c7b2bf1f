#include "adapters/rocksdb/reader.hpp"
#include "ledger/checked_reader.hpp"
#include "ledger/codec.hpp"
#include "ledger/spelling.hpp"
#include "ledger/tree.hpp"
#include "tools/varve/event_text.hpp"
#include "tools/varve/evidence_documents.hpp"
#include "tools/varve/evidence_scope.hpp"
#include "tools/varve/harmless_text.hpp"
#include "tools/varve/json_document.hpp"
#include "tools/varve/time_text.hpp"
#include "tools/varve/verbs.hpp"

#include <cstdio>

namespace tools::varve {

using ledger::fail;
using ledger::Result;

namespace {

constexpr std::size_t history_scan_count = 1'000;

// RFC 4180. A cell that a spreadsheet would take for a formula gets an apostrophe, and what would
// steer a terminal is not in it.
std::string cell(std::string text) {
    text = harmless(text, false);
    if (!text.empty() && std::string_view{"=+-@\t\r"}.find(text.front()) != std::string_view::npos)
        text.insert(text.begin(), '\'');
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char character : text) {
        if (character == '"') quoted += '"';
        quoted += character;
    }
    return quoted + '"';
}

constexpr const char* heading =
    "position,recorded_at,type,stream,stream_version,target,migration,actor,actor_kind,actor_via,"
    "actor_host,run,reason,ticket,what,leaf\r\n";

std::string csv_row(const ledger::Record& record, const std::string& leaf) {
    std::string target;
    std::string version;
    std::visit(
        [&](const auto& event) {
            if constexpr (requires { event.target; }) target = event.target.name;
            if constexpr (requires { event.version; }) version = event.version.text;
        },
        record.data);
    const std::vector<std::string> cells{std::to_string(record.position),
                                         instant_text(record.recorded_at_us),
                                         ledger::type_of(record.data),
                                         record.stream,
                                         std::to_string(record.stream_version),
                                         target,
                                         version,
                                         record.actor.id,
                                         std::string{ledger::spell(record.actor.kind)},
                                         record.actor.via,
                                         record.actor.host,
                                         record.run ? ledger::to_text(*record.run) : "",
                                         record.reason.value_or(""),
                                         record.ticket.value_or(""),
                                         sentence(record.data, TargetTold::beside),
                                         leaf};
    std::string row;
    for (const std::string& text : cells) row += (row.empty() ? "" : ",") + cell(text);
    return row + "\r\n";
}

std::string json_line(const ledger::Record& record, const std::string& line,
                      const std::string& leaf) {
    const Json json{{"position", record.position},
                    {"recorded_at", instant_text(record.recorded_at_us)},
                    {"leaf", leaf},
                    {"says", sentence(record.data)},
                    {"event", Json::parse(line, nullptr, false)}};
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<void> print(const ledger::Reader& reader, const commands::EvidenceScope& scope, bool csv) {
    for (std::uint64_t position = 0;; position += history_scan_count) {
        const auto lines = reader.lines(position, history_scan_count);
        if (!lines) return fail(lines.error());
        for (const std::string& line : *lines) {
            const auto record = ledger::decode(line);
            if (!record) return fail(record.error());
            if (record->recorded_at_us < scope.from_us || record->recorded_at_us > scope.to_us)
                continue;
            const std::string leaf = ledger::hex(ledger::leaf_hash(line));
            const std::string text = csv ? csv_row(*record, leaf) : json_line(*record, line, leaf);
            std::fwrite(text.data(), 1, text.size(), stdout);
        }
        if (lines->size() < history_scan_count) return {};
    }
}

}  // namespace

VerbResult export_history(const Invocation& invocation, const Console&,
                          const ExportHistoryOptions& options) {
    if (auto whole = of_all_targets(invocation, "the audit log"); !whole)
        return fail(whole.error());
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    auto reader = adapters::rocksdb::Reader::open(configuration->ledger);
    if (!reader) return fail(reader.error());
    const ledger::CheckedReader checked{**reader};
    const auto scope = evidence_range(options.from, options.to, checked);
    if (!scope) return fail(scope.error());
    const bool csv = options.form == "csv";
    if (csv) std::fputs(heading, stdout);
    if (auto printed = print(checked, *scope, csv); !printed) return fail(printed.error());
    return ExitCode::fine;
}

}  // namespace tools::varve
