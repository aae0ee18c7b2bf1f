#include "migrations/rules/instant.hpp"

#include "migrations/rules/row_scope.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <variant>

namespace migrations::rules {

namespace {

// Where tools write down which migrations have run: a few rows that no program reads.
bool is_bookkeeping(const ObjectName& table) {
    constexpr std::array<std::string_view, 18> tables{
        "__EFMigrationsHistory", "_prisma_migrations",     "alembic_version",
        "ar_internal_metadata",  "databasechangelog",      "databasechangeloglock",
        "django_migrations",     "django_content_type",    "flyway_schema_history",
        "goose_db_version",      "knex_migrations",        "schema_migrations",
        "SequelizeMeta",         "pgmigrations",           "_sqlx_migrations",
        "__drizzle_migrations",  "atlas_schema_revisions", "migrations"};
    return std::find(tables.begin(), tables.end(), table.name) != tables.end();
}

}  // namespace

bool is_instant(const sql::Action& action) {
    return std::holds_alternative<sql::Transaction>(action) ||
           std::holds_alternative<sql::Set>(action) ||
           std::holds_alternative<sql::Comment>(action) ||
           std::holds_alternative<sql::Grant>(action) ||
           std::holds_alternative<sql::CreateView>(action) ||
           std::holds_alternative<sql::CreateFunction>(action) ||
           std::holds_alternative<sql::AlterFunction>(action) ||
           std::holds_alternative<sql::CreateSchema>(action) ||
           std::holds_alternative<sql::CreateExtension>(action) ||
           std::holds_alternative<sql::CreateSequence>(action) ||
           std::holds_alternative<sql::CreateEnum>(action) ||
           std::holds_alternative<sql::CreateType>(action) ||
           std::holds_alternative<sql::CreateDomain>(action) ||
           std::holds_alternative<sql::DoBlock>(action);
}

bool is_record_of_tool(const sql::Rows& rows) {
    if (!is_bookkeeping(rows.table)) return false;
    return rows.verb == sql::RowsVerb::insert ? !rows.from_query : is_bounded(rows);
}

bool is_record_of_tool(const sql::Action& action) {
    const auto* rows = std::get_if<sql::Rows>(&action);
    return rows != nullptr && is_record_of_tool(*rows);
}

}  // namespace migrations::rules
