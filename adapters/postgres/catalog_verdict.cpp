#include "adapters/postgres/catalog_verdict.hpp"

#include "adapters/postgres/concurrent_index.hpp"
#include "adapters/postgres/steps.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace adapters::postgres {

namespace {

using commands::CatalogVerdict;
using migrations::ConcurrentIndex;
using migrations::IndexAction;

ledger::Result<CatalogVerdict> index_verdict(const Ask& ask, const ConcurrentIndex& index,
                                             const std::vector<std::string>& indexes_before) {
    if (index.action == IndexAction::reindex) return CatalogVerdict::did_not_happen;
    if (index.index.empty()) {
        const auto found = leftovers(ask, index, indexes_before);
        if (!found) return ledger::fail(found.error());
        return found->empty() ? CatalogVerdict::cannot_tell : CatalogVerdict::did_not_happen;
    }
    const auto state = state_of(ask, index);
    if (!state) return ledger::fail(state.error());
    const auto wanted =
        index.action == IndexAction::create ? IndexState::valid : IndexState::absent;
    return *state == wanted ? CatalogVerdict::happened : CatalogVerdict::did_not_happen;
}

// The identifier after `words`, as the catalog has it.
std::string identifier_after(std::string_view text, std::size_t words) {
    constexpr std::string_view spaces = " \t\r\n\f\v";
    for (; words > 0; --words) {
        text.remove_prefix(std::min(text.find_first_not_of(spaces), text.size()));
        text.remove_prefix(std::min(text.find_first_of(spaces), text.size()));
    }
    text.remove_prefix(std::min(text.find_first_not_of(spaces), text.size()));
    std::string name;
    if (!text.starts_with('"')) {
        for (const char character : text.substr(0, text.find_first_of(" \t\r\n\f\v(;")))
            name += character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a')
                                                         : character;
        return name;
    }
    for (std::size_t place = 1; place < text.size(); ++place) {
        if (text[place] == '"' && (place + 1 == text.size() || text[place + 1] != '"')) break;
        if (text[place] == '"') ++place;
        name += text[place];
    }
    return name;
}

ledger::Result<CatalogVerdict> database_verdict(Connection& connection, const std::string& name,
                                                bool wanted) {
    const auto rows =
        connection.query({"SELECT FROM pg_catalog.pg_database"
                          " WHERE datname = $1 AND datconnlimit <> -2",  // -2: half dropped
                          {name}});
    if (!rows) return ledger::fail(to_error(rows.error(), "looking for the database " + name));
    return rows->values.empty() != wanted ? CatalogVerdict::happened
                                          : CatalogVerdict::did_not_happen;
}

bool is_repeatable(const std::vector<std::string>& words) {
    constexpr std::array<std::string_view, 7> first{"VACUUM",     "ANALYZE", "ANALYSE", "CLUSTER",
                                                    "CHECKPOINT", "DISCARD", "REINDEX"};
    if (words.empty()) return true;
    if (std::find(first.begin(), first.end(), words[0]) != first.end()) return true;
    return words.size() > 1 && words[0] == "ALTER" && words[1] == "SYSTEM";
}

}  // namespace

ledger::Result<CatalogVerdict> verdict_of(Connection& connection, const migrations::Script& script,
                                          std::uint32_t statement_index,
                                          const std::vector<std::string>& indexes_before) {
    if (statement_index >= script.statements.size()) return CatalogVerdict::did_not_happen;
    const auto& statement = script.statements[statement_index];
    const auto ask = [&](const Command& command) { return connection.query(command); };
    if (statement.concurrent_index)
        return index_verdict(ask, *statement.concurrent_index, indexes_before);
    const auto text = statement_text(script, statement_index);
    const auto words = leading_words(text, 4);
    if (is_repeatable(words)) return CatalogVerdict::did_not_happen;
    if (words.size() >= 2 && words[1] == "DATABASE") {
        if (words[0] == "CREATE")
            return database_verdict(connection, identifier_after(text, 2), true);
        if (words[0] == "DROP")
            return database_verdict(
                connection, identifier_after(text, words.size() > 3 && words[2] == "IF" ? 4 : 2),
                false);
    }
    const bool may_commit_inside = words[0] == "CALL" || words[0] == "DO";
    if (statement.needs_no_transaction || may_commit_inside || statement.kind == "unparsed")
        return CatalogVerdict::cannot_tell;
    return CatalogVerdict::did_not_happen;
}

}  // namespace adapters::postgres
