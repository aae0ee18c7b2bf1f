// migrations/sql/action_parts.hpp: what actions are made of: names, types, expressions, columns,
// constraints, changes of a table.
//
// Units   `begin` is a byte of the statement's text.
// Empty   a name that is not said is empty.
#pragma once

#include "migrations/sql/condition.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace migrations::sql {

struct ObjectName {
    std::string schema;
    std::string name;
    std::size_t begin{};
    bool operator==(const ObjectName& other) const {
        return schema == other.schema && name == other.name;
    }
};

// A column that a query names, and the relations that may have it: their places in what it reads.
struct ColumnUse {
    std::string column;              // "*": all of them
    std::vector<std::size_t> near;   // of the query that it stands in, or that its qualifier names
    std::vector<std::size_t> outer;  // of those around that one, where no qualifier names them
    bool is_sure{};                  // it is of those near
    bool is_beside_others{};         // near is what is no relation, too
    bool operator==(const ColumnUse&) const = default;
};

struct TypeName {
    std::string schema;  // empty for what pg_catalog has
    std::string name;
    std::vector<int> modifiers;  // varchar(20): 20; numeric(10, 2): 10, 2
    int array_dimensions{};
    std::size_t begin{};
    bool operator==(const TypeName& other) const {
        return schema == other.schema && name == other.name && modifiers == other.modifiers &&
               array_dimensions == other.array_dimensions;
    }
};

enum class ComparisonKind {
    equal,
    below,
    above,
    between,
    column,  // with another column: of another table, or of the row itself
    rows,    // with what a query gives
    other,
};

struct Comparison {
    std::string column;
    ComparisonKind kind{};
    // Of one with a column: by which sign, and with what. In code it may be a variable.
    ComparisonKind sign{};
    ObjectName other{};
};

// What rules ask of an expression; `text` where the source is wanted.
struct Expression {
    bool is_there{};
    bool is_literal{};  // a constant, a cast of one, a sign before one
    bool is_null{};     // the literal NULL
    bool is_column{};   // a column by itself, or a cast of one
    bool is_true{};     // holds whatever the row: TRUE, 1 = 1, c = c
    bool has_subquery{};
    std::vector<std::string> functions;  // called in it; "schema.name" outside pg_catalog; SQL's
                                         // own by their name: "current_timestamp", "current_user"
    std::vector<std::string> columns;    // last part of each column reference
    // Columns that must be not null for it to hold: c IS NOT NULL, joined by AND.
    std::vector<std::string> not_null_columns;
    std::vector<Comparison> comparisons;  // of columns with values, joined by AND
    std::vector<std::string> literals;    // strings in it
    std::vector<TypeName> casts;
    std::size_t begin{};
};

enum class ConstraintKind {
    null,
    not_null,
    default_value,
    identity,
    generated,
    check,
    primary_key,
    unique,
    exclusion,
    foreign_key,
};

struct Constraint {
    ConstraintKind kind{};
    std::string name;
    std::vector<std::string> columns;  // of a foreign key the referencing ones; an expression: ""
    Expression expression;             // of CHECK, DEFAULT, GENERATED; of EXCLUDE its columns alone
    Condition condition;               // of CHECK
    ObjectName references;             // of a foreign key
    std::vector<std::string> referenced_columns;
    std::string using_index;
    bool not_valid{};
    bool deferrable{};
    bool nulls_not_distinct{};
    bool no_inherit{};
    bool sets_some{};  // ON DELETE SET NULL (a), SET DEFAULT (a): not every column of the key
    char on_delete{};  // as pg_constraint has it: a no action, r restrict, c cascade, n, d
    char on_update{};
    std::size_t begin{};
};

struct Column {
    std::string name;
    TypeName type;
    std::string collation;
    std::vector<Constraint> constraints;
    std::size_t begin{};
};

struct Option {
    std::string name;
    std::string value;
    bool operator==(const Option&) const = default;
};

enum class BoundKind { value, null, minimum, maximum, unread };

struct BoundValue {
    BoundKind kind{};
    Constant value;
};

struct PartitionBound {
    bool is_there{};
    bool is_default{};
    char strategy{};  // l list, r range, h hash
    std::vector<BoundValue> values;
    std::vector<BoundValue> from;
    std::vector<BoundValue> to;
};

enum class TableChangeKind {
    add_column,
    drop_column,
    set_type,
    set_default,
    drop_default,
    set_not_null,
    drop_not_null,
    add_constraint,
    drop_constraint,
    validate_constraint,
    alter_constraint,
    add_identity,
    set_identity,
    drop_identity,
    drop_expression,
    set_statistics,
    set_storage,
    set_compression,
    set_column_options,
    set_options,
    reset_options,
    set_logged,
    set_unlogged,
    set_access_method,
    set_tablespace,
    cluster_on,
    drop_cluster,
    enable_trigger,
    disable_trigger,
    enable_rule,
    disable_rule,
    replica_identity,
    enable_row_security,
    disable_row_security,
    force_row_security,
    no_force_row_security,
    inherit,
    no_inherit,
    of_type,
    not_of_type,
    attach_partition,
    detach_partition,
    change_owner,
    other,
};

struct TableChange {
    TableChangeKind kind{};
    std::string name;       // column, constraint, trigger ("ALL", "USER" too), tablespace, ...
    Column column;          // of add_column; of set_type its type and collation
    Constraint constraint;  // of add_constraint
    Expression expression;  // of set_default; of set_type its USING
    ObjectName other;       // the partition, the parent, the index, the type
    PartitionBound bound;
    std::vector<Option> options;
    bool if_exists{};  // IF EXISTS of a drop, IF NOT EXISTS of an add
    bool cascade{};
    bool concurrently{};
    bool finalize{};
    std::size_t begin{};  // where something of it stands; 0 where the tree does not tell
};

enum class ObjectKind {
    table,
    column,
    index,
    view,
    materialized_view,
    sequence,
    foreign_table,
    schema,
    type,
    domain,
    attribute,
    table_constraint,
    domain_constraint,
    trigger,
    rule,
    policy,
    function,
    procedure,
    routine,
    aggregate,
    extension,
    database,
    role,
    tablespace,
    publication,
    subscription,
    event_trigger,
    statistics,
    collation,
    operator_,
    foreign_server,
    language,
    other,
};

// What is renamed, moved and dropped as a table is, and found under one name with it.
[[nodiscard]] inline bool is_relation(ObjectKind kind) {
    return kind == ObjectKind::table || kind == ObjectKind::view ||
           kind == ObjectKind::materialized_view || kind == ObjectKind::foreign_table;
}

// The same, and a sequence, which no program names as it does a table.
[[nodiscard]] inline bool is_relation_or_sequence(ObjectKind kind) {
    return is_relation(kind) || kind == ObjectKind::sequence;
}

}  // namespace migrations::sql
