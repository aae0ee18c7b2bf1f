// migrations/rules/schema.hpp: what is known of a database's schema before a statement.
//
// Shape   a fold of actions: of history, then of the script that is judged. What nobody has
//         described is not in it: a table that a script only alters is taken to be there, with
//         rows.
// Names   "public" and no schema are the same place.
#pragma once

#include "migrations/sql/action.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

namespace migrations::rules {

using sql::ObjectName;

enum class Origin { history, script };

// What stands in code may be run any number of times, and may find what it makes.
enum class Runs { once, in_code };

struct KnownColumn {
    std::string name;
    sql::TypeName type;
    std::string collation;
    bool not_null{};
    bool has_default{};
    bool identity{};
    bool generated{};
    Origin origin{Origin::history};
};

struct KnownConstraint {
    std::string name;
    sql::ConstraintKind kind{};
    std::vector<std::string> columns;
    std::vector<std::string> not_null_columns;  // that a CHECK proves
    ObjectName references;
    bool validated{true};
    std::size_t transaction{};  // in which it was added; 0: in history, or in none
    Origin origin{};
    std::vector<std::string> mentions;  // columns in a CHECK's expression
    sql::Condition condition;           // of a CHECK
    std::vector<std::string> referenced_columns;
    std::string manner;       // of a foreign key: what it does on a change, and when it is checked
    bool no_inherit{};        // of a CHECK: tables that inherit have none of it
    std::string parent_name;  // of the parent table's constraint that it is a part of
};

struct KnownIndex {
    std::string name;
    std::vector<std::string> columns;  // an expression is ""
    bool unique{};
    bool partial{};
    bool concurrently{};
    std::string constraint;  // that it backs
    Origin origin{};
    std::vector<std::string> mentions;  // other columns that it needs
    std::string shape;                  // as CreateIndex has it
    std::string parent_name;            // of the partitioned table's index that it is a part of
};

// What stands in the way of a column's end, or of another type for it.
struct KnownDependent {
    sql::ObjectKind kind{};  // policy, trigger, rule, publication; column: one that is generated
    std::string name;
    std::vector<std::string> columns;
};

struct KnownTable {
    ObjectName name;
    Origin origin{};
    bool is_complete{};         // every column and constraint is known
    bool is_filled{};           // made by the script, and given rows by it
    bool holds_older{};         // made by the script, over a table that was there before
    std::size_t transaction{};  // in which the script has made it; 0: in none
    bool temporary{};
    bool unlogged{};
    bool is_materialized_view{};
    bool lacks_data{};  // made, or refreshed, WITH NO DATA
    bool is_foreign{};
    char partition_by{};
    std::vector<std::string> partition_columns;  // an expression is ""
    std::vector<std::string> partition_keys;     // a column, or the shape of an expression
    ObjectName parent;                           // of a partition
    sql::PartitionBound bound;                   // likewise
    std::vector<std::string> partitions;         // keys of the tables
    std::vector<std::string> heirs;              // keys of tables that INHERIT from it
    ObjectName of_type;                          // the composite type that it is OF
    bool inherits{};                             // it is one of another's
    std::vector<KnownColumn> columns;
    std::vector<KnownConstraint> constraints;
    std::vector<KnownIndex> indexes;
    std::vector<std::string> triggers;
    std::vector<KnownDependent> dependents;
    std::vector<std::string> never_null;  // columns that nobody has described, since SET NOT NULL
    std::vector<std::string> index_keys;  // under which the schema knows it by an index
    // Of what a query of nothing but described tables has made: the types that its columns may
    // have. Nothing: others.
    std::optional<std::vector<sql::TypeName>> types_from;
    // Of what the script makes: those that INSERT ... VALUES has put in; nothing: others did, too.
    std::optional<double> row_count;

    [[nodiscard]] const KnownColumn* column(const std::string& column_name) const;
    [[nodiscard]] const KnownConstraint* constraint(const std::string& constraint_name) const;
    [[nodiscard]] const KnownIndex* index(const std::string& index_name) const;
    // A constraint or an index of it has the name.
    [[nodiscard]] bool has_part(const std::string& part) const;
    // Keys of its partitions, and of what inherits from it.
    [[nodiscard]] std::vector<std::string> below() const;
};

struct KnownView {
    ObjectName name;
    std::vector<ObjectName> reads;
    std::vector<sql::ColumnUse> columns;
    bool materialized{};
    Origin origin{};
    std::vector<std::string> functions{};  // that its query calls
};

struct KnownEnum {
    ObjectName name;
    std::vector<std::string> values;
    std::map<std::string, std::size_t> added;  // value: the transaction it was added in
    Origin origin{};
    std::size_t transaction{};  // in which the type was made
};

struct KnownDomain {
    ObjectName name;
    bool not_null{};
    std::vector<std::string> checks;
    Origin origin{};
    sql::TypeName type;  // below every domain
    sql::Expression default_value;
    std::vector<std::string> over{};  // keys of the domains below it
    std::string collation{};          // its own, or that of one below it
};

struct KnownFunction {
    ObjectName name;
    char volatility{'v'};
    std::string language;
    std::string body;
    Origin origin{};
    // What a body in SQL's own syntax depends on.
    std::vector<ObjectName> reads{};
    std::vector<sql::ColumnUse> columns{};
};

// A sequence, or a type of which no more is to be told: composite, range, base.
struct KnownObject {
    ObjectName name;
    Origin origin{};
    bool is_composite{};
};

// One spelling for one object.
[[nodiscard]] std::string key_of(const ObjectName& name);

// Whether that can be a relation's row type: a bare name that the server has for a type of its own
// is that one, whatever else is called so.
[[nodiscard]] bool may_be_row_type(const sql::TypeName& type);

class Schema {
public:
    // `transaction`: the number of the one it runs in, from 1; 0: in none.
    void apply(const sql::Action& action, Origin origin, std::size_t transaction,
               Runs runs = Runs::once);

    // What has been proven of the table since is so no more: nobody knows whether that was run.
    void doubt(const KnownTable& before);

    // What the script has made is history from now on.
    void end_script();

    // What a script does between the two leaves no trace. Not to be nested.
    void begin_trial();
    void take_back();

    [[nodiscard]] const KnownTable* table(const ObjectName& name) const;
    [[nodiscard]] const KnownView* view(const ObjectName& name) const;
    [[nodiscard]] const KnownEnum* enumeration(const ObjectName& name) const;
    [[nodiscard]] const KnownDomain* domain(const ObjectName& name) const;
    [[nodiscard]] const KnownFunction* function(const ObjectName& name) const;
    [[nodiscard]] const KnownObject* object(const ObjectName& name) const;
    // The table that has an index of that name.
    [[nodiscard]] const KnownTable* table_of_index(const ObjectName& name) const;
    // Every table, view and enum.
    [[nodiscard]] const std::map<std::string, KnownTable>& tables() const { return tables_; }
    [[nodiscard]] const std::map<std::string, KnownView>& views() const { return views_; }
    [[nodiscard]] const std::map<std::string, KnownEnum>& enumerations() const { return enums_; }
    [[nodiscard]] const std::map<std::string, KnownFunction>& functions() const {
        return functions_;
    }
    // Whether a column may have the relation's row type, or a view or a function read it: a quick
    // no where every object would be looked at. Once yes, always yes.
    [[nodiscard]] bool may_be_mentioned(const ObjectName& relation) const;
    // Its own, or those of a domain below it.
    [[nodiscard]] bool has_constraints(const KnownDomain& domain) const;
    // Of it, or of a domain over it.
    [[nodiscard]] bool has_column_of(const KnownTable& table, const ObjectName& domain) const;
    // The same, where it may be of a column that nobody has described.
    [[nodiscard]] bool may_have_column_of(const KnownTable& table, const ObjectName& domain) const;

    // Made by this script and still empty: nobody waits for a lock on it, nothing is scanned.
    [[nodiscard]] bool is_new(const ObjectName& name) const;
    // The same, rows or not; but not where an older table has become a part of it.
    [[nodiscard]] bool is_made_here(const ObjectName& name) const;
    // The same, whatever has become a part of it.
    [[nodiscard]] bool has_made(const ObjectName& name) const;
    [[nodiscard]] bool is_temporary(const ObjectName& name) const;

    // What a server says of a table: its own rows, and those of what inherits from it; 0 and above.
    void set_row_count(const ObjectName& name, double row_count, double below = 0);
    [[nodiscard]] bool has_row_counts() const { return !row_counts_.empty(); }
    // Else of a table of the script, into which it has written constants and nothing else.
    [[nodiscard]] std::optional<double> row_count(const ObjectName& name) const;
    // With what is below it, whoever has told of that.
    [[nodiscard]] std::optional<double> row_count_with_below(const ObjectName& name) const;

    // What an INSERT, a MERGE or a COPY puts in; how often it is run may not be known.
    void fill(const sql::Rows& rows, bool once);

private:
    struct Folding;
    struct Before {  // objects of one key; nothing: there was none
        std::optional<KnownTable> table;
        std::optional<KnownView> view;
        std::optional<KnownEnum> enumeration;
        std::optional<KnownDomain> domain;
        std::optional<KnownFunction> function;
        std::optional<KnownObject> object;
    };
    struct Trial {
        std::map<std::string, Before> objects;
        std::map<std::string, std::optional<std::string>> indexes;
    };
    // Of code: what it would make was there before the script, so that it fails, or is not run.
    [[nodiscard]] bool is_older(const sql::Action& action) const;
    // Of code: its changes without those that find theirs made.
    [[nodiscard]] sql::AlterTable counted(const sql::AlterTable& alter) const;
    [[nodiscard]] bool is_type_of(const sql::TypeName& type, const ObjectName& domain) const;
    [[nodiscard]] std::optional<std::vector<sql::TypeName>> types_from(
        const sql::CreateTableAs& create) const;
    // Called before the objects of that key change, or the table that an index is of.
    void keep(const std::string& key);
    void note_mentions(const std::string& key);
    void keep_index(const std::string& key);
    // Makes it, or puts it in the place of another of its name.
    void put_table(const std::string& key, KnownTable table);
    void erase_table(const std::string& key);
    // That the script changes what has the key.
    void mark(const std::string& key);
    void make_object(const ObjectName& name, Origin origin, bool is_composite = false);
    // A table that is only altered is there, whatever it has; or it is no table after all.
    KnownTable& met(const ObjectName& name);
    void know_index(KnownTable& table, const std::string& index);
    void forget_indexes(const KnownTable& table, const std::string& key);
    // What refers to the relation of that key refers to another from now on.
    void point_from(const std::string& from, const ObjectName& to);
    // The same of columns that have its type, or its row type.
    void point_columns(const std::string& from, const ObjectName& to);
    void move_table(const std::string& from, const ObjectName& to);
    void move_relation(const ObjectName& from, const ObjectName& to);
    void move_type(const ObjectName& from, const ObjectName& to);
    void move_function(const ObjectName& from, const ObjectName& to);
    void rename_column(const sql::Rename& rename);
    void rename_part(KnownTable& table, sql::ObjectKind part, const std::string& from,
                     const std::string& to);
    void rename_index(const ObjectName& index, const std::string& to);
    void rename_schema(const std::string& from, const std::string& to);
    void rename_dependent(const sql::Rename& rename);
    void rename(const sql::Rename& rename);
    void set_schema(const sql::SetSchema& set);
    static void drop_dependent(KnownTable& table, sql::ObjectKind kind, const std::string& name);
    static void change_column(KnownTable& table, const sql::TableChange& change);
    // With a column goes every index and every constraint that mentions it.
    static void drop_column(KnownTable& table, const std::string& name);
    static void drop_constraint(KnownTable& table, const std::string& name);
    void make_domain(const sql::CreateDomain& create, Origin origin);
    void change_domain(const sql::AlterDomain& alter);
    void add_index(KnownTable& table, KnownIndex index);
    void add_constraint(KnownTable& table, sql::Constraint constraint, Origin origin,
                        std::size_t transaction);
    // A table becomes a partition, or inherits; what it then has of the other; what goes with it.
    void join(const ObjectName& parent, const ObjectName& heir, bool is_partition);
    void hold_older(KnownTable& table);
    // Something has left it.
    void let_go(KnownTable& table);
    void pass_on(const KnownTable& above, KnownTable& below);
    static void pass_key(const KnownConstraint& key, KnownTable& below);
    void pass_index(const KnownTable& above, const KnownIndex& index, KnownTable& below);
    void pass_constraint(const KnownTable& above, const KnownConstraint& constraint,
                         KnownTable& below);
    void pass_down(const KnownTable& table, const KnownIndex& index);
    void drop_parts_of(KnownTable& below, const std::string& constraint);
    void drop_indexes_below(const KnownTable& table, const std::string& index);
    void attach_indexes(const sql::AlterTable& alter);
    void rename_below(const sql::Rename& rename);
    void rename_parts_below(const KnownTable& table, const std::string& from,
                            const std::string& to);
    void drop_index(const ObjectName& name);
    void leave_heirs(const std::string& key);
    void drop_relation(const std::string& key, bool cascade);
    void drop_type(const std::string& key);
    void drop_schema(const std::string& schema);
    void drop(const sql::Drop& drop);

    std::map<std::string, KnownTable> tables_;
    std::map<std::string, KnownView> views_;
    std::map<std::string, KnownEnum> enums_;
    std::map<std::string, KnownDomain> domains_;
    std::map<std::string, KnownFunction> functions_;
    std::map<std::string, KnownObject> objects_;
    std::map<std::string, std::string> table_of_index_;
    struct RowCount {
        double own{};
        double below{};
    };
    std::map<std::string, RowCount> row_counts_;
    std::optional<Trial> trial_;
    std::set<std::string> changed_;              // keys of what this script has made or changed
    std::vector<std::string> touched_;           // keys of what the action at hand changes
    std::unordered_set<std::string> mentioned_;  // names, without a schema
};

// Of a change of a table: what inherits from it, and its partitions, are changed as well.
[[nodiscard]] bool goes_below(sql::TableChangeKind kind);
// serial, serial4, bigserial, ...
[[nodiscard]] bool is_serial(const sql::TypeName& type);
[[nodiscard]] KnownColumn known_column(const sql::Column& column);
// `base`: the domain that it is over, if it is one.
[[nodiscard]] KnownDomain known_domain(const sql::CreateDomain& create, const KnownDomain* base,
                                       Origin origin);
void add_constraint(KnownDomain& domain, sql::Constraint constraint);
// What an index needs beside its columns: in INCLUDE, expressions, WHERE.
[[nodiscard]] std::vector<std::string> mentioned_by(const sql::CreateIndex& create);

// The name PostgreSQL gives what has none: "orders_customer_id_fkey".
// `number`: of the names like it that are taken.
[[nodiscard]] std::string default_name(const std::string& table, const sql::Constraint& constraint,
                                       std::size_t number = 0);
[[nodiscard]] std::string default_name(const sql::CreateIndex& index);
// Of the sequence behind a serial or an identity column.
[[nodiscard]] std::string default_sequence_name(const std::string& table,
                                                const std::string& column);

}  // namespace migrations::rules
