#include "adapters/postgres/shadow_defaults.hpp"

#include "adapters/postgres/shadow_room.hpp"
#include "adapters/postgres/steps.hpp"
#include "migrations/sql/lexer.hpp"
#include "migrations/sql/mentions.hpp"
#include "migrations/sql/session_defaults.hpp"
#include "migrations/sql/words.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace adapters::postgres {

namespace {

using commands::DefaultOf;
using commands::RehearsalOrder;
using ledger::fail;
using ledger::Result;

struct TargetDefault {
    const char* name;
    const std::string& value;
    DefaultOf origin;
    std::array<std::string_view, 2> spellings;  // in a script, in lower case
};

std::array<TargetDefault, 2> defaults_of(const RehearsalOrder& order) {
    const auto& [time_zone, path, time_zone_of, path_of, database] = order.defaults;
    return {{{"TimeZone", time_zone, time_zone_of, {"timezone", "time zone"}},
             {"search_path", path, path_of, {"search_path", "search_path"}}}};
}

bool sets(const migrations::Script& script, const TargetDefault& setting) {
    for (std::uint32_t index = 0; index < script.statements.size(); ++index) {
        const std::string text = statement_text(script, index);
        if (!migrations::sql::sets_session_defaults(text)) continue;
        const std::string words = migrations::sql::lower(text);
        for (const std::string_view spelling : setting.spellings)
            if (words.find(spelling) != words.npos) return true;
    }
    return false;
}

bool alters_settings(const std::string& kind) {
    return kind == "alter-database-set" || kind == "alter-role-set";
}

// Which token the name is, from 1; 0 where nothing is set for all sessions of a database.
int name_place(const std::string& kind, std::string_view text) {
    constexpr int after_database = 3;
    constexpr int after_all = 6;
    if (kind == "alter-database-set") return after_database;
    const auto words = migrations::sql::leading_words(text, after_all - 1);
    const bool is_of_all = words.size() == after_all - 1 && words[2] == "all" && words[3] == "in" &&
                           words[4] == "database";
    return is_of_all ? after_all : 0;
}

std::string string_literal(const std::string& text) {
    std::string literal = "E'";
    for (const char each : text) {
        if (each == '\'' || each == '\\') literal += each;
        literal += each;
    }
    return literal + "'";
}

// FROM CURRENT takes a list as the list that it is.
std::string setting_sql(const std::string& database, const std::string& name,
                        const std::string& value) {
    return "SELECT pg_catalog.set_config(" + string_literal(name) + ", " + string_literal(value) +
           ", true); ALTER DATABASE " + quoted_identifier(database) + " SET " +
           (name.find('.') == name.npos ? quoted_identifier(name) : name) + " FROM CURRENT";
}

Result<void> alter(Connection& connection, const std::string& sql) {
    if (auto done = connection.run(sql); !done)
        return fail(
            shadow_error(done.error(), "giving the shadow the target's settings", connection));
    return {};
}

}  // namespace

std::optional<std::string> as_of_shadow(const migrations::Script& script, std::uint32_t index,
                                        const RehearsalPlace& place) {
    using migrations::sql::TokenKind;
    const std::string& kind = script.statements[index].kind;
    if (!alters_settings(kind)) return std::nullopt;
    const std::string text = statement_text(script, index);
    const int place_of_name = name_place(kind, text);
    if (place_of_name == 0) return std::nullopt;
    migrations::sql::Lexer lexer{text};
    int nth = 0;
    for (migrations::sql::Token token; lexer.next(token);) {
        if (migrations::sql::is_comment(token.kind) || ++nth < place_of_name) continue;
        const std::string name = text.substr(token.begin, token.end - token.begin);
        const bool is_plain = token.kind == TokenKind::word ||
                              (token.kind == TokenKind::quoted_name && name.starts_with('"'));
        const bool is_target =
            place.target_database.empty() || migrations::sql::folded(name) == place.target_database;
        if (!is_plain || !is_target) return std::nullopt;
        return text.substr(0, token.begin) + quoted_identifier(place.database) +
               text.substr(token.end);
    }
    return std::nullopt;
}

std::string sent_text(const migrations::Script& script, std::uint32_t index,
                      const RehearsalPlace& place) {
    auto renamed = as_of_shadow(script, index, place);
    return renamed ? *std::move(renamed) : statement_text(script, index);
}

Result<DatabaseSettings> settings_of_database(Connection& connection, const std::string& database) {
    auto rows = connection.query(
        {"SELECT pg_catalog.split_part(s.setting, '=', 1), pg_catalog.substr(s.setting,"
         " pg_catalog.strpos(s.setting, '=') OPERATOR(pg_catalog.+) 1)"
         " FROM pg_catalog.pg_db_role_setting d JOIN pg_catalog.pg_database b"
         " ON b.oid OPERATOR(pg_catalog.=) d.setdatabase"
         " CROSS JOIN LATERAL pg_catalog.unnest(d.setconfig) AS s (setting)"
         " WHERE d.setrole OPERATOR(pg_catalog.=) 0 AND b.datname OPERATOR(pg_catalog.=) $1",
         {database}});
    if (!rows) return fail(shadow_error(rows.error(), "reading the shadow's settings", connection));
    DatabaseSettings settings;
    for (const Values& row : rows->values) settings[text_of(row.at(0))] = text_of(row.at(1));
    return settings;
}

Result<void> copy_settings(Connection& connection, const std::string& from, const std::string& to) {
    const auto settings = settings_of_database(connection, from);
    if (!settings) return fail(settings.error());
    for (const auto& [name, value] : *settings)
        static_cast<void>(connection.run(setting_sql(to, name, value)));
    return {};
}

Result<void> begin_defaults(Connection& connection, const std::string& database,
                            const RehearsalOrder& order) {
    for (const TargetDefault& setting : defaults_of(order)) {
        const bool is_of_history = std::ranges::any_of(
            order.history, [&](const auto& each) { return sets(each, setting); });
        if (setting.origin != DefaultOf::database || is_of_history) continue;
        if (auto set = alter(connection, setting_sql(database, setting.name, setting.value)); !set)
            return set;
    }
    return {};
}

// Somebody may have set it by hand since; of a target that is not asked the history tells.
Result<void> settle_defaults(Connection& connection, const std::string& database,
                             const RehearsalOrder& order) {
    const bool is_changed = std::ranges::any_of(order.history, [](const auto& each) {
        return migrations::sql::sets_session_defaults(each);
    });
    if (order.defaults.database.empty() || !is_changed) return {};
    for (const TargetDefault& setting : defaults_of(order)) {
        if (setting.origin == DefaultOf::role) continue;
        const std::string sql = setting.origin == DefaultOf::database
                                    ? setting_sql(database, setting.name, setting.value)
                                    : "ALTER DATABASE " + quoted_identifier(database) + " RESET " +
                                          quoted_identifier(setting.name);
        if (auto set = alter(connection, sql); !set) return set;
    }
    return {};
}

}  // namespace adapters::postgres
