#include "adapters/postgres/target_schemas.hpp"

#include "adapters/postgres/missing_role.hpp"
#include "adapters/postgres/shadow_room.hpp"
#include "adapters/postgres/steps.hpp"

#include <cctype>
#include <cstdint>
#include <string_view>
#include <utility>

namespace adapters::postgres {

namespace {

using ledger::fail;
using ledger::Result;

bool is_of_word(char character) {
    return std::isalnum(static_cast<unsigned char>(character)) != 0 || character == '_';
}

bool has_word(std::string_view text, std::string_view word) {
    for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
        const auto end = at + word.size();
        if ((at == 0 || !is_of_word(text[at - 1])) &&
            (end == text.size() || !is_of_word(text[end])))
            return true;
    }
    return false;
}

bool names(const migrations::Script& script, const std::string& schema) {
    for (std::uint32_t index = 0; index < script.statements.size(); ++index)
        if (has_word(statement_text(script, index), schema)) return true;
    return false;
}

}  // namespace

TargetSchemas::TargetSchemas(std::set<std::string> names, Tell tell)
    : names_{std::move(names)}, tell_{std::move(tell)} {}

Result<void> TargetSchemas::look_as(Connection& session) {
    if (names_.empty()) return {};
    auto path = session.query({"SELECT pg_catalog.current_setting('search_path')", {}});
    if (!path) return fail(shadow_error(path.error(), "reading what sessions begin with", session));
    search_path_ = text_of(path->first().at(0));
    return {};
}

bool TargetSchemas::make_missed(Connection& connection, const ServerError& error) {
    const auto name = missing_schema(error, search_path_, names_);
    if (!name || !make_schema(connection, *name)) return false;
    tell_(*name);
    return true;
}

Result<void> TargetSchemas::make_all(Connection& connection) {
    if (names_.empty() || std::exchange(are_there_, true)) return {};
    const auto rows = connection.query({"SELECT nspname FROM pg_catalog.pg_namespace", {}});
    if (!rows) return fail(shadow_error(rows.error(), "reading the shadow's schemas", connection));
    untold_ = names_;
    for (const Values& row : rows->values) untold_.erase(text_of(row.at(0)));
    for (const std::string& name : untold_)
        if (!make_schema(connection, name))
            return fail(ledger::Code::refused, "server-error",
                        "the schema \"" + name + "\" cannot be made on the shadow",
                        "rehearse on the target's own schema: --shadow-from target");
    return {};
}

Result<void> TargetSchemas::make_all_for(const migrations::Script& script, Connection& connection) {
    if (auto made = make_all(connection); !made) return made;
    for (auto name = untold_.begin(); name != untold_.end();) {
        if (has_word(search_path_, *name) || names(script, *name)) {
            tell_(*name);
            name = untold_.erase(name);
        } else {
            ++name;
        }
    }
    return {};
}

}  // namespace adapters::postgres
