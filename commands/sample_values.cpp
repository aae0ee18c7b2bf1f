#include "commands/sample_values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

namespace commands {

namespace {

using Patterns = std::map<std::string_view, std::string_view>;

// What a narrower type, or one case, would lose is in each.
const Patterns& usual_patterns() {
    static const Patterns patterns{
        {"uuid", "0000TC-0000-4000-8000-00000000000N"},
        {"json", "{\"n\": 1,  \"a\": K}"},
        {"jsonb", "{\"n\": K}"},
        {"bytea", "\\xB0N"},
        {"xml", "<n>K</n>"},
        {"date", "Y-M-0N"},
        {"timestamp", "Y-M-0N 0N:20:30.040506"},
        {"timestamptz", "Y-M-0N 0N:20:30.040506+00"},
        {"time", "0N:I:30.040506"},
        {"timetz", "0N:I:30.040506+00"},
        {"interval", "K days 0N:20:30.040506"},
        {"numeric", "K.FN"},
        {"float4", "K.5"},
        {"float8", "K.1"},
        {"money", "K.FN"},
        {"inet", "192.O.P.N"},
        {"cidr", "192.P.N.0/24"},
        {"macaddr", "00:00:00:T:C:0N"},
        {"macaddr8", "00:00:00:00:00:T:C:0N"},
        {"point", "(K,N)"},
        {"line", "{K,N,N}"},
        {"lseg", "[(0,0),(K,N)]"},
        {"box", "(K,N),(0,0)"},
        {"path", "[(0,0),(K,N)]"},
        {"polygon", "((0,0),(K,0),(K,N))"},
        {"circle", "<(0,K),N>"},
        {"tsvector", "nK"},
        {"tsquery", "nK"},
        {"pg_lsn", "0/K"},
        {"int4range", "[K,K]"},
        {"int8range", "[K,K]"},
        {"numrange", "[K,K]"},
        {"daterange", "[Y-M-0N,Y-M-0N]"},
        {"tsrange", "[Y-M-0N 00:00,Y-M-0N 01:00]"},
        {"tstzrange", "[Y-M-0N 00:00+00,Y-M-0N 01:00+00]"},
        {"hstore", "\"n\"=>\"K\""},
        {"ltree", "nK"},
    };
    return patterns;
}

std::string two_digits(std::uint32_t number) {
    constexpr std::uint32_t base = 10;
    return {static_cast<char>('0' + number / base % base), static_cast<char>('0' + number % base)};
}

// In each row, from one column to the next, that of another row: no two run along for long.
std::uint32_t digit_of(const SampleSpot& spot) {
    if (spot.spread == SampleSpread::counted) return spot.row;
    const std::uint32_t from = spot.row - 1;
    return from / sample_row_count * sample_row_count + (from + spot.column) % sample_row_count + 1;
}

std::string number_of(const SampleSpot& spot) {
    return std::to_string(first_number(spot) + digit_of(spot));
}

std::string filled_in(char placeholder, const SampleSpot& spot) {
    constexpr std::uint32_t digits = 10;
    constexpr std::uint32_t months = 12;
    constexpr std::uint32_t octets = 200;
    constexpr std::uint32_t pairs = 100;
    constexpr std::uint32_t year = 2020;
    constexpr std::uint32_t minute = 20;
    constexpr std::uint32_t minutes = 40;
    constexpr std::uint32_t documented_net = 2;
    const bool is_spread = spot.spread == SampleSpread::spread;
    switch (placeholder) {
        case 'N':
            return std::to_string(digit_of(spot));
        case 'K':
            return number_of(spot);
        case 'T':
            return two_digits(spot.table % pairs);
        case 'C':
            return two_digits(spot.column % pairs);
        case 'B':
            return is_spread ? two_digits(spot.column % pairs) : std::string{};
        case 'F':
            return std::to_string(spot.column % digits);
        case 'Y':
            return std::to_string(year - spot.table % digits);
        case 'M':
            return two_digits(spot.column % months + 1);
        case 'I':
            return two_digits(minute + spot.column % minutes);
        case 'O':
            return std::to_string(spot.table % octets);
        case 'P':
            return std::to_string((documented_net + spot.column) % octets);
        default:
            return {placeholder};
    }
}

char letter_of(std::uint32_t index) {
    constexpr std::uint32_t letters = 26;
    return static_cast<char>('a' + index % letters);
}

// What trims it, splits it or folds its case loses something. Both are as long: a script may ask
// for no more. What tells rows and columns apart comes first: a column may be shorter.
std::string text_of_style(const SampleSpot& spot) {
    std::string text = std::to_string(digit_of(spot));
    text += spot.column == 0 ? '-' : letter_of(spot.column);
    text += 'S';
    text += letter_of(spot.table);
    return spot.style == SampleStyle::varied ? " " + text + " m " : text + "mple";
}

std::string one_letter(const SampleSpot& spot) {
    constexpr std::uint32_t last = 9;
    if (spot.column == 0) return std::to_string(digit_of(spot));
    return {letter_of(spot.row + (spot.column - 1) * last)};
}

std::string text_value(const SampleColumn& column, const SampleSpot& spot) {
    if (column.length_max == 1 || column.base_type == "char") return one_letter(spot);
    return text_of_style(spot);
}

bool is_one_of(std::string_view type, std::initializer_list<std::string_view> types) {
    return std::find(types.begin(), types.end(), type) != types.end();
}

// One element, of a type that is known; a box is parted by another character.
std::optional<std::string> element_value(std::string_view type, const SampleSpot& spot) {
    if (is_one_of(type, {"int2", "int4", "int8"})) return number_of(spot);
    if (is_one_of(type, {"text", "varchar", "bpchar", "citext"})) {
        std::string text = text_of_style(spot);
        text[text.rfind('m') + 1] = ',';  // parted by which it would be two
        return text;
    }
    const auto known = usual_patterns().find(type);
    if (known == usual_patterns().end() || type == "box") return std::nullopt;
    return fill_pattern(known->second, spot);
}

std::string array_value(std::string_view array_type, SampleSpot spot) {
    const std::string_view element = array_type.substr(array_type.starts_with('_') ? 1 : 0);
    std::string text = "{";
    for (int index = 0; index < 2; ++index, ++spot.row) {
        const auto value = element_value(element, spot);
        if (!value) return "{}";
        text += index == 0 ? "\"" : ",\"";
        for (const char each : *value) {
            if (each == '"' || each == '\\') text += '\\';
            text += each;
        }
        text += '"';
    }
    return text + "}";
}

// Of the ways in which three rows are not all alike.
bool flag_of(const SampleSpot& spot) {
    constexpr std::array<std::array<bool, sample_row_count>, 6> ways{{{true, false, true},
                                                                      {false, true, false},
                                                                      {true, true, false},
                                                                      {false, false, true},
                                                                      {true, false, false},
                                                                      {false, true, true}}};
    if (spot.spread == SampleSpread::counted) return spot.row % 2 == 1;
    return ways.at((spot.column + spot.table) % ways.size()).at((spot.row - 1) % sample_row_count);
}

// Of "numeric(10,2)" eight.
std::optional<std::uint32_t> whole_digits(std::string_view type) {
    const auto begin = type.find('(');
    const auto comma = type.find(',');
    if (begin == type.npos || comma == type.npos) return std::nullopt;
    std::uint32_t precision = 0;
    std::uint32_t scale = 0;
    std::from_chars(type.data() + begin + 1, type.data() + comma, precision);
    std::from_chars(type.data() + comma + 1, type.data() + type.size(), scale);
    return precision > scale ? precision - scale : 0;
}

// As many digits as it takes.
std::string numeric_value(const SampleColumn& column, const SampleSpot& spot) {
    constexpr std::uint32_t enough = 5;
    std::uint32_t room = 1;
    const std::uint32_t digits = whole_digits(column.type).value_or(enough);
    if (digits == 0) return fill_pattern("0.FN", spot);
    if (digits >= enough) return fill_pattern("K.FN", spot);
    for (std::uint32_t index = 1; index < digits; ++index) room *= enough + enough;
    const std::uint32_t tens = first_number(spot) / (enough + enough) % room;
    return (tens == 0 ? "" : std::to_string(tens)) + fill_pattern("N.FN", spot);
}

}  // namespace

bool is_text(const SampleColumn& column) {
    return column.category == 'S' || column.base_type == "citext";
}

std::uint32_t first_number(const SampleSpot& spot) {
    constexpr std::uint32_t of_column = 10;
    constexpr std::uint32_t of_table = 100;
    constexpr std::uint32_t tables = 300;  // a smallint takes no more
    if (spot.spread == SampleSpread::counted) return 0;
    return spot.table % tables * of_table + (spot.column + 1) * of_column;
}

std::string fill_pattern(std::string_view pattern, const SampleSpot& spot) {
    std::string text;
    for (const char each : pattern) text += filled_in(each, spot);
    return text;
}

std::optional<std::string> usual_value(const SampleColumn& column, const SampleSpot& spot) {
    if (!column.labels.empty())
        return column.labels.at((spot.row - 1 + spot.column) % column.labels.size());
    if (is_text(column)) return text_value(column, spot);
    if (column.base_type == "numeric") return numeric_value(column, spot);
    const auto known = usual_patterns().find(column.base_type);
    if (known != usual_patterns().end()) return fill_pattern(known->second, spot);
    switch (column.category) {
        case 'N':
            return number_of(spot);
        case 'B':
            return flag_of(spot) ? "true" : "false";
        case 'A':
            return array_value(column.base_type, spot);
        case 'V':
            return flag_of(spot) ? "1" : "0";
        default:
            return std::nullopt;
    }
}

std::optional<std::string> plain_value(const SampleColumn& column, const SampleSpot& spot) {
    static const Patterns patterns{
        {"timestamp", "Y-M-0N 00:00:00"},
        {"timestamptz", "Y-M-0N 00:00:00+00"},
        {"time", "0N:00:00"},
        {"timetz", "0N:00:00+00"},
        {"interval", "K days"},
    };
    const auto known = patterns.find(column.base_type);
    if (known != patterns.end()) return fill_pattern(known->second, spot);
    if (is_text(column)) {
        std::string text =
            text_of_style({spot.row, spot.column, spot.table, spot.spread, SampleStyle::plain});
        std::transform(text.begin(), text.end(), text.begin(),
                       [](char each) { return each == 'S' ? 's' : each; });
        return text;
    }
    switch (column.category) {
        case 'N':
            return number_of(spot);
        case 'A':
            return "{}";
        default:
            return std::nullopt;
    }
}

}  // namespace commands
