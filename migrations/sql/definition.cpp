#include "migrations/sql/definition.hpp"

#include <algorithm>
#include <array>
#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

namespace migrations::sql {

namespace {

constexpr std::array<std::string_view, 22> defining_kinds{
    "alter-domain",   "alter-index",     "alter-object-schema", "alter-owner",   "alter-policy",
    "alter-sequence", "alter-table",     "alter-type",          "alter-view",    "comment",
    "create-domain",  "create-function", "create-index",        "create-policy", "create-schema",
    "create-table",   "create-trigger",  "create-type",         "create-view",   "grant",
    "rename",         "create-sequence",
};

constexpr std::array<std::string_view, 9> dropping_kinds{
    "drop-domain", "drop-function", "drop-index", "drop-policy", "drop-sequence",
    "drop-table",  "drop-trigger",  "drop-type",  "drop-view",
};

constexpr std::array<std::string_view, 24> known_functions{
    "abs",
    "btrim",
    "char_length",
    "clock_timestamp",
    "date_trunc",
    "extract",
    "gen_random_uuid",
    "jsonb_array_length",
    "jsonb_build_object",
    "jsonb_typeof",
    "length",
    "lower",
    "ltrim",
    "md5",
    "nextval",
    "now",
    "octet_length",
    "random",
    "rtrim",
    "statement_timestamp",
    "timezone",
    "to_tsvector",
    "upper",
    "uuid_generate_v4",
};

template <class Words>
bool is_among(const Words& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::string_view word_in(const PgQuery__Node& node) {
    return node.node_case == PG_QUERY__NODE__NODE_STRING ? node.string->sval : "";
}

bool is_known(const PgQuery__FuncCall& call) {
    if (call.n_funcname == 0) return false;
    const bool is_system = call.n_funcname == 1 ||
                           (call.n_funcname == 2 && word_in(*call.funcname[0]) == "pg_catalog");
    return is_system && is_among(known_functions, word_in(*call.funcname[call.n_funcname - 1]));
}

bool is_of_session(const PgQuery__RangeVar& relation) {
    return std::string_view{relation.relpersistence} == "t" ||
           std::string_view{relation.schemaname}.substr(0, 7) == "pg_temp";
}

bool is_harmless(const ProtobufCMessage& message);

const void* member(const ProtobufCMessage& message, unsigned offset) {
    return reinterpret_cast<const char*>(&message) + offset;
}

bool is_harmless(const ProtobufCMessage& message, const ProtobufCFieldDescriptor& field) {
    if (field.type != PROTOBUF_C_TYPE_MESSAGE) return true;
    if (field.label == PROTOBUF_C_LABEL_REPEATED) {
        const auto count =
            *static_cast<const std::size_t*>(member(message, field.quantifier_offset));
        const auto* parts =
            *static_cast<ProtobufCMessage* const* const*>(member(message, field.offset));
        return std::all_of(parts, parts + count,
                           [](const ProtobufCMessage* part) { return is_harmless(*part); });
    }
    const bool is_choice = (field.flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
    if (is_choice &&
        *static_cast<const std::uint32_t*>(member(message, field.quantifier_offset)) != field.id)
        return true;
    const auto* part = *static_cast<const ProtobufCMessage* const*>(member(message, field.offset));
    return part == nullptr || is_harmless(*part);
}

// A node is one of hundreds of kinds, and says which.
bool is_harmless(const PgQuery__Node& node) {
    const auto* chosen =
        protobuf_c_message_descriptor_get_field(node.base.descriptor, node.node_case);
    return chosen == nullptr || is_harmless(node.base, *chosen);
}

// Every part of the tree, whatever it is: protobuf-c describes its own messages.
bool is_harmless(const ProtobufCMessage& message) {
    if (message.descriptor == &pg_query__node__descriptor)
        return is_harmless(reinterpret_cast<const PgQuery__Node&>(message));
    if (message.descriptor == &pg_query__func_call__descriptor)
        if (!is_known(reinterpret_cast<const PgQuery__FuncCall&>(message))) return false;
    if (message.descriptor == &pg_query__range_var__descriptor &&
        is_of_session(reinterpret_cast<const PgQuery__RangeVar&>(message)))
        return false;
    const auto* fields = message.descriptor->fields;
    return std::all_of(fields, fields + message.descriptor->n_fields,
                       [&](const auto& field) { return is_harmless(message, field); });
}

}  // namespace

bool only_defines(const PgQuery__Node& node, std::string_view kind) {
    return (is_among(defining_kinds, kind) || is_among(dropping_kinds, kind)) && is_harmless(node);
}

}  // namespace migrations::sql
