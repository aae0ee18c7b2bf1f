// migrations/sql/action.hpp: what one statement does, as a value: what rules and catalogs read.
//
// Shape   one struct a kind of statement, in a variant; what is not listed is Other. Taken from
//         PostgreSQL's own parse tree, names as it folds them, types by their catalog name
//         (int4, varchar, timestamptz; serial stays serial).
// Units   `begin` is a byte of the statement's text.
// Empty   a name that is not said is empty.
#pragma once

#include "migrations/sql/action_parts.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace migrations::sql {

struct AlterTable {
    ObjectKind object{};
    ObjectName table;
    bool only{};
    bool if_exists{};
    std::vector<TableChange> changes;
};

struct CreateTable {
    ObjectName table;
    bool temporary{};
    bool unlogged{};
    bool if_not_exists{};
    std::vector<Column> columns;
    std::vector<Constraint> constraints;  // of the table
    std::vector<ObjectName> inherits;     // of a partition its parent
    std::vector<ObjectName> like;
    bool like_takes_indexes{};
    bool like_takes_checks{};
    ObjectName of_type;
    PartitionBound bound;  // PARTITION OF
    char partition_by{};   // l, r, h; 0 where it is not partitioned
    std::vector<std::string> partition_columns;
    std::vector<std::string> partition_keys;  // a column, or the shape of an expression
    std::vector<Option> options;
    std::string tablespace;
    bool is_foreign{};
};

struct CreateTableAs {
    ObjectKind object{};  // table or materialized_view
    ObjectName table;
    bool temporary{};
    bool unlogged{};
    bool if_not_exists{};
    bool is_select_into{};
    bool with_no_data{};
    std::vector<ObjectName> reads;
    std::vector<ColumnUse> columns;     // that its query names
    std::vector<std::string> repeated;  // columns that it would have twice
    Expression all;                     // every expression of its query together
    std::size_t row_count{};            // of a query of constants alone; 0: that is not known
};

struct IndexColumn {
    std::string name;  // empty: an expression
    Expression expression;
};

struct CreateIndex {
    std::string name;
    ObjectName table;
    bool unique{};
    bool concurrently{};
    bool if_not_exists{};
    bool only{};
    bool nulls_not_distinct{};
    std::string method;
    // What its columns' names do not tell: method, expressions, operator classes, collations,
    // WHERE; empty where all of it is as usual.
    std::string shape;
    std::vector<IndexColumn> columns;
    std::vector<std::string> including;
    Expression where;
    std::string tablespace;
};

struct DroppedObject {
    ObjectName name;
    std::string part;  // trigger, rule, policy; then `name` is its table
};

struct Drop {
    ObjectKind object{};
    std::vector<DroppedObject> objects;
    bool concurrently{};
    bool if_exists{};
    bool cascade{};
};

struct Rename {
    ObjectKind object{};    // what is renamed: table, column, table_constraint, schema, ...
    ObjectKind relation{};  // of a column or a constraint: in what
    ObjectName name;        // of the relation, or of the object itself
    std::string part;       // column, constraint, trigger, policy, attribute
    std::string new_name;
    bool if_exists{};
    bool cascade{};  // of an attribute
};

struct SetSchema {
    ObjectKind object{};
    ObjectName name;
    std::string new_schema;
};

struct CreateEnum {
    ObjectName type;
    std::vector<std::string> values;
};

struct AlterEnum {
    ObjectName type;
    std::string old_value;  // of RENAME VALUE
    std::string new_value;
    std::string neighbour;
    bool if_not_exists{};
};

struct CreateType {
    ObjectName type;
    std::string form;  // "composite", "range", "base", "shell"
};

struct CreateDomain {
    ObjectName domain;
    TypeName type;
    std::vector<Constraint> constraints;
    std::string collation{};
};

enum class DomainChangeKind {
    set_default,
    set_not_null,
    drop_not_null,
    add_constraint,
    drop_constraint,
    validate_constraint,
};

struct AlterDomain {
    DomainChangeKind kind{};
    ObjectName domain;
    std::string name;  // of the constraint
    Constraint constraint;
    Expression default_value;  // of set_default; nothing: it goes
    bool if_exists{};
    bool cascade{};
};

struct CreateView {
    ObjectName view;
    bool replace{};
    bool temporary{};
    std::vector<Option> options;
    std::vector<ObjectName> reads;
    std::vector<ColumnUse> columns;     // that its query names
    std::vector<std::string> repeated;  // columns that it would have twice
    Expression all;                     // every expression of its query together
};

struct RefreshView {
    ObjectName view;
    bool concurrently{};
    bool with_no_data{};
};

struct CreateFunction {
    ObjectName function;
    bool replace{};
    bool is_procedure{};
    bool security_definer{};
    bool returns_trigger{};
    char volatility{'v'};  // v volatile, s stable, i immutable
    std::string language;
    std::vector<Option> settings;  // SET search_path = ...
    std::string body;              // empty for an SQL-standard one
    std::size_t body_begin{};      // where it begins in the text; 0 where that is not known
    std::string standard_body;     // the statements of an SQL-standard one
    // Of an SQL-standard one, which depends on them.
    std::vector<ObjectName> reads;
    std::vector<ColumnUse> columns;
};

// ALTER FUNCTION, PROCEDURE, ROUTINE with new properties.
struct AlterFunction {
    ObjectName function;
    char volatility{};  // 0: it stays as it is
    bool security_definer{};
    std::vector<Option> settings{};  // SET search_path = ...
};

struct DoBlock {
    std::string language;
    std::string body;
    std::size_t body_begin{};
};

struct CreateTrigger {
    std::string name;
    ObjectName table;
    ObjectName function;
    bool replace{};
    bool is_constraint{};
    ObjectName references;  // of a constraint trigger: FROM
    bool for_each_row{};
    std::vector<std::string> columns;  // of UPDATE OF, and in its WHEN
};

struct CreatePolicy {
    std::string name;
    ObjectName table;
    std::vector<std::string> literals;  // strings in its conditions
    std::vector<std::string> columns;   // in a condition without a subquery: the table's own
};

struct CreateRule {
    std::string name;
    ObjectName table;
    bool replace{};
    std::vector<std::string> columns;  // of OLD and NEW: the table's own
};

struct CreateSchema {
    std::string name;
    bool if_not_exists{};
    std::vector<CreateTable> tables;  // that it makes along with it
};

struct CreateSequence {
    ObjectName sequence;
    bool if_not_exists{};
    bool temporary{};
};

struct CreateExtension {
    std::string name;
    bool if_not_exists{};
};

// Of a publication: the columns in its list and its WHERE.
struct PublishedTable {
    ObjectName table;
    std::vector<std::string> columns;
};

// CREATE, ALTER of what belongs to the whole cluster: database, role, tablespace, system, ...
struct ClusterObject {
    ObjectKind object{};
    std::string verb;  // "create", "alter", "alter-system"; "alter-publications" of a subscription
    std::string name;
    std::vector<Option> options;
    std::vector<PublishedTable> tables{};  // of CREATE PUBLICATION
};

struct Grant {
    bool is_grant{};    // else a revoke
    bool is_default{};  // ALTER DEFAULT PRIVILEGES
    bool all_privileges{};
    bool with_grant_option{};
    bool on_all_in_schema{};
    ObjectKind object{};
    std::vector<std::string> privileges;
    std::vector<ObjectName> objects;
    std::vector<std::string> grantees;  // "PUBLIC" for everybody
    std::vector<std::string> roles;     // of GRANT role TO role
};

enum class RowsVerb { select, insert, update, erase, merge, copy_from, copy_to };

// What reads or writes rows.
struct Rows {
    RowsVerb verb{};
    ObjectName table;                   // that is written; of a SELECT nothing
    std::string alias;                  // of it
    std::vector<ObjectName> reads;      // every relation its queries name
    std::vector<std::string> columns;   // assigned, or inserted into
    std::vector<std::string> repeated;  // of them, what is given two values
    Expression where;
    bool has_where{};
    bool has_limit{};   // LIMIT or FETCH in it, other than in what an UPDATE or a MERGE assigns
    bool takes_many{};  // one of these gives the rows of a batch
    bool from_query{};  // INSERT ... SELECT, UPDATE ... FROM, DELETE ... USING
    ObjectName source;  // of INSERT ... SELECT: the one relation in its FROM, if it has no other
    bool on_conflict{};
    bool changes_found{};     // of MERGE: it updates, or deletes, the rows that it finds
    std::size_t row_count{};  // of INSERT ... VALUES
    Expression all;           // every expression of it together
    std::vector<Rows> with;   // what its WITH clauses write
};

struct Truncate {
    std::vector<ObjectName> tables;
    bool cascade{};
    bool restart_identity{};
};

struct LockTable {
    std::vector<ObjectName> tables;
    int mode{};  // 1 ACCESS SHARE ... 8 ACCESS EXCLUSIVE
    bool nowait{};
};

struct Vacuum {
    bool is_vacuum{};  // else ANALYZE alone
    bool full{};
    bool analyze{};
    std::vector<ObjectName> tables;
};

struct Cluster {
    ObjectName table;  // empty: all
    std::string index;
};

struct Reindex {
    ObjectKind object{};  // index, table, schema, database; other: system
    ObjectName name;
    bool concurrently{};
    bool moves_tablespace{};
};

enum class TransactionVerb {
    begin,
    commit,
    rollback,
    savepoint,
    release,
    rollback_to,
    prepare,
    commit_prepared,
    rollback_prepared,
};

struct Transaction {
    TransactionVerb verb{};
    std::string name;  // of the savepoint
    bool chain{};
};

struct Set {
    std::string name;  // empty: RESET ALL
    bool is_local{};
    bool is_reset{};  // RESET, or TO DEFAULT
    std::vector<std::string> values;
};

struct Comment {
    ObjectKind object{};
};

struct Discard {
    bool all{};
};

struct Other {
    std::string kind;  // the parse node in kebab case
    // Of ALTER SEQUENCE; of ALTER TYPE ... OWNER; of ALTER INDEX or MATERIALIZED VIEW ... DEPENDS
    // ON.
    ObjectName name{};
    ObjectKind object{};  // of the last two
};

using Action = std::variant<AlterTable, CreateTable, CreateTableAs, CreateIndex, Drop, Rename,
                            SetSchema, CreateEnum, AlterEnum, CreateType, CreateDomain, AlterDomain,
                            CreateView, RefreshView, CreateFunction, AlterFunction, DoBlock,
                            CreateTrigger, CreatePolicy, CreateRule, CreateSchema, CreateSequence,
                            CreateExtension, ClusterObject, Grant, Rows, Truncate, LockTable,
                            Vacuum, Cluster, Reindex, Transaction, Set, Comment, Discard, Other>;

}  // namespace migrations::sql
