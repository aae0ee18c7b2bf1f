#include "migrations/sql/describe.hpp"

#include "migrations/sql/classify.hpp"
#include "migrations/sql/lexer.hpp"
#include "migrations/sql/tree_reading.hpp"

namespace migrations::sql {

namespace {

// Behind the name that begins at `at`, however many parts it has.
std::size_t behind_name(std::string_view text, std::size_t at) {
    Lexer lexer{text, at};
    bool is_part_next = true;
    for (Token token; lexer.next(token);) {
        if (is_comment(token.kind)) continue;
        const bool is_dot = text[token.begin] == '.';
        if (!is_dot && text[token.begin] != '*' && !is_part_next) break;
        is_part_next = is_dot;
        at = token.end;
    }
    return at;
}

// Where each item of a list begins that goes on to the end of the text.
std::vector<std::size_t> items_of(std::string_view text, std::size_t at) {
    std::vector<std::size_t> begins;
    Lexer lexer{text, at};
    int depth = 0;
    bool is_next = true;
    for (Token token; lexer.next(token);) {
        if (is_comment(token.kind)) continue;
        if (is_next) begins.push_back(token.begin);
        const char symbol = token.kind == TokenKind::symbol ? text[token.begin] : ' ';
        if (symbol == '(' || symbol == '[') ++depth;
        if (symbol == ')' || symbol == ']') --depth;
        is_next = symbol == ',' && depth == 0;
    }
    return begins;
}

// The tree does not tell where a DROP COLUMN stands among other changes.
void place_changes(AlterTable& alter, std::string_view text) {
    if (alter.changes.size() < 2 || alter.table.begin == 0) return;
    const auto begins = items_of(text, behind_name(text, alter.table.begin));
    if (begins.size() != alter.changes.size()) return;
    for (std::size_t index = 0; index < begins.size(); ++index)
        if (alter.changes[index].begin == 0) alter.changes[index].begin = begins[index];
}

// What a relation, or a type that has one, is locked for.
void read_name(const Node& node, Other& other) {
    if (node.node_case == PG_QUERY__NODE__NODE_ALTER_SEQ_STMT)
        other.name = name_of(node.alter_seq_stmt->sequence);
    if (node.node_case == PG_QUERY__NODE__NODE_ALTER_OBJECT_DEPENDS_STMT) {
        other.object = object_kind(node.alter_object_depends_stmt->object_type);
        if (other.object == ObjectKind::index || other.object == ObjectKind::materialized_view)
            other.name = name_of(node.alter_object_depends_stmt->relation);
    }
    if (node.node_case == PG_QUERY__NODE__NODE_ALTER_OWNER_STMT) {
        other.object = object_kind(node.alter_owner_stmt->object_type);
        if (other.object == ObjectKind::type) other.name = name_of(node.alter_owner_stmt->object);
    }
}

}  // namespace

Action describe(const PgQuery__Node& node, std::string_view text) {
    if (const Node* inner = run_by(node)) return describe(*inner, text);
    if (Action action = describe_table(node); !std::holds_alternative<Other>(action)) {
        if (auto* alter = std::get_if<AlterTable>(&action)) place_changes(*alter, text);
        return action;
    }
    if (Action action = describe_rows(node); !std::holds_alternative<Other>(action)) return action;
    if (Action action = describe_object(node); !std::holds_alternative<Other>(action))
        return action;
    if (Action action = describe_session(node); !std::holds_alternative<Other>(action))
        return action;
    if (Action action = describe_code(node, text); !std::holds_alternative<Other>(action))
        return action;
    Other other{kind_of(node)};
    read_name(node, other);
    return other;
}

}  // namespace migrations::sql
