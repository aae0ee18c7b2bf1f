#include "tools/varve/event_table.hpp"

#include "ledger/codec.hpp"
#include "tools/varve/event_text.hpp"
#include "tools/varve/time_text.hpp"

#include <algorithm>

namespace tools::varve {

using ledger::fail;

namespace {

constexpr std::size_t batch_events = 1'000;

}  // namespace

ledger::Result<std::vector<ToldEvent>> read_events(
    const ledger::Reader& reader, std::uint64_t from, std::uint64_t to,
    const std::function<bool(const ledger::Record&)>& is_wanted) {
    std::vector<ToldEvent> events;
    while (from < to) {
        auto lines = reader.lines(from, std::min<std::uint64_t>(batch_events, to - from));
        if (!lines) return fail(lines.error());
        if (lines->empty()) break;
        for (std::string& line : *lines) {
            auto record = ledger::decode(line);
            if (!record) return fail(record.error());
            if (is_wanted(*record)) events.push_back({std::move(line), std::move(*record)});
        }
        from += lines->size();
    }
    return events;
}

std::string one_line(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return (c >= '\0' && c < ' ') || c == '\x7f'; },
        ' ');
    return text;
}

std::vector<std::string> event_cells(const Console& console, const ledger::Record& record) {
    std::string what = sentence(record.data);
    if (record.reason) what += "  [" + one_line(*record.reason) + "]";
    if (record.ticket) what += "  (" + one_line(*record.ticket) + ")";
    return {console.paint(Colour::grey, std::to_string(record.position)),
            instant_short(record.recorded_at_us), record.actor.id, std::move(what)};
}

}  // namespace tools::varve
