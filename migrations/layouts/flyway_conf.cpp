#include "migrations/layouts/flyway_conf.hpp"

#include "migrations/sql/lexer.hpp"

#include <utility>

namespace migrations::layouts {

namespace {

// Why a setting is not understood, or nothing.
std::string apply(FlywayConf& conf, std::string_view key, std::string_view value) {
    if (key.starts_with("flyway.")) key.remove_prefix(7);
    const bool yes = sql::same_word(value, "true");
    if (key == "encoding")
        return sql::same_word(value, "UTF-8") ? "" : "only the encoding UTF-8 is read";
    if (!yes && !sql::same_word(value, "false"))
        return "\"" + std::string{value} + "\" is neither true nor false";
    if (key == "executeInTransaction")
        conf.declared = sql::DeclaredMode{yes ? TransactionMode::one : TransactionMode::none,
                                          yes ? "" : "executeInTransaction=false"};
    else if (key == "placeholderReplacement")
        conf.replaces_placeholders = yes;
    else if (key == "shouldExecute")
        conf.runs = yes;
    else
        return "the setting \"" + std::string{key} + "\" is not understood";
    return {};
}

}  // namespace

FlywayConf read_flyway_conf(Reading& reading, const LayoutFile& script) {
    FlywayConf conf;
    const LayoutFile* file = reading.find(script.name + ".conf");
    const auto text = file ? reading.text(*file) : std::nullopt;
    if (!text) return conf;
    for_each_line(*text, [&](std::string_view line, std::size_t, std::uint32_t number) {
        line = trim(line);
        if (line.empty() || line[0] == '#' || line[0] == '!') return;
        const std::size_t separator = line.find_first_of("=:");
        const bool has_value = separator != std::string_view::npos;
        const auto value = has_value ? trim(line.substr(separator + 1)) : std::string_view{};
        const std::string fault = apply(conf, trim(line.substr(0, separator)), value);
        if (!fault.empty()) reading.refuse("directive-unknown", fault, *file, number);
    });
    if (!conf.runs)
        reading.say(Severity::note, "file-not-run", "shouldExecute=false: it does not run",
                    script.path);
    return conf;
}

}  // namespace migrations::layouts
