#include "adapters/postgres/reached_beyond.hpp"

#include "adapters/postgres/steps.hpp"
#include "migrations/sql/words.hpp"

namespace adapters::postgres {

namespace {

constexpr const char* asks_other_server = "it asks another server";
constexpr const char* touches_files =
    "it reads or writes files of the server, or runs programs there";

// The disposable server speaks English.
std::optional<std::string> reason_of(const ServerError& error) {
    constexpr std::string_view cannot_connect = "08001";
    constexpr std::string_view not_permitted = "42501";
    constexpr std::string_view no_such_file = "58P01";
    if (error.source_function == "exec_stmt_raise") return std::nullopt;  // the script's own word
    if (error.sqlstate == cannot_connect) return asks_other_server;
    if (error.message.starts_with("could not execute command")) return touches_files;
    const bool is_file = (error.sqlstate == not_permitted || error.sqlstate == no_such_file) &&
                         (error.message.starts_with("could not open file ") ||
                          error.message.starts_with("could not create server file "));
    if (is_file) return touches_files;
    return std::nullopt;
}

// Of an INSERT of values: all before them, which says into what.
std::optional<std::string> head_of_values(const migrations::Script& script, std::uint32_t index) {
    if (script.statements[index].kind != "insert") return std::nullopt;
    const std::string text = migrations::sql::lower(statement_text(script, index));
    for (auto at = text.find("values"); at != text.npos; at = text.find("values", at + 1)) {
        const char before = at == 0 ? '"' : text[at - 1];
        if (before != ' ' && before != '\n' && before != ')') continue;
        const std::string head = text.substr(0, at);
        return head.find("select") == head.npos ? std::optional{head} : std::nullopt;
    }
    return std::nullopt;
}

}  // namespace

bool ReachedBeyond::learn(const migrations::Script& script, std::uint32_t index,
                          const ServerError& error) {
    const auto reason = reason_of(error);
    if (!reason) return false;
    const bool is_new = known_.try_emplace({script.digest, index}, *reason).second;
    const auto same = head_of_values(script, index);
    for (std::uint32_t later = index + 1; same && later < script.statements.size(); ++later)
        if (head_of_values(script, later) == same)
            known_.try_emplace({script.digest, later}, *reason);
    return is_new;
}

std::optional<std::string> ReachedBeyond::why_not(const migrations::Script& script,
                                                  std::uint32_t index) const {
    const auto found = known_.find({script.digest, index});
    return found == known_.end() ? std::nullopt : std::optional{found->second};
}

}  // namespace adapters::postgres
