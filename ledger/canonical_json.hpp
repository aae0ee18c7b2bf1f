// ledger/canonical_json.hpp: a pair of archives for values with one JSON form each.
//
// Shape   a type's serialize() names its members in order, by member(); what has none is written
//         below. One line, no white space, every member present; absent is null.
// Limits  depth 8; integers within 2^53 - 1; no floats, no maps.
// Refuses what the writer would not have written, so that read and written again is the same bytes.
// Errors  nothing is thrown: the first fault sticks, and everything after it does nothing. Ask
//         fault() at the end.
// Cost    less than a microsecond to read an event; a member's name is compared in place, and a
//         string is copied once.
// Include in .cpp files alone: it is much to compile.
#pragma once

#include "ledger/digest.hpp"
#include "ledger/events/ledger.hpp"
#include "ledger/identity.hpp"
#include "ledger/json_place.hpp"
#include "ledger/plain_text.hpp"
#include "ledger/spelling.hpp"

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace ledger {

class JsonReader;
class JsonWriter;
template <class T>
void write_value(JsonWriter& archive, const T& value);
template <class T>
void read_value(JsonReader& archive, T& value);

class JsonWriter : public JsonPlace {
public:
    // At most `bytes_max` bytes.
    explicit JsonWriter(std::size_t bytes_max) : bytes_max_{bytes_max} {}

    template <class... Values>
    void operator()(const Values&... values) {
        (write_value(*this, values), ...);
    }
    // What is written, where nothing failed; until the next value, or the end of this.
    [[nodiscard]] std::string_view text() const { return {bytes_.data(), size_}; }

    template <std::size_t size>
    void begin_member(const char* name);
    void open(Container container);
    void close();
    void null();
    void boolean(bool value);
    void string(std::string_view value);
    // One in which nothing has to be escaped.
    void plain_string(std::string_view value);
    template <std::integral Integer>
    void integer(Integer value);
    // A value that is in canonical form already; anything else is refused.
    void raw(std::string_view json);
    void refuse(std::string_view why);

private:
    void begin_value() {
        if (std::exchange(begun_, false) || failed()) return;
        if (begin_next(false)) append(",");
    }
    void append(std::string_view bytes) {
        if (char* const place = room(bytes.size())) bytes.copy(place, bytes.size());
    }
    // Where that many bytes come next; nullptr where they would be too many.
    char* room(std::size_t size) {
        if (size > bytes_.size() - size_ && !make_room(size)) return nullptr;
        return bytes_.data() + std::exchange(size_, size_ + size);
    }
    bool make_room(std::size_t size);
    void escape(unsigned char character);

    std::size_t bytes_max_;
    std::string bytes_;  // of which `size_` are written
    std::size_t size_{};
    std::string_view last_name_;  // so that a fault can say where it was
};

class JsonReader : public JsonPlace {
public:
    // `text` outlives this.
    JsonReader(std::string_view text, std::size_t bytes_max);

    template <class... Values>
    void operator()(Values&&... values) {
        (read_value(*this, values), ...);
    }

    template <std::size_t size>
    void begin_member(const char* name);
    void open(Container container) {
        begin_value();
        if (!failed() && enter(container)) take(container == Container::object ? '{' : '[');
    }
    void close() {
        if (!failed()) take(leave() == Container::object ? '}' : ']');
    }
    // True and past it, where the value that comes next is null; else it is still to be read.
    bool null();
    // Whether the open array has another element.
    [[nodiscard]] bool has_element() const { return !failed() && !rest_.starts_with(']'); }
    void boolean(bool& value);
    void string(std::string& value);
    // The string where it stands, if nothing in it is escaped; else put together in `scratch`.
    std::string_view text(std::string& scratch);
    // A string of exactly `size` characters that `parse` makes a value of. It accepts plain ones
    // alone.
    template <std::size_t size, class T, class Parse>
    void fixed_text(T& value, Parse parse, std::string_view expected);
    template <std::integral Integer>
    void integer(Integer& value);
    // An object of unknown members, as it stands.
    void raw_object(std::string& json);
    // Any value in canonical form.
    void skip_value();
    void finish();
    void refuse(std::string_view why);

private:
    [[gnu::always_inline]] void begin_value() {
        if (std::exchange(begun_, false)) return;
        if (begin_next(false)) take(',');
    }
    [[gnu::always_inline]] bool take(char expected) {
        if (!rest_.starts_with(expected)) return refuse_instead_of({&expected, 1});
        rest_.remove_prefix(1);
        return true;
    }
    bool take(std::string_view expected) {
        if (!rest_.starts_with(expected)) return refuse_instead_of(expected);
        rest_.remove_prefix(expected.size());
        return true;
    }
    bool refuse_instead_of(std::string_view expected);  // false
    void refuse_name(std::string_view name);
    void read_rest_of_string(std::string& value);
    struct Digits {
        std::uint64_t number{};
        std::size_t count{};
    };
    Digits read_digits(bool is_negative);
    bool read_escape(std::string& value);
    void skip_object();
    void skip_array();

    std::size_t bytes_count_;
    std::string_view rest_;  // nothing after a fault
};

template <std::size_t size>
void JsonWriter::begin_member(const char* name) {
    if (failed()) return;
    last_name_ = {name, size};
    const bool is_first = !begin_next(true);
    char* place = room(size + (is_first ? 3 : 4));
    if (place == nullptr) return;
    if (!is_first) *place++ = ',';
    *place = '"';
    std::memcpy(place + 1, name, size);
    std::memcpy(place + 1 + size, "\":", 2);
    begun_ = true;
}

template <std::integral Integer>
void JsonWriter::integer(Integer value) {
    if (!is_json_integer(value)) return refuse("an integer beyond 2^53 - 1");
    begin_value();
    std::array<char, std::numeric_limits<Integer>::digits10 + 3> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    append({digits.data(), end});
}

template <std::size_t size>
[[gnu::always_inline]] inline void JsonReader::begin_member(const char* name) {
    if (begin_next(true)) take(',');
    const bool is_here = rest_.size() >= size + 3 && rest_.front() == '"' &&
                         std::memcmp(rest_.data() + 1, name, size) == 0 && rest_[size + 1] == '"' &&
                         rest_[size + 2] == ':';
    if (!is_here) return refuse_name({name, size});
    rest_.remove_prefix(size + 3);
    begun_ = true;
}

inline std::string_view JsonReader::text(std::string& scratch) {
    begin_value();
    if (!take('"')) return {};
    const std::size_t length = plain_length(rest_);
    if (length < rest_.size() && rest_[length] == '"') {
        const std::string_view found = rest_.substr(0, length);
        rest_.remove_prefix(length + 1);
        return found;
    }
    read_rest_of_string(scratch);
    return scratch;
}

inline void JsonReader::string(std::string& value) {
    const std::string_view found = text(value);
    if (found.data() != value.data()) value.assign(found);
}

template <std::size_t size, class T, class Parse>
void JsonReader::fixed_text(T& value, Parse parse, std::string_view expected) {
    begin_value();
    if (rest_.size() >= size + 2 && rest_.front() == '"' && rest_[size + 1] == '"') {
        if (const auto parsed = parse(rest_.substr(1, size))) {
            value = *parsed;
            return rest_.remove_prefix(size + 2);
        }
    }
    begun_ = true;
    std::string scratch;  // another string altogether, or none: the fault is to be the right one
    text(scratch);
    if (!failed()) refuse(expected);
}

template <std::integral Integer>
void JsonReader::integer(Integer& value) {
    begin_value();
    const bool is_negative = std::signed_integral<Integer> && rest_.starts_with('-');
    const auto [number, count] = read_digits(is_negative);
    if (failed()) return;
    const auto signed_number = static_cast<std::int64_t>(number);
    if (!std::in_range<Integer>(is_negative ? -signed_number : signed_number))
        return refuse("expected an integer that fits");
    value = static_cast<Integer>(is_negative ? -signed_number : signed_number);
    rest_.remove_prefix(count + (is_negative ? 1 : 0));
}

// A member of an object; see member(). The size of its name is part of its type: so it is compared
// and written as fast as a constant.
template <class T, std::size_t name_size>
struct Member {
    const char* name;
    T& value;
};

// Names a member for serialize(): archive(member("path", script.path)).
template <class T, std::size_t size>
Member<T, size - 1> member(const char (&name)[size], T& value) {
    return {name, value};
}

// What has a serialize() is an object; every other type is written by an overload below.
template <class T>
inline constexpr bool is_json_object = requires(JsonWriter& archive, T& value) {
    serialize(archive, value);
};

template <class T>
void write_value(JsonWriter& archive, const T& value) {
    if constexpr (std::is_enum_v<T>) {
        const std::string_view name = spell(value);
        if (name.empty()) return archive.refuse("a value that is no enumerator");
        archive.string(name);
    } else if constexpr (is_json_object<T>) {
        archive.open(JsonPlace::Container::object);
        serialize(archive, const_cast<T&>(value));  // which only reads it
        archive.close();
    } else {
        save(archive, value);
    }
}

template <class T>
void read_value(JsonReader& archive, T& value) {
    if constexpr (std::is_enum_v<T>) {
        std::string scratch;
        const std::string_view name = archive.text(scratch);
        if (archive.failed()) return;
        if (const auto found = unspell<T>(name))
            value = *found;
        else
            archive.refuse("an unknown name: " + std::string{name});
    } else if constexpr (is_json_object<T>) {
        archive.open(JsonPlace::Container::object);
        serialize(archive, value);
        archive.close();
    } else {
        load(archive, value);
    }
}

template <class T, std::size_t size>
void save(JsonWriter& archive, const Member<T, size>& member) {
    archive.begin_member<size>(member.name);
    write_value(archive, member.value);
}
template <class T, std::size_t size>
[[gnu::always_inline]] inline void load(JsonReader& archive, Member<T, size>& member) {
    archive.begin_member<size>(member.name);
    read_value(archive, member.value);
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

void save(JsonWriter& archive, const Digest& value);
inline void load(JsonReader& archive, Digest& value) {
    archive.fixed_text<64>(value, digest_from_hex, "expected 64 lower-case hex characters");
}

inline void save(JsonWriter& archive, const PublicKey& value) {
    save(archive, Digest{value.bytes});
}
inline void load(JsonReader& archive, PublicKey& value) {
    Digest bytes;
    load(archive, bytes);
    value.bytes = bytes.bytes;
}

void save(JsonWriter& archive, const Uuid& value);
inline void load(JsonReader& archive, Uuid& value) {
    archive.fixed_text<36>(value, uuid_from_text, "expected a UUID in lower case");
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
