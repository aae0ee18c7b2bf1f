#include "ledger/canonical_json.hpp"

#include "ledger/clean.hpp"

#include <algorithm>
#include <cassert>

namespace ledger {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

bool is_plain(unsigned char character) {
    return character >= 0x20 && character < 0x80 && character != '"' && character != '\\';
}

// The character that a backslash and `letter` stand for; 0 where that is no escape.
char short_escape(char letter) {
    switch (letter) {
        case '"':
        case '\\':
            return letter;
        case 'b':
            return '\b';
        case 't':
            return '\t';
        case 'n':
            return '\n';
        case 'f':
            return '\f';
        case 'r':
            return '\r';
        default:
            return '\0';
    }
}

bool has_short_escape(unsigned code) {
    return code == '\b' || code == '\t' || code == '\n' || code == '\f' || code == '\r';
}

}  // namespace

bool JsonPlace::enter(Container container) {
    if (depth_ == json_depth_max) {
        set_fault("deeper than 8");
        return false;
    }
    containers_[depth_++] = container;
    first_ = true;
    return true;
}

JsonPlace::Container JsonPlace::leave() {
    assert(depth_ > 0);
    first_ = false;
    return containers_[--depth_];
}

std::optional<std::string_view> JsonPlace::begin_next() {
    const bool in_object = depth_ > 0 && containers_[depth_ - 1] == Container::object;
    assert(in_object == name_.has_value() && "members have names, elements have none");
    static_cast<void>(in_object);
    first_ = false;
    return std::exchange(name_, std::nullopt);
}

void JsonPlace::set_fault(std::string why) {
    if (fault_.empty()) fault_ = std::move(why);
}

void JsonWriter::open(Container container) {
    begin_value();
    if (failed() || !enter(container)) return;
    append(container == Container::object ? "{" : "[");
}

void JsonWriter::close() {
    if (failed()) return;
    append(leave() == Container::object ? "}" : "]");
}

void JsonWriter::null() {
    begin_value();
    append("null");
}

void JsonWriter::boolean(bool value) {
    begin_value();
    append(value ? "true" : "false");
}

void JsonWriter::string(std::string_view value) {
    begin_value();
    append("\"");
    while (!value.empty() && !failed()) {
        std::size_t plain = 0;
        while (plain < value.size() && is_plain(static_cast<unsigned char>(value[plain]))) ++plain;
        append(value.substr(0, plain));
        value.remove_prefix(plain);
        if (value.empty()) break;
        const auto character = static_cast<unsigned char>(value.front());
        const std::size_t length = utf8_sequence_length(value.substr(0, 4));
        if (length == 0) return refuse("ill-formed UTF-8");
        if (character == 0) return refuse("a NUL character");
        if (character < 0x80)
            escape(character);
        else
            append(value.substr(0, length));
        value.remove_prefix(length);
    }
    append("\"");
}

void JsonWriter::raw(std::string_view json) {
    begin_value();
    if (failed()) return;
    JsonReader reader{json, bytes_max_};
    reader.skip_value();
    reader.finish();
    if (reader.failed()) return refuse("JSON that is not canonical: " + reader.fault());
    append(json);
}

void JsonWriter::refuse(std::string_view why) {
    std::string fault{why};
    if (!last_name_.empty()) fault += " in \"" + std::string{last_name_} + '"';
    set_fault(std::move(fault));
}

void JsonWriter::begin_value() {
    if (failed()) return;
    if (!is_first()) append(",");
    if (const auto name = begin_next()) {
        last_name_ = *name;
        append("\"");
        append(*name);
        append("\":");
    }
}

void JsonWriter::append(std::string_view bytes) {
    if (failed()) return;
    if (bytes.size() > bytes_max_ - text_.size()) return refuse("more bytes than a line may have");
    text_ += bytes;
}

void JsonWriter::escape(unsigned char character) {
    switch (character) {
        case '"':
            return append("\\\"");
        case '\\':
            return append("\\\\");
        case '\b':
            return append("\\b");
        case '\t':
            return append("\\t");
        case '\n':
            return append("\\n");
        case '\f':
            return append("\\f");
        case '\r':
            return append("\\r");
        default:
            break;
    }
    const std::array<char, 6> code{
        '\\', 'u', '0', '0', hex_digits[character >> 4], hex_digits[character & 15]};
    append({code.data(), code.size()});
}

JsonReader::JsonReader(std::string_view text, std::size_t bytes_max)
    : InputArchive{this}, bytes_count_{text.size()}, rest_{text} {
    if (text.size() > bytes_max) set_fault("more bytes than a line may have");
}

void JsonReader::open(Container container) {
    begin_value();
    if (failed() || !enter(container)) return;
    take(container == Container::object ? "{" : "[");
}

void JsonReader::close() {
    if (failed()) return;
    take(leave() == Container::object ? "}" : "]");
}

bool JsonReader::null() {
    begin_value();
    if (failed()) return true;
    if (rest_.starts_with("null")) return take("null");
    begun_ = true;
    return false;
}

void JsonReader::boolean(bool& value) {
    begin_value();
    if (failed()) return;
    value = rest_.starts_with('t');
    take(value ? "true" : "false");
}

void JsonReader::string(std::string& value) {
    begin_value();
    read_string(value);
}

void JsonReader::raw_object(std::string& json) {
    begin_value();
    if (failed()) return;
    if (!rest_.starts_with('{')) return refuse("expected {");
    const std::string_view before = rest_;
    begun_ = true;
    skip_value();
    if (!failed()) json.assign(before.substr(0, before.size() - rest_.size()));
}

// NOLINTNEXTLINE(misc-no-recursion): json_depth_max bounds it
void JsonReader::skip_value() {
    std::string ignored_string;
    bool ignored_boolean = false;
    std::int64_t ignored_integer = 0;
    if (null()) return;
    if (rest_.starts_with('{'))
        skip_object();
    else if (rest_.starts_with('['))
        skip_array();
    else if (rest_.starts_with('"'))
        string(ignored_string);
    else if (rest_.starts_with('t') || rest_.starts_with('f'))
        boolean(ignored_boolean);
    else
        integer(ignored_integer);
}

void JsonReader::finish() {
    if (!failed() && !rest_.empty()) refuse("bytes after the end");
}

void JsonReader::refuse(std::string_view why) {
    set_fault("byte " + std::to_string(bytes_count_ - rest_.size()) + ": " + std::string{why});
}

void JsonReader::begin_value() {
    if (std::exchange(begun_, false) || failed()) return;
    if (!is_first()) take(",");
    if (const auto name = begin_next()) {
        const bool here = rest_.starts_with('"') && rest_.substr(1).starts_with(*name) &&
                          rest_.substr(1 + name->size()).starts_with("\":");
        if (!here) return refuse("expected the member \"" + std::string{*name} + '"');
        rest_.remove_prefix(name->size() + 3);
    }
}

bool JsonReader::take(std::string_view expected) {
    if (failed()) return false;
    if (!rest_.starts_with(expected)) {
        refuse("expected " + std::string{expected});
        return false;
    }
    rest_.remove_prefix(expected.size());
    return true;
}

void JsonReader::read_string(std::string& value) {
    value.clear();
    if (!take("\"")) return;
    while (!rest_.empty()) {
        std::size_t plain = 0;
        while (plain < rest_.size() && is_plain(static_cast<unsigned char>(rest_[plain]))) ++plain;
        value += rest_.substr(0, plain);
        rest_.remove_prefix(plain);
        if (rest_.empty()) break;
        if (rest_.front() == '"') return rest_.remove_prefix(1);
        if (rest_.front() == '\\') {
            if (!read_escape(value)) return refuse("an escape in another form");
            continue;
        }
        const std::size_t length = utf8_sequence_length(rest_.substr(0, 4));
        if (static_cast<unsigned char>(rest_.front()) < 0x20) return refuse("a raw control");
        if (length == 0) return refuse("ill-formed UTF-8");
        value += rest_.substr(0, length);
        rest_.remove_prefix(length);
    }
    refuse("a string without an end");
}

bool JsonReader::read_escape(std::string& value) {
    if (rest_.size() < 2) return false;
    if (const char character = short_escape(rest_[1])) {
        value += character;
        rest_.remove_prefix(2);
        return true;
    }
    if (rest_.size() < 6 || !rest_.starts_with("\\u00")) return false;
    const std::size_t high = hex_digits.find(rest_[4]);
    const std::size_t low = hex_digits.find(rest_[5]);
    if (high > 1 || low > 15) return false;
    const auto code = static_cast<unsigned>(high << 4 | low);
    if (code == 0 || has_short_escape(code)) return false;
    value += static_cast<char>(code);
    rest_.remove_prefix(6);
    return true;
}

// NOLINTNEXTLINE(misc-no-recursion): json_depth_max bounds it
void JsonReader::skip_object() {
    std::vector<std::string> names;
    open(Container::object);
    while (!failed() && !rest_.starts_with('}')) {
        if (!is_first() && !take(",")) return;
        std::string& name = names.emplace_back();
        read_string(name);
        if (!take(":")) return;
        set_name(name);
        begin_next();
        begun_ = true;
        skip_value();
    }
    close();
    std::sort(names.begin(), names.end());
    if (std::adjacent_find(names.begin(), names.end()) != names.end())
        refuse("a member that is there twice");
}

// NOLINTNEXTLINE(misc-no-recursion): json_depth_max bounds it
void JsonReader::skip_array() {
    open(Container::array);
    while (has_element()) skip_value();
    close();
}

}  // namespace ledger
