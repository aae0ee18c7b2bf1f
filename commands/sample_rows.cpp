#include "commands/sample_rows.hpp"

#include "commands/sample_values.hpp"

#include <algorithm>
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

Texts constant_values(const SampleColumn& column, const Constants& constants,
                      const SampleSpot& spot) {
    Texts values{constants.texts.begin(), constants.texts.end()};
    const long step = spot.row + spot.column * sample_row_count;
    if (column.category == 'N')
        for (const long number : constants.numbers)
            for (const long near : {number, number + step, number - step})
                values.push_back(std::to_string(near));
    if (column.category == 'S') {
        for (const long number : constants.numbers)
            if (number > 0 && number <= constant_length_max)
                values.push_back(std::string(static_cast<std::size_t>(number - 1), 'a') +
                                 std::to_string(spot.row));
        for (const char* pattern : {"sampleK@example.com", "https://example.com/K", "K", "A"})
            values.push_back(fill_pattern(pattern, spot));
    }
    return values;
}

std::string typed(const SampleColumn& column, const std::string& value) {
    return quoted_text(value) + "::" + column.type;
}

SampleSpot counted(const SampleSpot& spot) {
    return {spot.row, 0, 0, SampleSpread::counted, spot.style};
}

SampleSpot in_style(SampleSpot spot, SampleStyle style) {
    spot.style = style;
    return spot;
}

// Of a list each row takes another.
Texts turned(const std::set<std::string>& texts, const SampleSpot& spot) {
    Texts values{texts.begin(), texts.end()};
    if (!values.empty())
        std::rotate(values.begin(),
                    values.begin() +
                        static_cast<std::ptrdiff_t>((spot.row - 1 + spot.column) % values.size()),
                    values.end());
    return values;
}

// What is likeliest where a CHECK is, after what is usual.
Texts checked_choices(const SampleColumn& column, const Constants& constants,
                      const SampleSpot& spot) {
    Texts values;
    if (spot.style == SampleStyle::varied && is_text(column))
        values.push_back(*usual_value(column, in_style(spot, SampleStyle::plain)));
    if (const auto plain = plain_value(column, spot)) values.push_back(*plain);
    if (spot.spread == SampleSpread::spread)
        if (const auto small = usual_value(column, counted(spot))) values.push_back(*small);
    Texts near = constant_values(column, constants, spot);
    if (!near.empty())
        std::rotate(near.begin(),
                    near.begin() + static_cast<std::ptrdiff_t>((spot.row - 1) % near.size()),
                    near.end());
    values.insert(values.end(), near.begin(), near.end());
    return values;
}

// What may be said of a column, the likeliest first: SQL expressions.
Texts choices(const SampleTable& table, const SampleColumn& column, const SampleSpot& spot) {
    Texts said;
    const auto say = [&](const std::string& value) {
        const std::string text = typed(column, value);
        if (std::find(said.begin(), said.end(), text) == said.end()) said.push_back(text);
    };
    Constants constants;
    bool is_checked = false;
    bool is_listed = false;
    for (const SampleCheck& check : table.checks) {
        if (std::find(check.columns.begin(), check.columns.end(), column.name) ==
            check.columns.end())
            continue;
        is_checked = true;
        is_listed = is_listed || check.text.find("= ANY (") != std::string::npos;
        read_constants(check.text, constants);
    }
    if (is_listed && is_text(column) && spot.spread == SampleSpread::spread)
        for (const std::string& value : turned(constants.texts, spot)) say(value);
    if (const auto usual = usual_value(column, spot)) say(*usual);
    const bool is_domain = !column.type.starts_with(column.base_type);
    if (column.base_type == "numeric" && (is_domain || spot.spread == SampleSpread::counted))
        say(fill_pattern("0.FN", spot));  // its digits are not known
    if (is_checked)
        for (const std::string& value : checked_choices(column, constants, spot)) say(value);
    if (column.has_default && (is_checked || said.empty())) said.emplace_back("DEFAULT");
    if (!column.is_required && (is_checked || said.empty())) said.emplace_back("NULL");
    if (said.empty()) said.emplace_back("NULL");
    return said;
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

using Expressions = std::map<std::string, std::string>;  // by column

// Which of the rows that are there: never that of the row's own number, and for each way to a table
// another. Of its own rows the last ones: its own number is not there yet.
std::string offset_of(const SampleTable& table, const SampleReference& reference, std::uint32_t row,
                      std::uint32_t way, SampleSpread spread) {
    const bool is_own = reference.table == table.name;
    if (spread == SampleSpread::counted || (is_own && row == 1))
        return std::to_string(is_own && row > 1 ? row - 2 : row - 1);
    if (is_own) return std::to_string((row - 2 + way) % (row - 1));
    constexpr std::uint32_t ways = 2 * sample_row_count;
    way %= ways;
    const std::uint32_t turned = row % ways + way % sample_row_count;
    const std::uint32_t place = way < sample_row_count ? turned : ways + sample_row_count - turned;
    return std::to_string(place) + " % GREATEST(1, (SELECT pg_catalog.count(*) FROM " +
           reference.table + "))";
}

// The value of a column that refers to another table: of a row that is there, and where some of its
// columns have their values by another reference, of one that has the same.
std::string referring(const SampleReference& reference, std::size_t index, const Expressions& known,
                      const std::string& offset) {
    std::string order;
    std::string same;
    for (std::size_t each = 0; each < reference.referenced.size(); ++each) {
        const std::string name = "p." + quoted_name(reference.referenced[each]);
        order += (order.empty() ? "" : ", ") + name;
        if (const auto found = known.find(reference.columns.at(each)); found != known.end())
            same += (same.empty() ? " WHERE " : " AND ") + name + " = " + found->second;
    }
    return "(SELECT p." + quoted_name(reference.referenced.at(index)) + " FROM " + reference.table +
           " p" + same + " ORDER BY " + order + " LIMIT 1 OFFSET " + (same.empty() ? offset : "0") +
           ")";
}

// Those of most columns first, for what others share with them fits then too; its own rows last.
std::vector<SampleReference> in_order(const SampleTable& table, SampleSpread spread) {
    auto references = table.references;
    if (spread == SampleSpread::counted) return references;
    const auto rank = [&](const SampleReference& each) {
        return std::pair{each.table == table.name, -static_cast<long>(each.columns.size())};
    };
    std::stable_sort(references.begin(), references.end(),
                     [&](const auto& one, const auto& other) { return rank(one) < rank(other); });
    return references;
}

Expressions references_of(const SampleTable& table, std::uint32_t row, SampleSpread spread) {
    Expressions all;
    std::map<std::string, std::uint32_t> ways;  // by the table referred to
    for (const SampleReference& reference : in_order(table, spread)) {
        const Expressions known = spread == SampleSpread::counted ? Expressions{} : all;
        const std::string offset =
            offset_of(table, reference, row, ways[reference.table]++, spread);
        for (std::size_t index = 0; index < reference.columns.size(); ++index)
            all.emplace(reference.columns[index], referring(reference, index, known, offset));
    }
    return all;
}

Texts combinations_of(const SampleTable& table, std::uint32_t row, SampleStyle style,
                      SampleSpread spread) {
    Texts names;
    std::vector<Texts> all;
    std::size_t combinations = 1;
    std::map<char, std::uint32_t> of_category;
    const auto references = references_of(table, row, spread);
    for (const SampleColumn& column : table.columns) {
        SampleSpot spot{row, of_category[column.category]++, table.place, spread, style};
        if (spread == SampleSpread::counted) spot = counted(spot);
        if (column.is_given) continue;
        const auto reference = references.find(column.name);
        names.push_back(column.name);
        all.push_back(reference != references.end() ? Texts{reference->second}
                                                    : choices(table, column, spot));
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
    Texts statements;
    const auto add = [&](SampleStyle each, SampleSpread spread) {
        for (std::string& insert : combinations_of(table, row, each, spread))
            if (std::find(statements.begin(), statements.end(), insert) == statements.end())
                statements.push_back(std::move(insert));
    };
    for (const SampleSpread spread : {SampleSpread::spread, SampleSpread::counted}) {
        add(style, spread);
        // What no CHECK tells of may refuse blanks: a trigger, say.
        if (style == SampleStyle::varied) add(SampleStyle::plain, spread);
    }
    return statements;
}

std::uint32_t first_given(const SampleTable& table, const SampleColumn& column) {
    SampleSpot spot{1, 0, table.place, SampleSpread::spread, SampleStyle::plain};
    for (const SampleColumn& each : table.columns) {
        if (each.name == column.name) break;
        if (each.category == column.category) ++spot.column;
    }
    return first_number(spot);
}

bool is_constant(const std::string& default_value) {
    for (auto at = default_value.find('('); at != std::string::npos;
         at = default_value.find('(', at + 1))
        if (at > 0 && (is_word(default_value[at - 1]) || default_value[at - 1] == '"'))
            return false;
    return !default_value.empty();
}

}  // namespace commands
