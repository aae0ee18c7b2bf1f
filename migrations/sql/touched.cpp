#include "migrations/sql/touched.hpp"

#include "migrations/sql/lexer.hpp"
#include "migrations/sql/parse.hpp"
#include "migrations/sql/position.hpp"
#include "migrations/sql/split.hpp"
#include "migrations/sql/tree.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace migrations::sql {

namespace {

// Of SQL and PL/pgSQL: what stands in a body without being the name of anything.
const std::set<std::string, std::less<>>& ordinary_words() {
    static const std::set<std::string, std::less<>> words{
        "add",         "after",      "alter",        "always",   "and",         "any",
        "array",       "at",         "as",           "asc",      "begin",       "between",
        "bigint",      "boolean",    "by",           "cascade",  "case",        "cast",
        "check",       "coalesce",   "column",       "commit",   "concat",      "conflict",
        "constant",    "constraint", "count",        "create",   "current",     "date",
        "declare",     "default",    "delete",       "desc",     "diagnostics", "distinct",
        "do",          "domain",     "drop",         "each",     "else",        "elsif",
        "end",         "enum",       "exception",    "execute",  "exists",      "exit",
        "extension",   "false",      "for",          "foreach",  "foreign",     "format",
        "found",       "from",       "full",         "function", "get",         "group",
        "having",      "if",         "immutable",    "in",       "index",       "inner",
        "insert",      "int",        "integer",      "into",     "is",          "join",
        "json",        "jsonb",      "key",          "language", "left",        "like",
        "limit",       "loop",       "materialized", "name",     "new",         "next",
        "not",         "notice",     "now",          "null",     "old",         "on",
        "open",        "or",         "order",        "outer",    "perform",     "pg_catalog",
        "plpgsql",     "primary",    "procedure",    "query",    "raise",       "record",
        "references",  "regclass",   "rename",       "replace",  "return",      "returning",
        "returns",     "reverse",    "right",        "rollback", "row",         "schema",
        "select",      "sequence",   "set",          "setof",    "slice",       "sql",
        "stable",      "strict",     "table",        "text",     "then",        "timestamp",
        "timestamptz", "to",         "trigger",      "true",     "type",        "unique",
        "update",      "using",      "uuid",         "values",   "varchar",     "view",
        "void",        "volatile",   "warning",      "when",     "where",       "while",
        "with"};
    return words;
}

// Conditions of an EXCEPTION clause: "WHEN duplicate_object OR unique_violation THEN".
bool is_condition(std::string_view word) {
    static constexpr std::array<std::string_view, 12> endings{
        "_object", "_table",  "_column",   "_function", "_schema",     "_violation",
        "_alias",  "_cursor", "_database", "_file",     "_definition", "_parameter"};
    static constexpr std::array<std::string_view, 4> beginnings{"duplicate_", "undefined_",
                                                                "ambiguous_", "invalid_"};
    if (word == "others" || word == "sqlstate" || word == "sqlerrm") return true;
    if (word.ends_with("_violation")) return true;
    const bool begins = std::any_of(beginnings.begin(), beginnings.end(),
                                    [&](auto each) { return word.starts_with(each); });
    return begins && std::any_of(endings.begin(), endings.end(),
                                 [&](auto each) { return word.ends_with(each); });
}

bool is_ordinary(const Mention& mention) {
    return mention.parts.size() == 1 && (ordinary_words().contains(mention.parts.front()) ||
                                         is_condition(mention.parts.front()));
}

std::vector<Touched> every_name(std::string_view text) {
    std::vector<Touched> all;
    for (const Mention& mention : read_mentions(text).names) {
        if (is_ordinary(mention)) continue;
        Touched touched{"what a statement names", "", mention.parts.back(), "", 0};
        if (mention.parts.size() > 1) touched.schema = mention.parts[mention.parts.size() - 2];
        all.push_back(std::move(touched));
    }
    return all;
}

std::vector<Touched> touched_in(std::string_view text, std::size_t depth_bound) {
    std::optional<std::vector<Touched>> seen;
    const auto error =
        with_tree(text, depth_bound, [&](const PgQuery__Node& node) { seen = touched_by(node); });
    if (error || !seen) return every_name(text);
    return std::move(*seen);
}

bool names_it(const Touched& touched, const Mention& mention) {
    for (std::size_t index = 0; index < mention.parts.size(); ++index) {
        if (mention.parts[index] != touched.name) continue;
        if (index == 0 || touched.schema.empty() || mention.parts[index - 1] == touched.schema)
            return true;
    }
    return false;
}

// What PostgreSQL itself names after a table: "orders_id_seq", "orders_pkey".
bool names_what_it_made(const Touched& touched, const Mention& mention) {
    const std::string& last = mention.parts.back();
    if (touched.kind != "table" || !last.starts_with(touched.name + "_")) return false;
    static constexpr std::array<std::string_view, 6> endings{"_seq", "_pkey",  "_key",
                                                             "_idx", "_check", "_fkey"};
    return std::any_of(endings.begin(), endings.end(),
                       [&](std::string_view ending) { return last.ends_with(ending); });
}

// The longest run is taken for one; PostgreSQL lets most not end in a sign.
std::optional<std::size_t> find_operator(std::string_view name, const Mentions& mentions) {
    for (const OperatorMention& mention : mentions.operators) {
        std::string_view text = mention.text;
        while (text.size() > name.size() && (text.back() == '-' || text.back() == '+'))
            text.remove_suffix(1);
        if (text == name) return mention.begin;
    }
    return std::nullopt;
}

// Of pg_catalog, PostgreSQL 15; "!=" is read as "<>".
constexpr auto built_in_operators = std::to_array<std::string_view>(
    {"!!",  "!=",  "!~",  "!~*",  "!~~", "!~~*", "#",    "##",  "#-",  "#>",  "#>>", "%",   "&",
     "&&",  "&<",  "&<|", "&>",   "*",   "*<",   "*<=",  "*<>", "*=",  "*>",  "*>=", "+",   "-",
     "->",  "->>", "-|-", "/",    "<",   "<->",  "<<",   "<<=", "<<|", "<=",  "<>",  "<@",  "<^",
     "=",   ">",   ">=",  ">>",   ">>=", ">^",   "?",    "?#",  "?&",  "?-",  "?-|", "?|",  "?||",
     "@",   "@-@", "@>",  "@?",   "@@",  "@@@",  "^",    "^@",  "|",   "|&>", "|/",  "|>>", "||",
     "||/", "~",   "~*",  "~<=~", "~<~", "~=",   "~>=~", "~>~", "~~",  "~~*"});
static_assert(std::is_sorted(built_in_operators.begin(), built_in_operators.end()));

}  // namespace

std::vector<Touched> touched_by(const Script& script) {
    std::vector<Touched> all;
    const Positions positions{script.text, script.first_line, script.written()};
    for (const StatementRange& statement : split(script.text).statements) {
        const auto [begin, end] = statement.range;
        const std::string_view text = std::string_view{script.text}.substr(begin, end - begin);
        for (Touched& touched : touched_in(text, statement.depth_bound)) {
            if (touched.name.empty()) continue;
            touched.line = positions.line(begin);
            all.push_back(std::move(touched));
        }
    }
    return all;
}

std::optional<std::size_t> find(const Touched& touched, const Mentions& mentions) {
    if (touched.kind == "extension") return 0;
    if (touched.kind == operator_kind) return find_operator(touched.name, mentions);
    std::optional<std::size_t> whole;
    std::optional<std::size_t> part;
    for (const Mention& mention : mentions.names) {
        if (!whole && (names_it(touched, mention) || names_what_it_made(touched, mention)))
            whole = mention.begin;
        if (!part && std::find(mention.parts.begin(), mention.parts.end(), touched.part) !=
                         mention.parts.end())
            part = mention.begin;
    }
    if (!whole || touched.part.empty()) return whole;
    if (!part && mentions.takes_whole_rows) return whole;
    return part;
}

std::optional<std::size_t> find_part(const Touched& touched, const Mentions& mentions) {
    if (touched.part.empty() || touched.kind == "key column") return std::nullopt;
    if (ordinary_words().contains(touched.part)) return std::nullopt;
    const auto names_it = [&](const Mention& mention) {
        return mention.is_row_unseen && !mention.is_value && !mention.is_keyword &&
               mention.parts.back() == touched.part;
    };
    const auto found = std::find_if(mentions.names.begin(), mentions.names.end(), names_it);
    if (found == mentions.names.end()) return std::nullopt;
    return found->begin;
}

bool is_built_in_operator(std::string_view name) {
    return std::binary_search(built_in_operators.begin(), built_in_operators.end(), name);
}

std::string to_text(const Touched& touched) {
    const std::string name =
        "\"" + (touched.schema.empty() ? touched.name : touched.schema + "." + touched.name) + "\"";
    if (touched.part.empty()) return touched.kind + " " + name;
    return touched.kind + " \"" + touched.part + "\" of " + name;
}

}  // namespace migrations::sql
