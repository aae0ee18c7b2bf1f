#include "adapters/postgres/missing_role.hpp"

#include <array>
#include <string_view>
#include <utility>
#include <vector>

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

// Its names in order, as it is written: quoted where need be.
std::vector<std::string> names_of(std::string_view search_path) {
    std::vector<std::string> names(1);
    bool is_quoted = false;
    for (const char each : search_path) {
        if (each == '"')
            is_quoted = !is_quoted;
        else if (each == ',' && !is_quoted)
            names.emplace_back();
        else if (each != ' ' || is_quoted)
            names.back() += each;
    }
    return names;
}

// Of SET ROLE, SET SESSION AUTHORIZATION and set_config(): of the settings that may be wrong so,
// only what is said tells which it was, as servers in English do.
bool is_role_to_be(const ServerError& error) {
    constexpr std::string_view invalid_value = "22023";
    return error.sqlstate == invalid_value && error.message.starts_with("role \"") &&
           error.message.ends_with("\" does not exist");
}

}  // namespace

// Where in the server it was found tells of what kind it is, in any language.
std::optional<std::string> missing_role(const ServerError& error) {
    const std::string& found_by = error.source_function;
    if (is_role_to_be(error)) return named_in(error.message);
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

std::optional<std::string> missing_schema(const ServerError& error, const std::string& search_path,
                                          const std::set<std::string>& schemas) {
    constexpr std::string_view invalid_schema_name = "3F000";
    if (error.sqlstate != invalid_schema_name) return std::nullopt;
    const auto named = named_in(error.message);
    for (const std::string& name : named ? std::vector{*named} : names_of(search_path))
        if (schemas.contains(name)) return name;
    return std::nullopt;
}

bool make_role(Connection& connection, const std::string& name) {
    return connection.run("CREATE ROLE " + quoted_identifier(name)).has_value();
}

bool make_superuser(Connection& connection, const std::string& name) {
    return connection.run("CREATE ROLE " + quoted_identifier(name) + " SUPERUSER").has_value();
}

bool make_schema(Connection& connection, const std::string& name) {
    return connection.run("CREATE SCHEMA " + quoted_identifier(name)).has_value();
}

bool make_tablespace(Connection& connection, const std::string& name) {
    return connection.run("SET allow_in_place_tablespaces = on") &&
           connection.run("CREATE TABLESPACE " + quoted_identifier(name) + " LOCATION ''");
}

}  // namespace adapters::postgres
