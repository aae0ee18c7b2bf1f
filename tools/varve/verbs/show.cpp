#include "commands/redact.hpp"
#include "ledger/codec.hpp"
#include "ledger/tree.hpp"
#include "projections/engine.hpp"
#include "tools/varve/event_text.hpp"
#include "tools/varve/json_document.hpp"
#include "tools/varve/session.hpp"
#include "tools/varve/time_text.hpp"
#include "tools/varve/verbs.hpp"

#include <algorithm>
#include <cstdio>

namespace tools::varve {

using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

constexpr std::size_t lookup_scan_count = 1'000;

bool all_digits(const std::string& text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

ledger::Error unknown(const std::string& event) {
    return {Code::refused, "event-unknown", "there is no event \"" + event + "\"",
            "give a position or an id; varve history lists them"};
}

Result<std::string> line_at(const ledger::Reader& reader, const std::string& event) {
    if (event.size() > 15) return fail(unknown(event));
    auto lines = reader.lines(std::stoull(event), 1);
    if (!lines) return fail(lines.error());
    if (lines->empty()) return fail(unknown(event));
    return std::move(lines->front());
}

Result<std::string> line_of_id(const ledger::Reader& reader, const std::string& event) {
    if (!ledger::uuid_from_text(event)) return fail(unknown(event));
    const std::string wanted = "\"id\":\"" + event + "\"";
    for (std::uint64_t position = 0;; position += lookup_scan_count) {
        auto lines = reader.lines(position, lookup_scan_count);
        if (!lines) return fail(lines.error());
        for (std::string& line : *lines)
            if (line.find(wanted) != std::string::npos) return std::move(line);
        if (lines->size() < lookup_scan_count) return fail(unknown(event));
    }
}

// Every digest that the event refers to as content, with its kind.
std::vector<std::pair<std::string, std::string>> references(const Json& json) {
    std::vector<std::pair<std::string, std::string>> found;
    for (const auto& [name, value] : json.items())
        if (value.is_object() && value.contains("digest") && value.contains("kind"))
            found.emplace_back(name, value["digest"].get<std::string>());
    return found;
}

Result<std::string> content_text(const ledger::Reader& reader, const std::string& hex) {
    const auto digest = ledger::digest_from_hex(hex);
    if (!digest)
        return fail(Code::refused, "usage", "\"" + hex + "\" is no SHA-256 in hex",
                    "64 lower-case characters");
    auto content = reader.content(*digest);
    if (!content) return fail(content.error());
    if (!*content) return fail(commands::absent_content(reader, *digest));
    return std::move(**content);
}

// Byte by byte into a file or a pipe; to a terminal what steers it is not given.
VerbResult show_content(const Invocation& invocation, const Console& console,
                        const ledger::Reader& reader, const std::string& hex) {
    auto text = content_text(reader, hex);
    if (!text) return fail(text.error());
    if (console.json()) {
        Json document = new_document(invocation);
        document["digest"] = hex;
        document["content"] = *text;
        console.document(to_text(document));
    } else if (console.terminal()) {
        if (text->ends_with('\n')) text->pop_back();
        console.line(*text);
    } else {
        std::fwrite(text->data(), 1, text->size(), stdout);
    }
    return ExitCode::fine;
}

}  // namespace

VerbResult show(const Invocation& invocation, const Console& console, const ShowOptions& options) {
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    auto reading = Reading::open(*configuration);
    if (!reading) return fail(reading.error());
    const ledger::Reader& reader = (*reading)->reader();
    if (options.event.starts_with("content:"))
        return show_content(invocation, console, reader, options.event.substr(8));
    const auto line = all_digits(options.event) ? line_at(reader, options.event)
                                                : line_of_id(reader, options.event);
    if (!line) return fail(line.error());
    if (options.raw) {
        std::fwrite(line->data(), 1, line->size(), stdout);
        std::fputc('\n', stdout);
        return ExitCode::fine;
    }
    const auto record = ledger::decode(*line);
    if (!record) return fail(record.error());
    const Json json = Json::parse(*line, nullptr, false);
    const std::string leaf = ledger::hex(ledger::leaf_hash(*line));

    console.line(sentence(record->data));
    console.line(console.paint(Colour::grey, "recorded " + instant_text(record->recorded_at_us) +
                                                 " by " + record->actor.id + ", leaf " + leaf));
    console.line(to_text(json));
    Json contents = Json::object();
    for (const auto& [name, digest] : references(json["data"])) {
        if (!options.content) continue;
        auto text = content_text(reader, digest);
        if (!text && text.error().reason == "content-redacted") text = text.error().detail;
        if (!text) return fail(text.error());
        console.line("\n" + console.paint(Colour::bold, name) + " (content:" + digest + ")");
        console.line(*text);
        contents[name] = *text;
    }
    if (console.json()) {
        Json document = new_document(invocation);
        document["leaf"] = leaf;
        document["event"] = json;
        document["contents"] = contents;
        console.document(to_text(document));
    }
    return ExitCode::fine;
}

}  // namespace tools::varve
