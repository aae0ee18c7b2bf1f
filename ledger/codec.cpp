#include "ledger/codec.hpp"

#include "ledger/canonical_json.hpp"
#include "ledger/decode_into.hpp"
#include "ledger/event_members.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace ledger {

namespace {

// Content is bounded by what a line of it may take in memory, not by a record's limit.
constexpr std::size_t content_line_bytes_max = std::size_t{4} << 20;

// "kebab-case.1": what this program and every later one names its events.
constexpr bool is_event_type(std::string_view type) {
    const std::size_t dot = type.find('.');
    const auto is_word = [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') ||
               letter == '-';
    };
    const auto is_digit = [](char letter) { return letter >= '0' && letter <= '9'; };
    if (dot == type.npos || dot == 0 || dot + 1 == type.size()) return false;
    return std::all_of(type.begin(), type.begin() + static_cast<std::ptrdiff_t>(dot), is_word) &&
           std::all_of(type.begin() + static_cast<std::ptrdiff_t>(dot) + 1, type.end(), is_digit);
}

// An event of that type; one that is there keeps its memory, since every member is read anew.
template <std::size_t index = 0>
void begin_event(Event& event, std::string_view type) {
    if constexpr (index == std::variant_size_v<EventVariant>) {
        event = Opaque{std::string{type}, {}};
    } else {
        using Candidate = std::variant_alternative_t<index, EventVariant>;
        if constexpr (!std::is_same_v<Candidate, Opaque>) {
            static_assert(is_event_type(Candidate::tag));
            if (type == std::string_view{Candidate::tag}) {
                if (!std::holds_alternative<Candidate>(event)) event.emplace<Candidate>();
                return;
            }
        }
        begin_event<index + 1>(event, type);
    }
}

// A type as it stands in the line, where nothing in it is escaped.
struct TypeName {
    std::string scratch;
    std::string_view text;
};
void load(JsonReader& archive, TypeName& type) { type.text = archive.text(type.scratch); }

template <class Value>
const Value& value_of(const Value& value) {
    return value;
}

template <class Value>
const Value& value_of(const Value* value) {
    return *value;
}

template <class Value>
Result<std::string> encode_lines(const std::vector<Value>& values) {
    std::string lines;
    for (const Value& value : values) {
        JsonWriter writer{content_line_bytes_max};
        writer(value_of(value));
        if (writer.failed()) return fail(Code::refused, "content-not-encodable", writer.fault());
        // Lines of one kind are about as long: thousands are not moved about as they grow.
        if (lines.empty()) lines.reserve((writer.text().size() + 1) * values.size() * 9 / 8);
        lines += writer.text();
        lines += '\n';
    }
    return lines;
}

template <class Value>
Result<std::vector<Value>> decode_lines(std::string_view lines) {
    std::vector<Value> values;
    while (!lines.empty()) {
        const std::size_t end = lines.find('\n');
        JsonReader reader{lines.substr(0, end), content_line_bytes_max};
        reader(values.emplace_back());
        reader.finish();
        if (end == lines.npos) reader.refuse("a line without its end");
        if (reader.failed())
            return fail(Code::corrupt, "content-unreadable",
                        "line " + std::to_string(values.size()) + ", " + reader.fault());
        lines.remove_prefix(end + 1);
    }
    return values;
}

Error not_encodable(const Record& record, std::string_view why) {
    return {Code::refused, "event-not-encodable",
            "an event of type " + type_of(record.data) + " cannot be stored: " + std::string{why},
            "nothing was stored; text from outside must be cleaned and cut first"};
}

}  // namespace

void save(JsonWriter& archive, const Opaque& event) { archive.raw(event.json); }
void load(JsonReader& archive, Opaque& event) { archive.raw_object(event.json); }

void serialize(JsonWriter& archive, Record& record) {
    const std::array batch{record.batch_index, record.batch_length};
    const std::string type = type_of(record.data);
    archive(member("v", record.envelope), member("ledger", record.ledger),
            member("position", record.position), member("batch", batch),
            member("stream", record.stream), member("stream_version", record.stream_version),
            member("id", record.id), member("type", type),
            member("recorded_at_us", record.recorded_at_us),
            member("clock_went_back", record.clock_went_back), member("actor", record.actor),
            member("run", record.run), member("correlation", record.correlation),
            member("causation", record.causation), member("reason", record.reason),
            member("ticket", record.ticket), member("tool", record.tool));
    std::visit([&](const auto& event) { archive(member("data", event)); }, record.data);
}

void serialize(JsonReader& archive, Record& record) {
    archive(member("v", record.envelope));
    if (!archive.failed() && record.envelope != 1)
        return archive.refuse("an envelope of a newer version");
    std::array<std::uint32_t, 2> batch{};
    TypeName type;
    archive(member("ledger", record.ledger), member("position", record.position),
            member("batch", batch), member("stream", record.stream),
            member("stream_version", record.stream_version), member("id", record.id),
            member("type", type), member("recorded_at_us", record.recorded_at_us),
            member("clock_went_back", record.clock_went_back), member("actor", record.actor),
            member("run", record.run), member("correlation", record.correlation),
            member("causation", record.causation), member("reason", record.reason),
            member("ticket", record.ticket), member("tool", record.tool));
    record.batch_index = batch[0];
    record.batch_length = batch[1];
    begin_event(record.data, type.text);
    const bool is_known = !std::holds_alternative<Opaque>(record.data);
    if (!archive.failed() && !is_known && !is_event_type(type.text))
        return archive.refuse("no name of an event");
    std::visit([&](auto& event) { archive(member("data", event)); }, record.data);
}

Result<std::string> encode(const Record& record) {
    JsonWriter writer{line_bytes_max};
    writer(record);
    if (writer.failed()) return fail(not_encodable(record, writer.fault()));
    // What cannot be read back as it was must never be hashed.
    const Result<Record> again = decode(writer.text());
    if (!again) return fail(not_encodable(record, again.error().detail));
    if (*again != record) return fail(not_encodable(record, "it would be read as another event"));
    return std::string{writer.text()};
}

Result<void> decode_into(std::string_view line, Record& record) {
    JsonReader reader{line, line_bytes_max};
    reader(record);
    reader.finish();
    if (reader.failed())
        return fail(Code::corrupt, "event-unreadable", reader.fault(),
                    "run verify; a newer version of the program may be needed to read it");
    return {};
}

Result<Record> decode(std::string_view line) {
    Result<Record> record{tl::in_place};
    if (auto read = decode_into(line, *record); !read) record = fail(std::move(read.error()));
    return record;
}

Result<std::string> encode_statements(const std::vector<StatementResult>& results) {
    return encode_lines(results);
}

Result<std::vector<StatementResult>> decode_statements(std::string_view lines) {
    return decode_lines<StatementResult>(lines);
}

Result<std::string> encode_plan(const std::vector<const PlannedMigration*>& plan) {
    return encode_lines(plan);
}

Result<std::vector<PlannedMigration>> decode_plan(std::string_view lines) {
    return decode_lines<PlannedMigration>(lines);
}

Result<std::string> encode_data(const Event& event) {
    JsonWriter writer{line_bytes_max};
    std::visit([&](const auto& known) { writer(known); }, event);
    if (writer.failed())
        return fail(Code::refused, "event-not-encodable",
                    type_of(event) + " has no stored form: " + writer.fault());
    return std::string{writer.text()};
}

}  // namespace ledger
