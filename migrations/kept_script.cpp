#include "migrations/kept_script.hpp"

#include "migrations/sql/script.hpp"
#include "migrations/sql/transaction.hpp"

#include <string_view>

namespace migrations {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// Drizzle's; in any other layout's script it is a comment that nobody writes.
bool ends_statement(std::string_view comment) {
    return comment.starts_with("--> statement-breakpoint");
}

}  // namespace

Script kept_script(const std::string& path, const std::string& text) {
    Script script;
    script.path = path;
    script.bytes = text;
    script.digest = ledger::sha256(text);
    script.text = text.starts_with(byte_order_mark) ? text.substr(byte_order_mark.size()) : text;
    auto read = sql::read_statements({script.text, path, 1, 150000, ends_statement});
    script.statements = std::move(read.statements);
    std::vector<Diagnostic> unheard;
    sql::settle_mode(script, {std::nullopt, true}, unheard);
    return script;
}

}  // namespace migrations
