#include "ledger/fold.hpp"
#include "migrations/rules/schema.hpp"

#include <algorithm>
#include <utility>

namespace migrations::rules {

using sql::ConstraintKind;
using sql::ObjectKind;
using sql::TableChangeKind;

namespace {

bool is_of_table(ConstraintKind kind) {
    return kind == ConstraintKind::check || kind == ConstraintKind::primary_key ||
           kind == ConstraintKind::unique || kind == ConstraintKind::exclusion ||
           kind == ConstraintKind::foreign_key;
}

bool has_index(ConstraintKind kind) {
    return kind == ConstraintKind::primary_key || kind == ConstraintKind::unique ||
           kind == ConstraintKind::exclusion;
}

template <class Items>
void erase_named(Items& items, const std::string& name) {
    std::erase_if(items, [&](const auto& item) { return item.name == name; });
}

bool names(const std::vector<std::string>& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

// One action upon the schema.
struct Schema::Folding {
    Schema& schema;
    Origin origin;
    std::size_t transaction;
    bool once;

    void mark(const std::string& key) const { schema.mark(key); }
    KnownTable& met(const ObjectName& name) const { return schema.met(name); }

    void add_index(KnownTable& table, KnownIndex index) const {
        schema.know_index(table, index.name);
        erase_named(table.indexes, index.name);
        table.indexes.push_back(std::move(index));
    }

    void add_constraint(KnownTable& table, sql::Constraint constraint) const {
        if (!is_of_table(constraint.kind)) return;
        const KnownIndex* used =
            constraint.using_index.empty() ? nullptr : table.index(constraint.using_index);
        if (used != nullptr) constraint.columns = used->columns;
        KnownConstraint known{constraint.name,
                              constraint.kind,
                              constraint.columns,
                              constraint.expression.not_null_columns,
                              constraint.references,
                              !constraint.not_valid,
                              transaction,
                              origin,
                              constraint.expression.columns};
        if (known.name.empty()) known.name = constraint.using_index;
        for (std::size_t number = 0; constraint.name.empty() && constraint.using_index.empty() &&
                                     (number == 0 || table.has_part(known.name));
             ++number)
            known.name = default_name(table.name.name, constraint, number);
        if (constraint.kind == ConstraintKind::primary_key)
            for (KnownColumn& column : table.columns)
                if (names(known.columns, column.name)) column.not_null = true;
        if (!constraint.using_index.empty()) erase_named(table.indexes, constraint.using_index);
        const bool excludes = constraint.kind == ConstraintKind::exclusion;
        // What an EXCLUDE mentions beside its columns is in its WHERE, or in an expression.
        if (has_index(constraint.kind))
            add_index(table,
                      {known.name, known.columns, !excludes, excludes && !known.mentions.empty(),
                       false, known.name, origin, known.mentions});
        table.constraints.push_back(std::move(known));
    }

    void add_column(KnownTable& table, const sql::Column& column) const {
        erase_named(table.columns, column.name);
        table.columns.push_back(known_column(column));
        table.columns.back().origin = origin;
        for (sql::Constraint constraint : column.constraints) {
            if (constraint.kind == ConstraintKind::generated)
                table.dependents.push_back(
                    {ObjectKind::column, column.name, constraint.expression.columns});
            if (constraint.columns.empty()) constraint.columns = {column.name};
            add_constraint(table, std::move(constraint));
        }
    }

    void operator()(const sql::CreateTable& create) const {
        const std::string key = key_of(create.table);
        if (create.if_not_exists && schema.tables_.contains(key)) return;
        KnownTable table;
        table.name = create.table;
        table.origin = origin;
        table.transaction = create.if_not_exists ? 0 : transaction;  // it may be older
        table.is_complete = create.inherits.empty() && create.like.empty() && !create.of_type;
        table.temporary = create.temporary;
        table.unlogged = create.unlogged;
        table.is_foreign = create.is_foreign;
        table.partition_by = create.partition_by;
        if (create.partition_by == 0) table.row_count = 0;
        table.partition_columns = create.partition_columns;
        table.is_default_partition = create.bound.is_default;
        for (const sql::Column& column : create.columns) add_column(table, column);
        for (const sql::Constraint& constraint : create.constraints)
            add_constraint(table, constraint);
        if (create.bound.is_there && !create.inherits.empty()) {
            table.parent = create.inherits.front();
            met(table.parent).partitions.push_back(key);
        }
        copy_from(create, table);
        mark(key);
        schema.put_table(key, std::move(table));
    }

    void operator()(const sql::CreateSchema& create) const {
        for (const sql::CreateTable& table : create.tables) (*this)(table);
    }

    void copy_from(const sql::CreateTable& create, KnownTable& table) const {
        std::vector<ObjectName> sources = create.like;
        sources.insert(sources.end(), create.inherits.begin(), create.inherits.end());
        for (const ObjectName& name : sources) {
            const KnownTable* source = schema.table(name);
            if (source == nullptr || !source->is_complete) continue;
            for (const KnownColumn& column : source->columns)
                if (!table.column(column.name)) table.columns.push_back(column);
            table.is_complete = sources.size() == 1;
            if (create.like_takes_indexes) copy_indexes(*source, table);
        }
    }

    // Under names of their own, as the server gives them.
    void copy_indexes(const KnownTable& source, KnownTable& table) const {
        for (const KnownConstraint& each : source.constraints) {
            if (!has_index(each.kind)) continue;
            sql::Constraint constraint;
            constraint.kind = each.kind;
            constraint.columns = each.columns;
            add_constraint(table, std::move(constraint));
        }
        for (KnownIndex index : source.indexes) {
            if (!index.constraint.empty()) continue;
            sql::CreateIndex create;
            create.table = table.name;
            for (const std::string& column : index.columns) create.columns.push_back({column, {}});
            index.name = default_name(create);
            index.origin = origin;
            add_index(table, std::move(index));
        }
    }

    void operator()(const sql::CreateTableAs& create) const {
        const std::string key = key_of(create.table);
        const bool is_view = create.object == ObjectKind::materialized_view;
        if (create.if_not_exists && schema.tables_.contains(key)) return;
        KnownTable table;
        table.name = create.table;
        table.origin = origin;
        table.transaction = create.if_not_exists ? 0 : transaction;  // it may be older
        table.temporary = create.temporary;
        table.unlogged = create.unlogged;
        table.is_filled = !create.with_no_data;
        table.is_materialized_view = is_view;
        table.lacks_data = is_view && create.with_no_data;
        mark(key);
        schema.put_table(key, std::move(table));
        if (is_view)
            schema.views_[key] = {
                create.table, create.reads, create.columns, create.takes_whole_rows, true, origin};
    }

    void operator()(const sql::CreateIndex& create) const {
        KnownIndex index;
        index.name = create.name.empty() ? default_name(create) : create.name;
        index.mentions = mentioned_by(create);
        for (const sql::IndexColumn& column : create.columns) index.columns.push_back(column.name);
        index.unique = create.unique;
        index.partial = create.where.is_there;
        index.concurrently = create.concurrently;
        index.origin = origin;
        KnownTable& table = met(create.table);
        if (create.if_not_exists && table.index(index.name)) return;
        add_index(table, std::move(index));
    }

    static void change_undescribed(KnownTable& table, const sql::TableChange& change) {
        if (table.column(change.name)) return;
        if (change.kind == TableChangeKind::set_not_null) table.never_null.push_back(change.name);
        if (change.kind == TableChangeKind::drop_not_null)
            std::erase(table.never_null, change.name);
    }

    void change_column(KnownTable& table, const sql::TableChange& change) const {
        change_undescribed(table, change);
        if (change.kind == TableChangeKind::drop_expression)
            schema.drop_dependent(table, ObjectKind::column, change.name);
        for (KnownColumn& column : table.columns) {
            if (column.name != change.name) continue;
            if (change.kind == TableChangeKind::set_not_null) column.not_null = true;
            if (change.kind == TableChangeKind::drop_not_null) column.not_null = false;
            if (change.kind == TableChangeKind::set_default)
                column.has_default = !change.expression.is_null;
            if (change.kind == TableChangeKind::drop_default) column.has_default = false;
            if (change.kind == TableChangeKind::add_identity)
                column.identity = column.not_null = true;
            if (change.kind == TableChangeKind::drop_identity) column.identity = false;
            if (change.kind == TableChangeKind::drop_expression) column.generated = false;
            if (change.kind != TableChangeKind::set_type) continue;
            column.type = change.column.type;
            column.collation = change.column.collation;
        }
    }

    // With a column goes every index and every constraint that mentions it.
    void drop_column(KnownTable& table, const std::string& name) const {
        erase_named(table.columns, name);
        std::erase(table.never_null, name);
        schema.drop_dependent(table, ObjectKind::column, name);
        std::erase_if(table.constraints, [&](const KnownConstraint& constraint) {
            return names(constraint.columns, name) || names(constraint.mentions, name);
        });
        std::erase_if(table.indexes, [&](const KnownIndex& index) {
            return names(index.columns, name) || names(index.mentions, name);
        });
    }

    void drop_constraint(KnownTable& table, const std::string& name) const {
        erase_named(table.constraints, name);
        std::erase_if(table.indexes,
                      [&](const KnownIndex& index) { return index.constraint == name; });
    }

    void attach(const sql::AlterTable& alter, const sql::TableChange& change) const {
        KnownTable& partition = met(change.other);
        partition.parent = alter.table;
        partition.is_default_partition = change.bound.is_default;
        met(alter.table).partitions.push_back(key_of(change.other));
    }

    void detach(const sql::AlterTable& alter, const sql::TableChange& change) const {
        met(change.other).parent = {};
        std::erase(met(alter.table).partitions, key_of(change.other));
    }

    void change(const sql::AlterTable& alter, const sql::TableChange& change) const {
        KnownTable& table = met(alter.table);
        const TableChangeKind kind = change.kind;
        if (kind == TableChangeKind::add_column) {
            if (!(change.if_exists && table.column(change.name))) add_column(table, change.column);
        } else if (kind == TableChangeKind::drop_column) {
            drop_column(table, change.name);
        } else if (kind == TableChangeKind::add_constraint) {
            add_constraint(table, change.constraint);
        } else if (kind == TableChangeKind::drop_constraint) {
            drop_constraint(table, change.name);
        } else if (kind == TableChangeKind::validate_constraint) {
            for (KnownConstraint& constraint : table.constraints)
                if (constraint.name == change.name) constraint.validated = true;
        } else if (kind == TableChangeKind::attach_partition) {
            attach(alter, change);
        } else if (kind == TableChangeKind::detach_partition) {
            detach(alter, change);
        } else if (kind == TableChangeKind::set_unlogged || kind == TableChangeKind::set_logged) {
            table.unlogged = kind == TableChangeKind::set_unlogged;
        } else {
            change_column(table, change);
        }
    }

    void operator()(const sql::AlterTable& alter) const {
        if (alter.object == ObjectKind::index || alter.object == ObjectKind::sequence ||
            alter.object == ObjectKind::view)
            return;
        for (const sql::TableChange& each : alter.changes) change(alter, each);
    }

    void operator()(const sql::Drop& drop) const { schema.drop(drop); }
    void operator()(const sql::Rename& rename) const { schema.rename(rename); }
    void operator()(const sql::SetSchema& set) const { schema.set_schema(set); }

    void operator()(const sql::CreateEnum& create) const {
        mark(key_of(create.type));
        schema.enums_[key_of(create.type)] = {create.type, create.values, {}, origin, transaction};
    }

    void operator()(const sql::AlterEnum& alter) const {
        mark(key_of(alter.type));
        KnownEnum& known = schema.enums_[key_of(alter.type)];
        known.name = alter.type;
        if (alter.old_value.empty()) {
            known.values.push_back(alter.new_value);
            known.added[alter.new_value] = transaction;
        } else {
            std::replace(known.values.begin(), known.values.end(), alter.old_value,
                         alter.new_value);
        }
    }

    void operator()(const sql::CreateDomain& create) const {
        mark(key_of(create.domain));
        const KnownDomain* base = schema.domain({create.type.schema, create.type.name});
        schema.domains_.insert_or_assign(key_of(create.domain), known_domain(create, base, origin));
    }

    void operator()(const sql::AlterDomain& alter) const {
        schema.keep(key_of(alter.domain));
        KnownDomain& known = schema.domains_[key_of(alter.domain)];
        known.name = alter.domain;
        using sql::DomainChangeKind;
        if (alter.kind == DomainChangeKind::add_constraint)
            rules::add_constraint(known, alter.constraint);
        if (alter.kind == DomainChangeKind::drop_constraint) std::erase(known.checks, alter.name);
        if (alter.kind == DomainChangeKind::set_not_null) known.not_null = true;
        if (alter.kind == DomainChangeKind::drop_not_null) known.not_null = false;
    }

    void operator()(const sql::CreateView& create) const {
        mark(key_of(create.view));
        schema.views_[key_of(create.view)] = {
            create.view, create.reads, create.columns, create.takes_whole_rows, false, origin};
    }

    void operator()(const sql::CreateFunction& create) const {
        mark(key_of(create.function));
        schema.functions_[key_of(create.function)] = {
            create.function, create.volatility, create.language, create.body,
            origin,          create.reads,      create.columns,  create.takes_whole_rows};
    }

    void operator()(const sql::ClusterObject& object) const {
        for (const sql::PublishedTable& published : object.tables)
            if (!published.columns.empty())
                met(published.table)
                    .dependents.push_back(
                        {ObjectKind::publication, object.name, published.columns});
    }

    void operator()(const sql::RefreshView& refresh) const {
        if (schema.table(refresh.view) != nullptr)
            met(refresh.view).lacks_data = refresh.with_no_data;
    }

    // Where nobody has described it, what it was like before is not known either.
    void operator()(const sql::AlterFunction& alter) const {
        if (alter.volatility == 0) return;
        mark(key_of(alter.function));
        KnownFunction& known = schema.functions_[key_of(alter.function)];
        known.name = alter.function;
        known.volatility = alter.volatility;
    }

    void operator()(const sql::CreateTrigger& create) const {
        KnownTable& table = met(create.table);
        table.triggers.push_back(create.name);
        schema.drop_dependent(table, ObjectKind::trigger, create.name);
        table.dependents.push_back({ObjectKind::trigger, create.name, create.columns});
    }

    void operator()(const sql::CreatePolicy& create) const {
        if (create.columns.empty()) return;
        met(create.table).dependents.push_back({ObjectKind::policy, create.name, create.columns});
    }

    void operator()(const sql::CreateRule& create) const {
        KnownTable& table = met(create.table);
        schema.drop_dependent(table, ObjectKind::rule, create.name);
        table.dependents.push_back({ObjectKind::rule, create.name, create.columns});
    }

    void operator()(const sql::Truncate& emptied) const {
        for (const ObjectName& name : emptied.tables)
            if (schema.is_made_here(name)) met(name).is_filled = false;
    }

    void operator()(const sql::Rows& rows) const {
        const bool adds = rows.verb == sql::RowsVerb::insert || rows.verb == sql::RowsVerb::merge ||
                          rows.verb == sql::RowsVerb::copy_from;
        if (adds) schema.fill(rows, once);
        for (const sql::Rows& each : rows.with) (*this)(each);
    }

    template <class Action>
    void operator()(const Action&) const {}
};

void Schema::apply(const sql::Action& action, Origin origin, std::size_t transaction, bool once) {
    std::visit(Folding{*this, origin, transaction, once}, action);
}

}  // namespace migrations::rules
