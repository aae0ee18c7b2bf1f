#include "adapters/postgres/named_relations.hpp"

namespace adapters::postgres {

std::string array_of(const std::vector<std::string>& names) {
    std::string literal = "{";
    for (const std::string& name : names) {
        literal += literal.size() > 1 ? ",\"" : "\"";
        for (const char character : name) {
            if (character == '"' || character == '\\') literal += '\\';
            literal += character;
        }
        literal += '"';
    }
    return literal + "}";
}

ledger::Result<bool> has_relation_named(Connection& connection,
                                        const std::vector<std::string>& names) {
    const auto found = connection.query(
        {"SELECT EXISTS (SELECT FROM pg_catalog.pg_class c"
         " JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace"
         " WHERE c.relname OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.name[])"
         " AND n.nspname OPERATOR(pg_catalog.<>) 'information_schema'"
         " AND NOT n.nspname OPERATOR(pg_catalog.~~) 'pg\\_%')",
         {array_of(names)}});
    if (!found) return ledger::fail(to_error(found.error(), "looking for other tools' tables"));
    return found->first().at(0) == "t";
}

}  // namespace adapters::postgres
