#include "migrations/kept_script.hpp"

#include "migrations/directives.hpp"
#include "migrations/encoding.hpp"
#include "migrations/layouts/drizzle.hpp"
#include "migrations/layouts/goose.hpp"
#include "migrations/layouts/layout.hpp"
#include "migrations/placeholders.hpp"
#include "migrations/secrets.hpp"
#include "migrations/sql/script.hpp"
#include "migrations/sql/transaction.hpp"

#include <string_view>

namespace migrations {

namespace {

// In another layout's script they are comments that nobody writes.
bool ends_statement(std::string_view comment) {
    return layouts::is_drizzle_boundary(comment) || layouts::is_goose_boundary(comment);
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
            return (diagnostic.concerns_running
                        ? "no server runs it as it is: line "
                        : "without values for its placeholders it is no SQL: line ") +
                   std::to_string(diagnostic.line) + ": " + diagnostic.message;
    return std::nullopt;
}

std::string down_path(std::string_view layout, const std::string& up_path) {
    const std::size_t name = up_path.rfind('/') + 1;
    if (layout == "flyway" && up_path[name] == 'V')
        return std::string{up_path}.replace(name, 1, "U");
    if (layout == "sqitch" && up_path.starts_with("deploy/")) return "revert/" + up_path.substr(7);
    const std::string file = up_path.substr(name);
    if (file == "up.sql" || file == "migration.sql") return up_path.substr(0, name) + "down.sql";
    constexpr std::string_view suffix = ".up.sql";
    if (!file.ends_with(suffix)) return up_path;
    return up_path.substr(0, up_path.size() - suffix.size()) + ".down.sql";
}

Script kept_script(const std::string& path, const std::string& text) {
    Script script;
    script.path = path;
    script.bytes = text;
    script.digest = ledger::sha256(text);
    script.text = without_byte_order_mark(text);
    auto read = sql::read_statements({script.text, path, 1, 150000, ends_statement});
    script.statements = std::move(read.statements);
    const Directives said = read_directives(script.text, path, 1);
    sql::TransactionRules rules{std::nullopt, true};
    if (said.transaction) rules.declared = sql::declared_by_directive(*said.transaction);
    std::vector<Diagnostic> unheard;
    sql::settle_mode(script, rules, unheard);
    return script;
}

}  // namespace migrations
