#include "adapters/postgres/reached_beyond.hpp"

#include "adapters/postgres/shadow_limits.hpp"
#include "adapters/postgres/steps.hpp"
#include "migrations/sql/row_insert.hpp"

namespace adapters::postgres {

namespace {

// The disposable server speaks English.
bool misses_target(const ServerError& error, const std::string& target) {
    constexpr std::string_view invalid_catalog_name = "3D000";
    constexpr std::string_view beginning = "database \"";
    constexpr std::string_view ending = "\" does not exist";
    const std::string& said = error.message;
    if (error.sqlstate != invalid_catalog_name) return false;
    if (!target.empty()) return said == std::string{beginning} + target + std::string{ending};
    return said.starts_with(beginning) && said.ends_with(ending);
}

std::optional<std::string> reason_of(const ServerError& error, const std::string& target) {
    constexpr std::string_view cannot_connect = "08001";
    constexpr std::string_view not_permitted = "42501";
    constexpr std::string_view no_such_file = "58P01";
    if (error.source_function == "exec_stmt_raise") return std::nullopt;  // the script's own word
    if (misses_target(error, target)) return another_name;
    if (error.sqlstate == cannot_connect) return asks_another_server;
    if (error.message.starts_with("could not execute command")) return touches_files;
    const bool is_file = (error.sqlstate == not_permitted || error.sqlstate == no_such_file) &&
                         (error.message.starts_with("could not open file ") ||
                          error.message.starts_with("could not create server file "));
    if (is_file) return touches_files;
    return std::nullopt;
}

}  // namespace

bool ReachedBeyond::learn(const migrations::Script& script, std::uint32_t index,
                          const ServerError& error) {
    const auto reason = reason_of(error, target_database_);
    if (!reason) return false;
    const bool is_new = known_.try_emplace({script.digest, index}, *reason).second;
    // A value that is no constant may be what has reached out: then nothing repeats it.
    const std::string text = statement_text(script, index);
    migrations::sql::RowInsert rows;
    rows.remember(text);
    for (std::uint32_t later = index + 1; later < script.statements.size(); ++later)
        if (rows.is_repeated_by(statement_text(script, later), 0))
            known_.try_emplace({script.digest, later}, *reason);
    return is_new;
}

std::optional<std::string> ReachedBeyond::why_not(const migrations::Script& script,
                                                  std::uint32_t index) const {
    const auto found = known_.find({script.digest, index});
    return found == known_.end() ? std::nullopt : std::optional{found->second};
}

}  // namespace adapters::postgres
