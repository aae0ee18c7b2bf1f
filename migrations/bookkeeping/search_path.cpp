#include "migrations/bookkeeping/search_path.hpp"

#include "migrations/bookkeeping/history.hpp"

#include <algorithm>
#include <array>

namespace migrations::bookkeeping {

namespace {

// Their tables have a schema of their own, which says nothing of the scripts.
constexpr std::array<std::string_view, 7> apart = {
    "drizzle", "sqitch", "supabase", "atlas", "hasura", "graphile-migrate", "graphile-worker"};

}  // namespace

std::optional<std::string> search_path_finding(const KnownTool& tool, const TableShape& table,
                                               const std::string& current_schema) {
    const bool is_apart = std::find(apart.begin(), apart.end(), tool.name) != apart.end();
    if (is_apart || table.schema == current_schema) return std::nullopt;
    const std::string here =
        current_schema.empty() ? "nowhere" : "in the schema " + in_quotes(current_schema);
    return "what a script names without a schema is made " + here +
           " by this session, and the table of " + std::string{tool.name} + " is in " +
           in_quotes(table.schema) +
           ": if its scripts ran with that search_path, give the same one before varve run, by "
           "ALTER ROLE ... SET search_path or by the URL's options";
}

}  // namespace migrations::bookkeeping
