#include "migrations/kept_script.hpp"

#include "migrations/encoding.hpp"
#include "migrations/layouts/layout.hpp"
#include "migrations/placeholders.hpp"
#include "migrations/secrets.hpp"
#include "migrations/sql/script.hpp"
#include "migrations/sql/transaction.hpp"

#include <string_view>

namespace migrations {

namespace {

// Drizzle's; in any other layout's script it is a comment that nobody writes.
bool ends_statement(std::string_view comment) {
    return comment.starts_with("--> statement-breakpoint");
}

}  // namespace

std::optional<std::string> why_not_as_is(std::string_view layout, const std::string& text) {
    const layouts::Layout* known = layouts::find_layout(layout);
    const PlaceholderForm form = known ? known->traits.form : PlaceholderForm::none;
    const auto left = find_unresolved(text, form);
    if (!left.empty())
        return "its placeholder " + left.front().text + " is not replaced, the value is not kept";
    const std::string_view script = without_byte_order_mark(text);
    auto read = sql::read_statements({script, "", 1, 150000, ends_statement});
    hide_secrets(script, 1, read.diagnostics);
    for (const Diagnostic& diagnostic : read.diagnostics)
        if (diagnostic.severity == Severity::error)
            return "without values for its placeholders it is no SQL: line " +
                   std::to_string(diagnostic.line) + ": " + diagnostic.message;
    return std::nullopt;
}

Script kept_script(const std::string& path, const std::string& text) {
    Script script;
    script.path = path;
    script.bytes = text;
    script.digest = ledger::sha256(text);
    script.text = without_byte_order_mark(text);
    auto read = sql::read_statements({script.text, path, 1, 150000, ends_statement});
    script.statements = std::move(read.statements);
    std::vector<Diagnostic> unheard;
    sql::settle_mode(script, {std::nullopt, true}, unheard);
    return script;
}

}  // namespace migrations
