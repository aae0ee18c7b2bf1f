// migrations/sql/tree_reading.hpp: values read out of libpg_query's tree.
//
// Include in .cpp files of migrations/sql alone: libpg_query's header is large.
#pragma once

#include "migrations/sql/action.hpp"

#include <functional>
#include <optional>
#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>
#include <string>
#include <vector>

namespace migrations::sql {

using Node = PgQuery__Node;

[[nodiscard]] inline std::string text_of(const char* value) { return value ? value : ""; }
[[nodiscard]] inline bool is_said(const char* value) { return value && *value != '\0'; }
[[nodiscard]] inline std::size_t byte_of(int location) {
    return location > 0 ? static_cast<std::size_t>(location) : 0;
}

// Sees the message and every one below it; where it answers false, nothing below that one.
using SeeMessage = std::function<bool(const ProtobufCMessage&)>;
void walk(const ProtobufCMessage& message, const SeeMessage& see);

// Nothing where the message is of another type.
template <class Message>
[[nodiscard]] const Message* as(const ProtobufCMessage& message,
                                const ProtobufCMessageDescriptor& descriptor) {
    return message.descriptor == &descriptor ? reinterpret_cast<const Message*>(&message) : nullptr;
}

[[nodiscard]] std::vector<std::string> words_of(Node* const* nodes, std::size_t count);

// The last two words of a dotted name.
[[nodiscard]] ObjectName name_of(const std::vector<std::string>& words);
[[nodiscard]] ObjectName name_of(Node* const* nodes, std::size_t count);
[[nodiscard]] ObjectName name_of(const PgQuery__RangeVar* relation);
// Of whatever names an object: a list, a string, a type, a function with its arguments.
[[nodiscard]] ObjectName name_of(const Node* object);

[[nodiscard]] TypeName type_of(const PgQuery__TypeName* type);
[[nodiscard]] Expression expression_of(const Node* node);
[[nodiscard]] Expression expression_of(const ProtobufCMessage& message);
[[nodiscard]] std::vector<ObjectName> relations_in(const ProtobufCMessage& message);
// Names that a list of targets or of result columns has twice; parts of a column (a.x, a[1]) may.
[[nodiscard]] std::vector<std::string> repeated_in(Node* const* targets, std::size_t count);
[[nodiscard]] std::vector<std::string> repeated_words(const std::vector<std::string>& words);
[[nodiscard]] std::vector<std::string> repeated_in(const PgQuery__SelectStmt& query);
// Of VALUES, and of SELECT of constants alone, at most; 0: that is not known.
[[nodiscard]] std::size_t row_count_of(const PgQuery__SelectStmt& query);
[[nodiscard]] std::string value_of(const Node* node);
[[nodiscard]] std::vector<Option> options_of(Node* const* nodes, std::size_t count);
[[nodiscard]] ObjectKind object_kind(PgQuery__ObjectType type);
[[nodiscard]] Constraint constraint_of(const PgQuery__Constraint& constraint);
[[nodiscard]] Column column_of(const PgQuery__ColumnDef& column);
[[nodiscard]] bool is_temporary(const PgQuery__RangeVar* relation);
[[nodiscard]] bool is_unlogged(const PgQuery__RangeVar* relation);

// The parts of describe(), by what they are about; Other where it is none of theirs.
[[nodiscard]] Action describe_table(const Node& node);
[[nodiscard]] Action describe_rows(const Node& node);
[[nodiscard]] Action describe_code(const Node& node, std::string_view text);
[[nodiscard]] Action describe_object(const Node& node);
[[nodiscard]] Action describe_session(const Node& node);

// The statement that EXPLAIN ANALYZE runs, or PREPARE keeps; nothing where it is neither.
[[nodiscard]] const Node* run_by(const Node& node);

// SELECT set_config('lock_timeout', '5s', true) is SET LOCAL by another word; nothing where it is
// more than that, or not said by constants.
[[nodiscard]] std::optional<Set> setting_by(const PgQuery__SelectStmt& statement);

}  // namespace migrations::sql
