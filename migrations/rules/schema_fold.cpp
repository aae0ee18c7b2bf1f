#include "ledger/fold.hpp"
#include "migrations/rules/alike.hpp"
#include "migrations/rules/schema.hpp"

#include <algorithm>
#include <utility>

namespace migrations::rules {

using sql::ConstraintKind;
using sql::ObjectKind;
using sql::TableChangeKind;

namespace {

template <class Items>
void erase_named(Items& items, const std::string& name) {
    std::erase_if(items, [&](const auto& item) { return item.name == name; });
}

}  // namespace

// One action upon the schema.
struct Schema::Folding {
    Schema& schema;
    Origin origin;
    std::size_t transaction;
    Runs runs;

    void mark(const std::string& key) const { schema.mark(key); }
    KnownTable& met(const ObjectName& name) const { return schema.met(name); }

    void add_constraint(KnownTable& table, sql::Constraint constraint) const {
        schema.add_constraint(table, std::move(constraint), origin, transaction);
    }

    void add_column(KnownTable& table, const sql::Column& column) const {
        erase_named(table.columns, column.name);
        table.columns.push_back(known_column(column));
        table.columns.back().origin = origin;
        if (is_serial(column.type) || table.columns.back().identity)
            make_sequence_of(table, column.name);
        for (sql::Constraint constraint : column.constraints) {
            if (constraint.kind == ConstraintKind::generated)
                table.dependents.push_back(
                    {ObjectKind::column, column.name, constraint.expression.columns});
            if (constraint.columns.empty()) constraint.columns = {column.name};
            add_constraint(table, std::move(constraint));
        }
    }

    void make_sequence_of(const KnownTable& table, const std::string& column) const {
        const ObjectName& name = table.name;
        schema.make_object({name.schema, default_sequence_name(name.name, column), 0}, origin);
    }

    void operator()(const sql::CreateTable& create) const {
        const std::string key = key_of(create.table);
        if (create.if_not_exists && schema.tables_.contains(key)) return;
        KnownTable table;
        table.name = create.table;
        table.origin = origin;
        table.transaction = create.if_not_exists ? 0 : transaction;  // it may be older
        table.of_type = create.of_type;
        table.is_complete =
            create.inherits.empty() && create.like.empty() && create.of_type.name.empty();
        table.temporary = create.temporary;
        table.unlogged = create.unlogged;
        table.is_foreign = create.is_foreign;
        table.partition_by = create.partition_by;
        if (create.partition_by == 0) table.row_count = 0;
        table.partition_columns = create.partition_columns;
        table.partition_keys = create.partition_keys;
        table.bound = create.bound;
        table.inherits = !create.inherits.empty() && !create.bound.is_there;
        for (const sql::Column& column : create.columns) add_column(table, column);
        for (const sql::Constraint& constraint : create.constraints)
            add_constraint(table, constraint);
        copy_from(create, table);
        mark(key);
        schema.views_.erase(key);  // one that is gone without having been seen to go
        schema.put_table(key, std::move(table));
        for (const ObjectName& parent : create.inherits)
            schema.join(parent, create.table, create.bound.is_there);
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
            if (create.like_takes_checks) copy_checks(*source, table);
        }
    }

    void copy_checks(const KnownTable& source, KnownTable& table) const {
        for (KnownConstraint check : source.constraints) {
            if (check.kind != ConstraintKind::check || table.constraint(check.name)) continue;
            check.origin = origin;
            check.transaction = transaction;
            check.parent_name.clear();
            check.validated = true;
            table.constraints.push_back(std::move(check));
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
            schema.add_index(table, std::move(index));
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
        if (create.row_count > 0 && !is_view)
            table.row_count = create.with_no_data ? 0 : static_cast<double>(create.row_count);
        table.is_materialized_view = is_view;
        table.lacks_data = is_view && create.with_no_data;
        table.types_from = schema.types_from(create);
        mark(key);
        schema.put_table(key, std::move(table));
        if (is_view)
            schema.views_[key] = {create.table, create.reads, create.columns,
                                  true,         origin,       create.all.functions};
    }

    void operator()(const sql::CreateIndex& create) const {
        KnownIndex index = known_index(create);
        index.origin = origin;
        KnownTable& table = met(create.table);
        if (create.if_not_exists && table.index(index.name)) return;
        schema.add_index(table, std::move(index));
        if (!create.only) schema.pass_down(table, table.indexes.back());
    }

    void attach(const sql::AlterTable& alter, const sql::TableChange& change) const {
        met(change.other).bound = change.bound;
        schema.join(alter.table, change.other, true);
    }

    void detach(const sql::AlterTable& alter, const sql::TableChange& change) const {
        KnownTable& partition = met(change.other);
        partition.parent = {};
        partition.bound = {};
        for (KnownConstraint& each : partition.constraints) each.parent_name.clear();
        for (KnownIndex& each : partition.indexes) each.parent_name.clear();
        std::erase(met(alter.table).partitions, key_of(change.other));
        schema.let_go(met(alter.table));
    }

    void change(const sql::AlterTable& alter, const sql::TableChange& change) const {
        KnownTable& table = met(alter.table);
        const TableChangeKind kind = change.kind;
        if (kind == TableChangeKind::add_column) {
            if (!(change.if_exists && table.column(change.name))) add_column(table, change.column);
        } else if (kind == TableChangeKind::drop_column) {
            schema.drop_column(table, change.name);
        } else if (kind == TableChangeKind::add_constraint) {
            add_constraint(table, change.constraint);
        } else if (kind == TableChangeKind::drop_constraint) {
            schema.drop_constraint(table, change.name);
        } else if (kind == TableChangeKind::validate_constraint) {
            for (KnownConstraint& constraint : table.constraints)
                if (constraint.name == change.name) constraint.validated = true;
        } else if (kind == TableChangeKind::attach_partition) {
            attach(alter, change);
        } else if (kind == TableChangeKind::detach_partition) {
            detach(alter, change);
        } else if (kind == TableChangeKind::inherit) {
            met(change.other);
            table.inherits = true;
            schema.join(change.other, alter.table, false);
        } else if (kind == TableChangeKind::no_inherit) {
            std::erase(met(change.other).heirs, key_of(alter.table));
            schema.let_go(met(change.other));
        } else if (kind == TableChangeKind::set_unlogged || kind == TableChangeKind::set_logged) {
            table.unlogged = kind == TableChangeKind::set_unlogged;
        } else if (kind == TableChangeKind::of_type || kind == TableChangeKind::not_of_type) {
            table.of_type = change.other;
        } else {
            if (kind == TableChangeKind::add_identity) make_sequence_of(table, change.name);
            schema.change_column(table, change);
        }
    }

    void operator()(const sql::AlterTable& alter) const {
        if (alter.object == ObjectKind::index) return schema.attach_indexes(alter);
        if (alter.object == ObjectKind::sequence || alter.object == ObjectKind::view ||
            alter.object == ObjectKind::type)
            return;
        for (const sql::TableChange& each : alter.changes) {
            change(alter, each);
            if (!alter.only) change_below(alter.table, each);
        }
    }

    // What ALTER TABLE does to partitions, and to tables that inherit.
    void change_below(const ObjectName& table, const sql::TableChange& each) const {
        const KnownTable* above = schema.table(table);
        if (above == nullptr || !goes_below(each.kind)) return;
        for (const std::string& key : above->below()) {
            const auto heir = schema.tables_.find(key);
            if (heir == schema.tables_.end()) continue;
            mark(key);
            change_heir(*above, heir->second, each);
            change_below(heir->second.name, each);
        }
    }

    void change_heir(const KnownTable& above, KnownTable& below,
                     const sql::TableChange& each) const {
        if (each.kind == TableChangeKind::drop_constraint)
            return schema.drop_parts_of(below, each.name);
        if (each.kind == TableChangeKind::add_constraint) {
            if (!above.constraints.empty())
                schema.pass_constraint(above, above.constraints.back(), below);
            return;
        }
        sql::AlterTable alter;
        alter.table = below.name;
        sql::TableChange own = each;
        own.if_exists = true;
        std::erase_if(own.column.constraints, [](const sql::Constraint& constraint) {
            return is_of_table(constraint.kind);
        });
        change(alter, own);
        if (each.kind != TableChangeKind::add_column) return;
        for (const KnownConstraint& constraint : above.constraints)
            if (constraint.columns == std::vector<std::string>{each.name})
                schema.pass_constraint(above, constraint, below);
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

    void operator()(const sql::CreateSequence& create) const {
        schema.make_object(create.sequence, origin);
    }
    void operator()(const sql::CreateType& create) const {
        schema.make_object(create.type, origin, create.form == "composite");
    }
    void operator()(const sql::CreateDomain& create) const { schema.make_domain(create, origin); }
    void operator()(const sql::AlterDomain& alter) const { schema.change_domain(alter); }

    void operator()(const sql::CreateView& create) const {
        mark(key_of(create.view));
        schema.views_[key_of(create.view)] = {create.view, create.reads, create.columns,
                                              false,       origin,       create.all.functions};
    }

    void operator()(const sql::CreateFunction& create) const {
        mark(key_of(create.function));
        const bool is_standard = create.body.empty();
        schema.functions_[key_of(create.function)] = {
            create.function, create.volatility,
            create.language, is_standard ? create.standard_body : create.body,
            origin,          create.reads,
            create.columns};
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
        if (adds) schema.fill(rows, runs == Runs::once);
        for (const sql::Rows& each : rows.with) (*this)(each);
    }

    template <class Action>
    void operator()(const Action&) const {}
};

void Schema::apply(const sql::Action& action, Origin origin, std::size_t transaction, Runs runs) {
    touched_.clear();
    if (runs != Runs::once && is_older(action)) return;
    const Folding fold{*this, origin, transaction, runs};
    if (const auto* alter = std::get_if<sql::AlterTable>(&action); alter && runs != Runs::once)
        fold(counted(*alter));
    else
        std::visit(fold, action);
    for (const std::string& key : touched_) note_mentions(key);
}

}  // namespace migrations::rules
