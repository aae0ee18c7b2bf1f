#include "migrations/layouts/names.hpp"

#include "migrations/layouts/reading.hpp"
#include "migrations/version.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace migrations::layouts {

namespace {

constexpr std::array dialects = {"postgres", "postgresql", "psql",    "pg",     "cockroach",
                                 "mysql",    "mariadb",    "sqlite3", "sqlite", "mssql"};

bool is_dialect(std::string_view part) {
    return std::find(dialects.begin(), dialects.end(), part) != dialects.end();
}

// "2024-05-06" and "2024.05.06" at the beginning, and what such a date may go on with.
std::string_view leading_date(std::string_view text) {
    constexpr std::string_view shape = "0000-00-00";
    if (text.size() < shape.size() || (text[4] != '-' && text[4] != '.') || text[7] != text[4])
        return {};
    for (std::size_t index = 0; index < shape.size(); ++index)
        if (shape[index] == '0' && leading_digits(text.substr(index, 1)).empty()) return {};
    std::size_t end = shape.size();
    while (end + 1 < text.size() && text[end] == text[4]) {
        const std::size_t count = leading_digits(text.substr(end + 1)).size();
        const std::size_t next = end + 1 + count;
        if (count == 0 || (next < text.size() && text.substr(next, 1).find_first_of("-_.") != 0))
            break;
        end = next;
    }
    return text.substr(0, end);
}

std::string digits_of(std::string_view text) {
    if (leading_digits(text).size() == text.size()) return std::string{text};
    std::string digits;
    std::copy_if(text.begin(), text.end(), std::back_inserter(digits),
                 [](char character) { return character >= '0' && character <= '9'; });
    return digits;
}

// Cuts ".suffix" off the end of a name, if it is there.
bool cut(std::string_view& text, std::string_view suffix) {
    if (!text.ends_with(suffix)) return false;
    text.remove_suffix(suffix.size());
    return true;
}

// VERSION_name, without what comes after it.
std::optional<FileName> parse_stem(std::string_view rest) {
    if (rest.ends_with(".up") || rest.ends_with(".down")) return std::nullopt;
    std::string_view version = leading_date(rest);
    if (version.empty()) version = leading_digits(rest);
    if (version.empty()) return std::nullopt;
    rest.remove_prefix(version.size());
    if (!rest.empty() && rest.find_first_of("_-. ") != 0) return std::nullopt;
    rest.remove_prefix(std::min(rest.find_first_not_of("_-. "), rest.size()));
    return FileName{digits_of(version), std::string{rest}, "", false, false};
}

}  // namespace

std::optional<VersionedName> parse_folder_name(std::string_view folder_name) {
    const std::string_view before = folder_name.substr(0, folder_name.find('_'));
    const bool dashed = before.find_first_not_of("0123456789-") == std::string_view::npos;
    const std::string_view version = dashed ? before : leading_digits(folder_name);
    if (leading_digits(version).empty()) return std::nullopt;
    std::string_view name = folder_name.substr(version.size());
    if (!name.empty() && name.find_first_of("_-") != 0) return std::nullopt;
    name.remove_prefix(std::min(name.find_first_not_of("_-"), name.size()));
    return VersionedName{digits_of(version), std::string{name}};
}

std::optional<FileName> parse_single_name(std::string_view file_name) {
    std::string_view rest = file_name;
    if (!cut(rest, ".sql")) return std::nullopt;
    return parse_stem(rest);
}

std::optional<FileName> parse_directed_name(std::string_view file_name) {
    FileName parsed;
    std::string_view rest = file_name;
    if (!cut(rest, ".sql")) return std::nullopt;
    parsed.is_down = rest.ends_with(".down");
    if (!cut(rest, ".up") && !cut(rest, ".down")) return std::nullopt;
    parsed.autocommit = cut(rest, ".autocommit");
    const std::size_t dot = rest.rfind('.');
    if (dot != std::string_view::npos && is_dialect(rest.substr(dot + 1))) {
        parsed.dialect = rest.substr(dot + 1);
        rest = rest.substr(0, dot);
    }
    parsed.autocommit = cut(rest, ".autocommit") || parsed.autocommit;
    auto versioned = parse_stem(rest);
    if (!versioned) return std::nullopt;
    parsed.version = std::move(versioned->version);
    parsed.name = std::move(versioned->name);
    return parsed;
}

}  // namespace migrations::layouts
