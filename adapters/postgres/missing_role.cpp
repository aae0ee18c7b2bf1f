#include "adapters/postgres/missing_role.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace adapters::postgres {

namespace {

using Marks = std::pair<std::string_view, std::string_view>;

// As the server's languages put a name: longer ones before those that they begin with.
constexpr std::array<Marks, 8> all_marks{{{"\"", "\""},
                                          {"\u00ab\u00a0", "\u00a0\u00bb"},
                                          {"\u00ab ", " \u00bb"},
                                          {"\u00ab", "\u00bb"},
                                          {"\u00bb", "\u00ab"},
                                          {"\u201e", "\u201c"},
                                          {"\u201e", "\u201d"},
                                          {"\u201c", "\u201d"}}};

std::optional<std::string> between(std::string_view message, const Marks& marks) {
    const auto begin = message.find(marks.first);
    const auto end = message.rfind(marks.second);
    if (begin == message.npos || end == message.npos) return std::nullopt;
    const auto name = begin + marks.first.size();
    if (end <= name) return std::nullopt;
    return std::string{message.substr(name, end - name)};
}

std::optional<std::string> named_in(std::string_view message) {
    for (const auto& marks : all_marks)
        if (auto name = between(message, marks)) return name;
    return std::nullopt;
}

}  // namespace

// Where in the server it was found tells of what kind it is, in any language.
std::optional<std::string> missing_role(const ServerError& error) {
    const std::string& found_by = error.source_function;
    if (error.sqlstate != "42704" ||
        !(found_by.starts_with("get_role") || found_by == "DropRole" || found_by == "RenameRole"))
        return std::nullopt;
    return named_in(error.message);
}

std::optional<std::string> missing_tablespace(const ServerError& error) {
    if (error.sqlstate != "42704" || error.source_function != "get_tablespace_oid")
        return std::nullopt;
    return named_in(error.message);
}

bool make_role(Connection& connection, const std::string& name) {
    return connection.run("CREATE ROLE " + quoted_identifier(name)).has_value();
}

bool make_tablespace(Connection& connection, const std::string& name) {
    return connection.run("SET allow_in_place_tablespaces = on") &&
           connection.run("CREATE TABLESPACE " + quoted_identifier(name) + " LOCATION ''");
}

}  // namespace adapters::postgres
