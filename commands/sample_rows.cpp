#include "commands/sample_rows.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <optional>
#include <set>
#include <string_view>

namespace commands {

namespace {

using Texts = std::vector<std::string>;

constexpr std::size_t attempts_max = 48;
constexpr long constant_length_max = 1'000;

std::string quoted_name(const std::string& name) {
    std::string text = "\"";
    for (const char each : name) text += each == '"' ? std::string{"\"\""} : std::string{each};
    return text + "\"";
}

std::string quoted_text(const std::string& value) {
    std::string text = "'";
    for (const char each : value) text += each == '\'' ? std::string{"''"} : std::string{each};
    return text + "'";
}

// By type: "N" becomes the row's number. What a narrower type, or one case, would lose is in each.
const std::map<std::string_view, std::string_view>& usual_values() {
    static const std::map<std::string_view, std::string_view> values{
        {"uuid", "00000000-0000-4000-8000-00000000000N"},
        {"json", "{\"n\": 1,  \"a\": N}"},
        {"jsonb", "{\"n\": N}"},
        {"bytea", "\\x0N"},
        {"xml", "<n>N</n>"},
        {"date", "2020-01-0N"},
        {"timestamp", "2020-01-0N 0N:20:30.04"},
        {"timestamptz", "2020-01-0N 0N:20:30.04+00"},
        {"time", "0N:20:30.04"},
        {"timetz", "0N:20:30.04+00"},
        {"interval", "N days 0N:20:30.04"},
        {"numeric", "N.0N"},
        {"float4", "N.5"},
        {"float8", "N.1"},
        {"money", "N.0N"},
        {"inet", "192.0.2.N"},
        {"cidr", "192.0.N.0/24"},
        {"macaddr", "00:00:00:00:00:0N"},
        {"macaddr8", "00:00:00:00:00:00:00:0N"},
        {"point", "(N,N)"},
        {"line", "{N,N,N}"},
        {"lseg", "[(0,0),(N,N)]"},
        {"box", "(N,N),(0,0)"},
        {"path", "[(0,0),(N,N)]"},
        {"polygon", "((0,0),(N,0),(N,N))"},
        {"circle", "<(0,0),N>"},
        {"tsvector", "nN"},
        {"tsquery", "nN"},
        {"pg_lsn", "0/N"},
        {"int4range", "[N,N]"},
        {"int8range", "[N,N]"},
        {"numrange", "[N,N]"},
        {"daterange", "[2020-01-0N,2020-01-0N]"},
        {"tsrange", "[2020-01-0N 00:00,2020-01-0N 01:00]"},
        {"tstzrange", "[2020-01-0N 00:00+00,2020-01-0N 01:00+00]"},
        {"hstore", "\"n\"=>\"N\""},
        {"ltree", "nN"},
    };
    return values;
}

std::string with_number(std::string_view pattern, std::uint32_t row) {
    std::string text;
    for (const char each : pattern) text += each == 'N' ? std::to_string(row) : std::string{each};
    return text;
}

bool is_text(const SampleColumn& column) {
    return column.category == 'S' || column.base_type == "citext";
}

// What trims it, splits it or folds its case loses something. Both are as long: a script may ask
// for no more.
std::string_view text_pattern(SampleStyle style) {
    return style == SampleStyle::varied ? " N-Sa m " : "N-Sample";
}

// The number is what tells rows apart.
std::string text_value(const SampleColumn& column, std::uint32_t row, SampleStyle style) {
    const bool is_short = column.length_max == 1 || column.base_type == "char";
    return with_number(text_pattern(is_short ? SampleStyle::plain : style), row);
}

// Two elements, where those of the type are known; a box is parted by another character.
std::string array_value(std::string_view array_type, std::uint32_t row, SampleStyle style) {
    constexpr std::array<std::string_view, 3> integers{"int2", "int4", "int8"};
    constexpr std::array<std::string_view, 4> texts{"text", "varchar", "bpchar", "citext"};
    const std::string_view element = array_type.substr(array_type.starts_with('_') ? 1 : 0);
    const auto known = usual_values().find(element);
    std::string_view pattern;
    if (std::find(integers.begin(), integers.end(), element) != integers.end()) pattern = "N";
    if (std::find(texts.begin(), texts.end(), element) != texts.end())
        pattern = text_pattern(style);
    if (known != usual_values().end() && element != "box") pattern = known->second;
    if (pattern.empty()) return "{}";
    std::string text = "{";
    for (const std::uint32_t number : {row, row + 1}) {
        text += number == row ? "\"" : ",\"";
        for (const char each : with_number(pattern, number)) {
            if (each == '"' || each == '\\') text += '\\';
            text += each;
        }
        text += '"';
    }
    return text + "}";
}

std::optional<std::string> usual_value(const SampleColumn& column, std::uint32_t row,
                                       SampleStyle style) {
    const std::string number = std::to_string(row);
    if (!column.labels.empty()) return column.labels.at((row - 1) % column.labels.size());
    if (is_text(column)) return text_value(column, row, style);
    const auto known = usual_values().find(column.base_type);
    if (known != usual_values().end()) return with_number(known->second, row);
    switch (column.category) {
        case 'N':
            return number;
        case 'B':
            return row % 2 == 1 ? "true" : "false";
        case 'A':
            return array_value(column.base_type, row, style);
        case 'V':
            return row % 2 == 1 ? "1" : "0";
        default:
            return std::nullopt;
    }
}

// Where a CHECK wants it plainer: lower case, whole numbers, whole days, nothing.
std::optional<std::string> plain_value(const SampleColumn& column, std::uint32_t row) {
    static const std::map<std::string_view, std::string_view> values{
        {"timestamp", "2020-01-0N 00:00:00"},
        {"timestamptz", "2020-01-0N 00:00:00+00"},
        {"time", "0N:00:00"},
        {"timetz", "0N:00:00+00"},
        {"interval", "N days"},
    };
    const auto known = values.find(column.base_type);
    if (known != values.end()) return with_number(known->second, row);
    if (is_text(column)) return std::to_string(row) + "-sample";
    switch (column.category) {
        case 'N':
            return std::to_string(row);
        case 'A':
            return "{}";
        default:
            return std::nullopt;
    }
}

// Constants in the text of a CHECK: between quotes, and numbers.
struct Constants {
    std::set<std::string> texts;
    std::set<long> numbers;
};

bool is_word(char each) {
    return std::isalnum(static_cast<unsigned char>(each)) != 0 || each == '_';
}

std::size_t read_text(std::string_view check, std::size_t at, Constants& constants) {
    std::string text;
    for (++at; at < check.size(); ++at) {
        if (check[at] != '\'')
            text += check[at];
        else if (at + 1 < check.size() && check[at + 1] == '\'')
            text += check[at++];
        else
            break;
    }
    constants.texts.insert(text);
    return at + 1;
}

void read_constants(std::string_view check, Constants& constants) {
    for (std::size_t at = 0; at < check.size();) {
        if (check[at] == '\'') {
            at = read_text(check, at, constants);
        } else if (is_word(check[at])) {
            const std::size_t begin = at;
            while (at < check.size() && is_word(check[at])) ++at;
            const std::string word{check.substr(begin, at - begin)};
            if (std::isdigit(static_cast<unsigned char>(word.front())) != 0)
                constants.numbers.insert(std::strtol(word.c_str(), nullptr, 10));
        } else {
            ++at;
        }
    }
}

Texts constant_values(const SampleColumn& column, const Constants& constants, std::uint32_t row) {
    Texts values{constants.texts.begin(), constants.texts.end()};
    if (column.category == 'N')
        for (const long number : constants.numbers)
            for (const long near : {number, number + row, number - row})
                values.push_back(std::to_string(near));
    if (column.category == 'S') {
        for (const long number : constants.numbers)
            if (number > 0 && number <= constant_length_max)
                values.push_back(std::string(static_cast<std::size_t>(number - 1), 'a') +
                                 std::to_string(row));
        for (const char* pattern : {"sampleN@example.com", "https://example.com/N", "N", "A"})
            values.push_back(with_number(pattern, row));
    }
    return values;
}

std::string typed(const SampleColumn& column, const std::string& value) {
    return quoted_text(value) + "::" + column.type;
}

// What may be said of a column, the likeliest first: SQL expressions.
Texts choices(const SampleTable& table, const SampleColumn& column, std::uint32_t row,
              SampleStyle style) {
    Texts said;
    const auto usual = usual_value(column, row, style);
    if (usual) said.push_back(typed(column, *usual));
    if (column.base_type == "numeric") said.push_back(typed(column, "0.0" + std::to_string(row)));
    Constants constants;
    bool is_checked = false;
    for (const SampleCheck& check : table.checks) {
        if (std::find(check.columns.begin(), check.columns.end(), column.name) ==
            check.columns.end())
            continue;
        is_checked = true;
        read_constants(check.text, constants);
    }
    if (is_checked) {
        if (style == SampleStyle::varied && is_text(column))
            said.push_back(typed(column, text_value(column, row, SampleStyle::plain)));
        if (const auto plain = plain_value(column, row); plain && plain != usual)
            said.push_back(typed(column, *plain));
        Texts values = constant_values(column, constants, row);
        if (!values.empty())
            std::rotate(values.begin(),
                        values.begin() + static_cast<std::ptrdiff_t>((row - 1) % values.size()),
                        values.end());
        for (const std::string& value : values) said.push_back(typed(column, value));
    }
    if (column.has_default && (is_checked || said.empty())) said.emplace_back("DEFAULT");
    if (!column.is_required && (is_checked || said.empty())) said.emplace_back("NULL");
    if (said.empty()) said.emplace_back("NULL");
    return said;
}

// The value of a column that refers to another table: of a row that is there.
std::optional<std::string> referring(const SampleTable& table, const SampleColumn& column,
                                     std::uint32_t row) {
    for (const SampleReference& reference : table.references)
        for (std::size_t index = 0; index < reference.columns.size(); ++index) {
            if (reference.columns[index] != column.name) continue;
            std::string order;
            for (const std::string& each : reference.referenced)
                order += (order.empty() ? "p." : ", p.") + quoted_name(each);
            // Of its own rows the last: its own number is not there yet.
            const std::uint32_t place =
                reference.table == table.name && row > 1 ? row - 2 : row - 1;
            return "(SELECT p." + quoted_name(reference.referenced.at(index)) + " FROM " +
                   reference.table + " p ORDER BY " + order + " LIMIT 1 OFFSET " +
                   std::to_string(place) + ")";
        }
    return std::nullopt;
}

std::string insert(const std::string& table, const Texts& names, const Texts& values) {
    if (names.empty()) return "INSERT INTO " + table + " DEFAULT VALUES";
    std::string columns;
    std::string said;
    for (std::size_t index = 0; index < names.size(); ++index) {
        columns += (index == 0 ? "" : ", ") + quoted_name(names[index]);
        said += (index == 0 ? "" : ", ") + values[index];
    }
    return "INSERT INTO " + table + " (" + columns + ") VALUES (" + said + ")";
}

std::string rows_text(std::uint64_t count) {
    return std::to_string(count) + (count == 1 ? " row" : " rows");
}

void compare_table(const std::string& name, const TableRows& before, const TableRows& after,
                   Texts& lost) {
    bool is_told = false;
    const auto tell = [&](std::string text) {
        lost.push_back(std::move(text));
        is_told = true;
    };
    if (after.row_count < before.row_count)
        return tell(rows_text(before.row_count - after.row_count) + " of " +
                    std::to_string(before.row_count) + " in " + name + " lost");
    if (after.row_count > before.row_count)
        return tell(rows_text(after.row_count - before.row_count) + " more in " + name);
    for (const auto& [column, checksum] : before.columns) {
        const auto found = after.columns.find(column);
        if (found == after.columns.end())
            tell("column " + column + " of " + name + " lost with the values in " +
                 rows_text(before.row_count));
        else if (found->second != checksum)
            tell("values of column " + column + " of " + name + " are others than before");
    }
    if (!is_told && before.columns.size() == after.columns.size() &&
        before.checksum != after.checksum)
        tell("rows of " + name + " are others than before");
}

Texts combinations_of(const SampleTable& table, std::uint32_t row, SampleStyle style) {
    Texts names;
    std::vector<Texts> all;
    std::size_t combinations = 1;
    for (const SampleColumn& column : table.columns) {
        if (column.is_given) continue;
        const auto reference = referring(table, column, row);
        names.push_back(column.name);
        all.push_back(reference ? Texts{*reference} : choices(table, column, row, style));
        combinations = std::min(attempts_max, combinations * all.back().size());
    }
    Texts statements;
    for (std::size_t attempt = 0; attempt < combinations; ++attempt) {
        Texts values;
        std::size_t rest = attempt;
        for (const Texts& said : all) {
            values.push_back(said[rest % said.size()]);
            rest /= said.size();
        }
        statements.push_back(insert(table.name, names, values));
    }
    return statements;
}

}  // namespace

std::vector<std::string> sample_inserts(const SampleTable& table, std::uint32_t row,
                                        SampleStyle style) {
    Texts statements = combinations_of(table, row, style);
    if (style == SampleStyle::plain) return statements;
    // What no CHECK tells of may refuse blanks: a trigger, say.
    const Texts plain = combinations_of(table, row, SampleStyle::plain);
    if (plain != statements) statements.insert(statements.end(), plain.begin(), plain.end());
    return statements;
}

bool is_constant(const std::string& default_value) {
    for (auto at = default_value.find('('); at != std::string::npos;
         at = default_value.find('(', at + 1))
        if (at > 0 && (is_word(default_value[at - 1]) || default_value[at - 1] == '"'))
            return false;
    return !default_value.empty();
}

std::vector<std::string> fewer_rows(const AllRows& before, const AllRows& after,
                                    const std::set<std::string>& tables) {
    Texts fewer;
    for (const std::string& name : tables) {
        const auto was = before.find(name);
        const auto is = after.find(name);
        if (was == before.end() || is == after.end()) continue;
        if (is->second.row_count > 0 && is->second.row_count < was->second.row_count)
            compare_table(name, was->second, is->second, fewer);
    }
    return fewer;
}

std::vector<std::string> lost_rows(const AllRows& before, const AllRows& after) {
    Texts lost;
    for (const auto& [name, rows] : before) {
        if (rows.row_count == 0) continue;
        const auto found = after.find(name);
        if (found == after.end())
            lost.push_back("table " + name + " lost with " + rows_text(rows.row_count));
        else
            compare_table(name, rows, found->second, lost);
    }
    return lost;
}

}  // namespace commands
