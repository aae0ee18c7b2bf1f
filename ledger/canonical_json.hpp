// ledger/canonical_json.hpp: a pair of cereal archives for values with one JSON form each.
//
// Shape   a type's serialize() names its members in order, by member(); what has none is written
//         below. One line, no white space, every member present; absent is null.
// Limits  depth 8; integers within 2^53 - 1; no floats, no maps.
// Refuses what the writer would not have written, so that read and written again is the same bytes.
// Errors  nothing is thrown: the first fault sticks, and everything after it does nothing. Ask
//         fault() at the end.
// Include in .cpp files alone: cereal is heavy.
#pragma once

#include "ledger/digest.hpp"
#include "ledger/events/ledger.hpp"
#include "ledger/identity.hpp"
#include "ledger/spelling.hpp"

#include <cereal/cereal.hpp>

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace ledger {

inline constexpr std::size_t json_depth_max = 8;
inline constexpr std::uint64_t json_integer_max = (std::uint64_t{1} << 53) - 1;

template <class Integer>
constexpr bool is_json_integer(Integer number) {
    return std::cmp_less_equal(number, json_integer_max) &&
           std::cmp_greater_equal(number, -static_cast<std::int64_t>(json_integer_max));
}

// Where one is in the document: which containers are open, and the name of the next member.
class JsonPlace {
public:
    enum class Container { object, array };

    [[nodiscard]] bool is_first() const { return first_; }
    [[nodiscard]] std::size_t depth() const { return depth_; }
    [[nodiscard]] const std::string& fault() const { return fault_; }
    [[nodiscard]] bool failed() const { return !fault_.empty(); }

protected:
    JsonPlace() = default;
    ~JsonPlace() = default;
    // False, with a fault, where the document would become too deep.
    bool enter(Container container);
    Container leave();
    // The name of the value that begins now, if it is a member.
    std::optional<std::string_view> begin_next();
    void set_fault(std::string why);
    void set_name(std::string_view name) { name_ = name; }

private:
    std::array<Container, json_depth_max> containers_{};
    std::size_t depth_ = 0;
    bool first_ = true;
    std::optional<std::string_view> name_;
    std::string fault_;
};

class JsonWriter : public cereal::OutputArchive<JsonWriter>,
                   public cereal::traits::TextArchive,
                   public JsonPlace {
public:
    // Appends to `text`, at most `bytes_max`.
    JsonWriter(std::string& text, std::size_t bytes_max)
        : OutputArchive{this}, text_{text}, bytes_max_{text.size() + bytes_max} {}

    void name(std::string_view name) { set_name(name); }
    void open(Container container);
    void close();
    void null();
    void boolean(bool value);
    void string(std::string_view value);
    template <std::integral Integer>
    void integer(Integer value);
    // A value that is in canonical form already; anything else is refused.
    void raw(std::string_view json);
    void refuse(std::string_view why);

private:
    void begin_value();
    void append(std::string_view bytes);
    void escape(unsigned char character);

    std::string& text_;
    std::size_t bytes_max_;
    std::string_view last_name_;  // so that a fault can say where it was
};

class JsonReader : public cereal::InputArchive<JsonReader>,
                   public cereal::traits::TextArchive,
                   public JsonPlace {
public:
    // `text` outlives this.
    JsonReader(std::string_view text, std::size_t bytes_max);

    void name(std::string_view name) { set_name(name); }
    void open(Container container);
    void close();
    // True and past it, where the value that comes next is null; else it is still to be read.
    bool null();
    // Whether the open array has another element.
    [[nodiscard]] bool has_element() const { return !failed() && !rest_.starts_with(']'); }
    void boolean(bool& value);
    void string(std::string& value);
    template <std::integral Integer>
    void integer(Integer& value);
    // An object of unknown members, as it stands.
    void raw_object(std::string& json);
    // Any value in canonical form.
    void skip_value();
    void finish();
    void refuse(std::string_view why);

private:
    void begin_value();
    bool take(std::string_view expected);
    void read_string(std::string& value);
    bool read_escape(std::string& value);
    void skip_object();
    void skip_array();

    std::size_t bytes_count_;
    std::string_view rest_;
    bool begun_ = false;  // null() has looked at the value's comma and name already
};

template <std::integral Integer>
void JsonWriter::integer(Integer value) {
    if (!is_json_integer(value)) return refuse("an integer beyond 2^53 - 1");
    begin_value();
    std::array<char, std::numeric_limits<Integer>::digits10 + 3> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    append({digits.data(), end});
}

template <std::integral Integer>
void JsonReader::integer(Integer& value) {
    begin_value();
    if (failed()) return;
    const char* begin = rest_.data();
    const auto [end, error] = std::from_chars(begin, begin + rest_.size(), value);
    if (error != std::errc{}) return refuse("expected an integer that fits");
    const std::string_view digits{begin, end};
    const bool padded = digits.size() > 1 && digits.starts_with('0');
    if (padded || digits.starts_with("-0")) return refuse("an integer in another form");
    if (!is_json_integer(value)) return refuse("an integer beyond 2^53 - 1");
    rest_.remove_prefix(digits.size());
}

// Names a member for serialize(): archive(member("path", script.path)).
template <class T>
auto member(const char* name, T&& value) {
    return cereal::make_nvp(name, std::forward<T>(value));
}

// What has a serialize() is an object; every other type is written by an overload below.
template <class T>
inline constexpr bool is_json_object =
    cereal::traits::has_non_member_serialize<T, JsonWriter>::value ||
    cereal::traits::has_member_serialize<T, JsonWriter>::value;

template <class T>
void prologue(JsonWriter& archive, const T& /*value*/) {
    static_assert(!std::is_enum_v<T>,
                  "an enum is written by name: in a member, vector or optional");
    if constexpr (is_json_object<T>) archive.open(JsonPlace::Container::object);
}

template <class T>
void epilogue(JsonWriter& archive, const T& /*value*/) {
    if constexpr (is_json_object<T>) archive.close();
}

template <class T>
void prologue(JsonReader& archive, const T& /*value*/) {
    static_assert(!std::is_enum_v<T>, "an enum is read by name: in a member, vector or optional");
    if constexpr (is_json_object<T>) archive.open(JsonPlace::Container::object);
}

template <class T>
void epilogue(JsonReader& archive, const T& /*value*/) {
    if constexpr (is_json_object<T>) archive.close();
}

// cereal has its own idea of an enum, a number, and is not asked.
template <class T>
void write_value(JsonWriter& archive, const T& value) {
    if constexpr (std::is_enum_v<T>) {
        const std::string_view name = spell(value);
        if (name.empty()) return archive.refuse("a value that is no enumerator");
        archive.string(name);
    } else {
        archive(value);
    }
}

template <class T>
void read_value(JsonReader& archive, T& value) {
    if constexpr (std::is_enum_v<T>) {
        std::string name;
        archive.string(name);
        if (archive.failed()) return;
        if (const auto found = unspell<T>(name))
            value = *found;
        else
            archive.refuse("an unknown name: " + name);
    } else {
        archive(value);
    }
}

// Values read from their text form by `parse`.
template <class T, class Parse>
void read_text(JsonReader& archive, T& value, Parse parse, std::string_view expected) {
    std::string text;
    archive.string(text);
    if (archive.failed()) return;
    if (const auto parsed = parse(text))
        value = *parsed;
    else
        archive.refuse(expected);
}

template <class T>
void save(JsonWriter& archive, const cereal::NameValuePair<T>& pair) {
    archive.name(pair.name);
    write_value(archive, pair.value);
}
template <class T>
void load(JsonReader& archive, cereal::NameValuePair<T>& pair) {
    archive.name(pair.name);
    read_value(archive, pair.value);
}

// Characters and floats have no form, and so do not compile.
template <class T>
concept JsonInteger = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char>;

template <JsonInteger T>
void save(JsonWriter& archive, const T& value) {
    archive.integer(value);
}
template <JsonInteger T>
void load(JsonReader& archive, T& value) {
    archive.integer(value);
}

template <std::same_as<bool> T>
void save(JsonWriter& archive, const T& value) {
    archive.boolean(value);
}
template <std::same_as<bool> T>
void load(JsonReader& archive, T& value) {
    archive.boolean(value);
}

inline void save(JsonWriter& archive, const std::string& value) { archive.string(value); }
inline void load(JsonReader& archive, std::string& value) { archive.string(value); }

inline void save(JsonWriter& archive, const Digest& value) { archive.string(hex(value)); }
inline void load(JsonReader& archive, Digest& value) {
    read_text(archive, value, digest_from_hex, "expected 64 lower-case hex characters");
}

inline void save(JsonWriter& archive, const PublicKey& value) {
    archive.string(hex(Digest{value.bytes}));
}
inline void load(JsonReader& archive, PublicKey& value) {
    Digest bytes;
    load(archive, bytes);
    value.bytes = bytes.bytes;
}

inline void save(JsonWriter& archive, const Uuid& value) { archive.string(to_text(value)); }
inline void load(JsonReader& archive, Uuid& value) {
    read_text(archive, value, uuid_from_text, "expected a UUID in lower case");
}

inline void save(JsonWriter& archive, const Version& value) { archive.string(value.text); }
inline void load(JsonReader& archive, Version& value) { archive.string(value.text); }

inline void save(JsonWriter& archive, const Target& value) { archive.string(value.name); }
inline void load(JsonReader& archive, Target& value) { archive.string(value.name); }

template <class T>
void save(JsonWriter& archive, const std::vector<T>& values) {
    archive.open(JsonPlace::Container::array);
    for (const T& value : values) write_value(archive, value);
    archive.close();
}
template <class T>
void load(JsonReader& archive, std::vector<T>& values) {
    values.clear();
    archive.open(JsonPlace::Container::array);
    while (archive.has_element()) read_value(archive, values.emplace_back());
    archive.close();
}

template <class T, std::size_t count>
void save(JsonWriter& archive, const std::array<T, count>& values) {
    archive.open(JsonPlace::Container::array);
    for (const T& value : values) write_value(archive, value);
    archive.close();
}
template <class T, std::size_t count>
void load(JsonReader& archive, std::array<T, count>& values) {
    archive.open(JsonPlace::Container::array);
    for (T& value : values) read_value(archive, value);
    archive.close();
}

template <class T>
void save(JsonWriter& archive, const std::optional<T>& value) {
    if (value)
        write_value(archive, *value);
    else
        archive.null();
}
template <class T>
void load(JsonReader& archive, std::optional<T>& value) {
    value.reset();
    if (!archive.null()) read_value(archive, value.emplace());
}

}  // namespace ledger

CEREAL_REGISTER_ARCHIVE(ledger::JsonWriter)
CEREAL_REGISTER_ARCHIVE(ledger::JsonReader)
CEREAL_SETUP_ARCHIVE_TRAITS(ledger::JsonReader, ledger::JsonWriter)
