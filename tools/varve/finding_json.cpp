#include "tools/varve/finding_json.hpp"

#include "tools/varve/ahead.hpp"

#include <algorithm>
#include <charconv>
#include <span>

namespace tools::varve {

using migrations::Diagnostic;

namespace {

constexpr std::size_t bytes_of_finding = 700;
constexpr std::size_t chunk = 256;  // findings that one thread writes at once

// Members and items, each on a line of its own, indented as deep as it stands.
class Writer {
public:
    Writer(std::string& json, std::size_t depth) : json_{json}, depth_{depth} {}

    void open(char bracket) {
        json_ += bracket;
        ++depth_;
        is_first_ = true;
    }
    void close(char bracket) {
        --depth_;
        if (!is_first_) begin_line();
        json_ += bracket;
        is_first_ = false;
    }
    void next() {
        if (!is_first_) json_ += ',';
        begin_line();
        is_first_ = false;
    }
    void key(std::string_view name) {
        next();
        json_ += '"';
        json_ += name;
        json_ += "\": ";
    }
    void put(std::string_view text) { append_quoted(json_, text); }
    void put_number(std::uint32_t number) {
        char digits[16];
        const auto end = std::to_chars(std::begin(digits), std::end(digits), number).ptr;
        json_.append(std::begin(digits), end);
    }
    void put_word(std::string_view word) { json_ += word; }

    void member(std::string_view name, std::string_view text) {
        key(name);
        put(text);
    }
    void member(std::string_view name, std::uint32_t number) {
        key(name);
        put_number(number);
    }
    void member(std::string_view name, const std::optional<std::string>& text) {
        key(name);
        text ? put(*text) : put_word("null");
    }

private:
    void begin_line() {
        json_ += '\n';
        json_.append(2 * depth_, ' ');
    }

    std::string& json_;
    std::size_t depth_;
    bool is_first_{true};
};

void write(Writer& writer, const migrations::SuggestedEdit& edit) {
    writer.open('{');
    writer.member("line", edit.line);
    writer.member("column", edit.column);
    writer.member("end_line", edit.end_line);
    writer.member("end_column", edit.end_column);
    writer.member("text", std::string_view{edit.text});
    writer.close('}');
}

void write(Writer& writer, const migrations::SuggestedFix& fix) {
    writer.open('{');
    writer.member("title", std::string_view{fix.title});
    writer.key("edits");
    writer.open('[');
    for (const migrations::SuggestedEdit& edit : fix.edits) {
        writer.next();
        write(writer, edit);
    }
    writer.close(']');
    writer.member("proven_because", fix.proven_because);
    writer.close('}');
}

void write(Writer& writer, const Diagnostic& finding) {
    writer.open('{');
    writer.member("rule", std::string_view{finding.rule});
    writer.member("severity", severity_text(finding.severity));
    writer.member("file", std::string_view{finding.file});
    writer.member("line", finding.line);
    writer.member("column", finding.column);
    writer.member("end_line", finding.end_line == 0 ? finding.line : finding.end_line);
    writer.member("end_column", finding.end_column);
    writer.member("message", std::string_view{finding.message});
    writer.key("help");
    writer.open('[');
    for (const std::string& help : finding.help) {
        writer.next();
        writer.put(help);
    }
    writer.close(']');
    writer.key("fix");
    finding.fix ? write(writer, *finding.fix) : writer.put_word("null");
    writer.member("accepted_because", finding.accepted_because);
    writer.key("concerns_down");
    writer.put_word(finding.concerns_down ? "true" : "false");
    writer.close('}');
}

// As they stand in the list, without its brackets.
std::string items(std::span<const Diagnostic> findings) {
    std::string json;
    json.reserve(findings.size() * bytes_of_finding);
    Writer writer{json, 2};
    for (const Diagnostic& finding : findings) {
        writer.next();
        write(writer, finding);
    }
    return json;
}

// Printed as it is: no sign that JSON escapes, and no byte of which UTF-8 must be checked.
bool needs_no_escape(char each) {
    return each >= ' ' && each <= '~' && each != '"' && each != '\\';
}

char escape_of(char each) {
    switch (each) {
        case '\n':
            return 'n';
        case '\t':
            return 't';
        case '\r':
            return 'r';
        case '"':
        case '\\':
            return each;
        default:
            return '\0';
    }
}

}  // namespace

void append_quoted(std::string& json, std::string_view text) {
    const std::size_t before = json.size();
    json += '"';
    for (auto at = text.begin(); at != text.end();) {
        const auto end = std::find_if_not(at, text.end(), needs_no_escape);
        json.append(at, end);
        if (end == text.end()) break;
        const char escape = escape_of(*end);
        if (escape == '\0') {
            json.resize(before);
            json += Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
            return;
        }
        json += {'\\', escape};
        at = end + 1;
    }
    json += '"';
}

std::string with_findings(const Json& document, const std::vector<Diagnostic>& findings) {
    std::string json = to_text(document);
    json.resize(json.size() - std::string_view{"\n}"}.size());
    json.reserve(json.size() + findings.size() * bytes_of_finding);
    json += ",\n  \"findings\": [";
    const std::size_t chunk_count = (findings.size() + chunk - 1) / chunk;
    Ahead<std::string> chunks{chunk_count, [&](std::size_t index) {
                                  const auto from = std::span{findings}.subspan(index * chunk);
                                  return items(from.first(std::min(chunk, from.size())));
                              }};
    for (std::size_t index = 0; index < chunk_count; ++index) {
        if (index > 0) json += ',';
        json += chunks.take();
    }
    json += findings.empty() ? "]\n}" : "\n  ]\n}";
    return json;
}

}  // namespace tools::varve
