#include "ledger/canonical_json.hpp"

#include "ledger/clean.hpp"
#include "ledger/hex_digit.hpp"

#include <algorithm>

namespace ledger {

namespace {

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

bool JsonPlace::set_fault(std::string why) {
    if (!failed_) fault_ = std::move(why);
    failed_ = true;
    return false;
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
    if (plain_length(value) == value.size()) return plain_string(value);
    begin_value();
    append("\"");
    while (!value.empty() && !failed()) {
        const std::size_t plain = plain_length(value);
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

void JsonWriter::plain_string(std::string_view value) {
    begin_value();
    char* const place = room(value.size() + 2);
    if (place == nullptr) return;
    place[0] = '"';
    value.copy(place + 1, value.size());
    place[1 + value.size()] = '"';
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
    bytes_.clear();
    size_ = 0;
}

bool JsonWriter::make_room(std::size_t size) {
    constexpr std::size_t bytes_min = 1024;  // most records, in one go
    if (failed()) return false;
    if (size > bytes_max_ - size_) {
        refuse("more bytes than a line may have");
        return false;
    }
    bytes_.resize(std::min(bytes_max_, std::max(bytes_min, 2 * (size_ + size))));
    return true;
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

void save(JsonWriter& archive, const Digest& value) {
    const auto text = hex_characters(value.bytes);
    archive.plain_string({text.data(), text.size()});
}

void save(JsonWriter& archive, const Uuid& value) {
    const auto text = characters_of(value);
    archive.plain_string({text.data(), text.size()});
}

JsonReader::JsonReader(std::string_view text, std::size_t bytes_max)
    : bytes_count_{text.size()}, rest_{text} {
    if (text.size() <= bytes_max) return;
    set_fault("more bytes than a line may have");
    rest_ = {};
}

bool JsonReader::null() {
    begin_value();
    if (failed()) return true;
    if (rest_.starts_with("null")) return take("null");
    begun_ = true;
    return false;
}

JsonReader::Digits JsonReader::read_digits(bool is_negative) {
    constexpr std::size_t count_max = 16;  // as many as 2^53 - 1 has
    const std::string_view text = rest_.substr(is_negative ? 1 : 0);
    const std::size_t end = std::min(text.size(), count_max + 1);
    std::uint64_t number = 0;
    std::size_t count = 0;
    for (; count < end; ++count) {
        const auto digit = static_cast<unsigned char>(text[count] - '0');
        if (digit > 9) break;
        number = number * 10 + digit;
    }
    if (count == 0 || count > count_max) refuse("expected an integer that fits");
    if ((count > 1 || is_negative) && text.starts_with('0')) refuse("an integer in another form");
    if (number > json_integer_max) refuse("an integer beyond 2^53 - 1");
    return {number, count};
}

void JsonReader::boolean(bool& value) {
    begin_value();
    value = rest_.starts_with('t');
    take(value ? std::string_view{"true"} : std::string_view{"false"});
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
    rest_ = {};
}

bool JsonReader::refuse_instead_of(std::string_view expected) {
    refuse("expected " + std::string{expected});
    return false;
}

void JsonReader::refuse_name(std::string_view name) {
    refuse("expected the member \"" + std::string{name} + '"');
}

// What the plain beginning is followed by, too.
void JsonReader::read_rest_of_string(std::string& value) {
    value.clear();
    while (!rest_.empty()) {
        const std::size_t plain = plain_length(rest_);
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
        if (begin_next(true) && !take(',')) return;
        begun_ = true;
        string(names.emplace_back());
        if (!take(':')) return;
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
