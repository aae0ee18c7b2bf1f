#include "migrations/rules/locks.hpp"

#include "migrations/rules/locks_along.hpp"
#include "migrations/rules/rule.hpp"
#include "migrations/rules/table_changes.hpp"

#include <algorithm>
#include <set>

namespace migrations::rules {

using sql::ConstraintKind;
using sql::ObjectKind;
using sql::TableChangeKind;

namespace {

bool is_validated_foreign_key(const sql::Constraint& constraint) {
    return constraint.kind == ConstraintKind::foreign_key;
}

// Of an index, what waits neither for readers nor for writers.
bool is_weak_of_index(const sql::TableChange& change) {
    if (change.kind == TableChangeKind::set_statistics) return true;
    if (change.kind != TableChangeKind::set_options &&
        change.kind != TableChangeKind::reset_options)
        return false;
    return std::all_of(change.options.begin(), change.options.end(), [](const sql::Option& option) {
        return option.name == "fillfactor" || option.name == "deduplicate_items";
    });
}

// Of a composite type: CASCADE reaches the tables OF it.
bool cascades(const sql::AlterTable& alter) {
    return alter.object == ObjectKind::type &&
           std::any_of(alter.changes.begin(), alter.changes.end(),
                       [](const sql::TableChange& change) { return change.cascade; });
}

class Collector {
public:
    Collector(const Schema& schema, std::size_t statement)
        : schema_{schema}, statement_{statement} {}

    std::vector<TableLock> take() { return std::move(locks_); }

    template <class Action>
    void operator()(const Action&) {}

    void operator()(const sql::AlterTable& alter) {
        if (alter.object == ObjectKind::index) return on_index(alter);
        LockMode strongest = LockMode::share_update_exclusive;
        for (const sql::TableChange& change : alter.changes)
            strongest = std::max(strongest, lock_of(change));
        // Options of a view are part of how it is read: no weak lock for them.
        const KnownView* known = schema_.view(alter.table);
        const bool is_view =
            alter.object == ObjectKind::view || (known != nullptr && !known->materialized);
        lock(alter.table, is_view ? LockMode::access_exclusive : strongest);
        if (!alter.only && std::any_of(alter.changes.begin(), alter.changes.end(),
                                       [](const auto& each) { return goes_below(each.kind); }))
            lock_older_below(alter.table, strongest);
        if (cascades(alter))
            for (const KnownTable* table : tables_of(schema_, alter.table))
                lock(table->name, LockMode::access_exclusive);
        for (const sql::TableChange& change : alter.changes) on_others(alter, change);
    }

    void operator()(const sql::CreateTable& create) {
        if (is_there_already(schema_, create)) return;
        if (create.bound.is_there && !create.inherits.empty()) {
            lock(create.inherits.front(), LockMode::access_exclusive);
            lock_along(locks_along_new_partition(schema_, create.inherits.front()));
        }
        for (const sql::Constraint& constraint : create.constraints)
            on_reference(constraint, create.table);
        for (const sql::Column& column : create.columns)
            for (const sql::Constraint& constraint : column.constraints)
                on_reference(constraint, create.table);
    }

    void operator()(const sql::CreateSchema& create) {
        for (const sql::CreateTable& table : create.tables) (*this)(table);
    }

    void operator()(const sql::CreateView& create) {
        if (create.replace && schema_.view(create.view) != nullptr)
            lock(create.view, LockMode::access_exclusive);
    }

    void operator()(const sql::CreateIndex& create) {
        const LockMode mode =
            create.concurrently ? LockMode::share_update_exclusive : LockMode::share;
        lock(create.table, mode);
        if (!create.only && !spares_heirs(schema_, create.table))
            lock_older_below(create.table, mode);
    }

    void operator()(const sql::Drop& drop) {
        for (const sql::DroppedObject& object : drop.objects) {
            if (drop.object == ObjectKind::index) {
                on_index(object.name, drop.concurrently ? LockMode::share_update_exclusive
                                                        : LockMode::access_exclusive);
            } else if (drop.object == ObjectKind::table || drop.object == ObjectKind::view ||
                       drop.object == ObjectKind::materialized_view ||
                       drop.object == ObjectKind::foreign_table ||
                       drop.object == ObjectKind::trigger || drop.object == ObjectKind::rule ||
                       drop.object == ObjectKind::policy) {
                lock(object.name, LockMode::access_exclusive);
                if (drop.object == ObjectKind::table)
                    lock_older_below(object.name, LockMode::access_exclusive);
                if (drop.object == ObjectKind::table)
                    lock_along(locks_along_dropped_table(schema_, object.name));
            } else if (drop.cascade) {
                on_cascade(drop.object, object.name);
            }
        }
    }

    void operator()(const sql::Other& other) {
        if (other.kind == "drop-owned" || other.kind == "reassign-owned")
            lock_unknown({}, ObjectKind::role);
        if (other.kind == "alter-table-move-all") lock_unknown({}, ObjectKind::tablespace);
        if (other.kind == "alter-owner") on_composite(other.name);
        if (other.kind != "alter-object-depends") return;
        if (other.object == ObjectKind::index) on_index(other.name, LockMode::access_exclusive);
        if (other.object == ObjectKind::materialized_view)
            lock(other.name, LockMode::access_exclusive);
    }

    // The rows of every column of the domain are read.
    void operator()(const sql::AlterDomain& alter) {
        using sql::DomainChangeKind;
        const bool adds = alter.kind == DomainChangeKind::add_constraint;
        if (!(adds && !alter.constraint.not_valid) &&
            alter.kind != DomainChangeKind::set_not_null &&
            alter.kind != DomainChangeKind::validate_constraint)
            return;
        const KnownDomain* known = schema_.domain(alter.domain);
        for (const auto& [key, table] : schema_.tables())
            if (schema_.has_column_of(table, alter.domain)) lock(table.name, LockMode::share);
        if (is_made_type(alter.domain)) return;
        if (known == nullptr || known->type.name.empty())
            lock_unknown(alter.domain, ObjectKind::domain, LockMode::share);
    }

    void operator()(const sql::Rename& rename) {
        if (rename.object == ObjectKind::attribute && rename.cascade && !is_made_type(rename.name))
            return lock_unknown(rename.name, ObjectKind::type);
        if (rename.object == ObjectKind::type) return on_composite(rename.name);
        // As ALTER TABLE, and of an index by its name.
        if (rename.object == ObjectKind::table && schema_.table(rename.name) == nullptr &&
            schema_.table_of_index(rename.name) != nullptr)
            return on_index(rename.name, LockMode::access_exclusive);
        // ALTER INDEX renames a table, too, where the name is one's.
        const bool is_table =
            rename.object == ObjectKind::index && schema_.table(rename.name) != nullptr;
        if (is_table || rename.object == ObjectKind::rule || rename.object == ObjectKind::table ||
            rename.object == ObjectKind::view || rename.object == ObjectKind::materialized_view ||
            rename.object == ObjectKind::foreign_table || rename.object == ObjectKind::column ||
            rename.object == ObjectKind::table_constraint || rename.object == ObjectKind::trigger ||
            rename.object == ObjectKind::policy)
            lock(rename.name, LockMode::access_exclusive);
        if (rename.object == ObjectKind::column || rename.object == ObjectKind::table_constraint)
            lock_older_below(rename.name, LockMode::access_exclusive);
    }

    void operator()(const sql::SetSchema& set) {
        if (set.object == ObjectKind::table || set.object == ObjectKind::materialized_view ||
            set.object == ObjectKind::view)
            lock(set.name, LockMode::access_exclusive);
    }

    void operator()(const sql::CreateTrigger& create) {
        lock(create.table, LockMode::share_row_exclusive);
        if (!spares_heirs(schema_, create.table))
            lock_older_below(create.table, LockMode::share_row_exclusive);
    }

    void operator()(const sql::CreateRule& create) {
        lock(create.table, LockMode::access_exclusive);
    }

    void operator()(const sql::CreatePolicy& create) {
        lock(create.table, LockMode::access_exclusive);
    }

    void operator()(const sql::RefreshView& refresh) {
        lock(refresh.view, refresh.concurrently ? LockMode::exclusive : LockMode::access_exclusive);
    }

    void operator()(const sql::Truncate& truncate) {
        for (const ObjectName& table : truncate.tables) {
            lock(table, LockMode::access_exclusive);
            lock_older_below(table, LockMode::access_exclusive);
        }
    }

    void operator()(const sql::LockTable& explicitly) {
        for (const ObjectName& table : explicitly.tables)
            lock_written(table, static_cast<LockMode>(std::clamp(explicitly.mode, 1, 8)));
    }

    void operator()(const sql::Vacuum& vacuum) {
        for (const ObjectName& table : vacuum.tables)
            lock(table,
                 vacuum.full ? LockMode::access_exclusive : LockMode::share_update_exclusive);
    }

    void operator()(const sql::Cluster& cluster) {
        if (!cluster.table.name.empty()) lock(cluster.table, LockMode::access_exclusive);
    }

    void operator()(const sql::Reindex& reindex) {
        const LockMode mode =
            reindex.concurrently ? LockMode::share_update_exclusive : LockMode::share;
        if (reindex.object == ObjectKind::index) on_index(reindex.name, mode);
        if (reindex.object != ObjectKind::table) return;
        lock(reindex.name, mode);
        // CONCURRENTLY as well, until the first index is begun.
        if (const KnownTable* table = schema_.table(reindex.name); table && table->partition_by)
            for (const KnownTable* each : all_below(schema_, reindex.name))
                lock(each->name, LockMode::share);
    }

    void operator()(const sql::Rows& rows) {
        if (rows.verb != sql::RowsVerb::select && rows.verb != sql::RowsVerb::copy_to)
            lock_written(rows.table, LockMode::row_exclusive);
        for (const sql::Rows& each : rows.with) (*this)(each);
    }

private:
    void lock(const ObjectName& table, LockMode mode) {
        if (table.name.empty() || schema_.has_made(table) || schema_.is_temporary(table)) return;
        locks_.push_back({table, mode, statement_});
    }

    // Nobody waits for what the script has made, but for older tables that are below it.
    void lock_older_below(const ObjectName& table, LockMode mode) {
        const KnownTable* known = schema_.table(table);
        if (known == nullptr || !known->holds_older) return;
        for (const KnownTable* each : all_below(schema_, table)) lock(each->name, mode);
    }

    void lock_written(const ObjectName& name, LockMode mode) {
        for (const ObjectName& table : written_by(schema_, name)) {
            lock(table, mode);
            lock_older_below(table, mode);
        }
    }

    void lock_unknown(const ObjectName& name, ObjectKind object,
                      LockMode mode = LockMode::access_exclusive) {
        locks_.push_back({name, mode, statement_, object});
    }

    void on_index(const ObjectName& index, LockMode mode) {
        if (const KnownTable* table = schema_.table_of_index(index)) return lock(table->name, mode);
        lock_unknown(index, ObjectKind::index, mode);
    }

    // Of an index that nobody has described, what waits for no reader is not told from what does,
    // but for its files' being moved.
    void on_index(const sql::AlterTable& alter) {
        const KnownTable* table = schema_.table_of_index(alter.table);
        const bool moves = std::any_of(
            alter.changes.begin(), alter.changes.end(),
            [](const auto& change) { return change.kind == TableChangeKind::set_tablespace; });
        if (std::all_of(alter.changes.begin(), alter.changes.end(), is_weak_of_index)) return;
        if (table != nullptr || moves) on_index(alter.table, LockMode::access_exclusive);
    }

    // Its attributes are those of a relation.
    void on_composite(const ObjectName& type) {
        const KnownObject* known = schema_.object(type);
        if (known != nullptr && known->is_composite && !is_made_type(type))
            lock(type, LockMode::access_exclusive);
    }

    bool is_made_type(const ObjectName& name) const {
        const KnownEnum* known = schema_.enumeration(name);
        const KnownDomain* domain = schema_.domain(name);
        const KnownObject* other = schema_.object(name);
        return (known != nullptr && known->origin == Origin::script) ||
               (other != nullptr && other->origin == Origin::script) ||
               (domain != nullptr && domain->origin == Origin::script);
    }

    static bool is_routine(ObjectKind object) {
        return object == ObjectKind::function || object == ObjectKind::procedure ||
               object == ObjectKind::routine;
    }

    bool is_made_function(const ObjectName& name) const {
        const KnownFunction* known = schema_.function(name);
        return known != nullptr && known->origin == Origin::script;
    }

    // The tables in a schema go with it; those that use a type lose a column, those that use a
    // function a trigger, a default or a constraint.
    void on_cascade(ObjectKind object, const ObjectName& name) {
        const bool is_type = object == ObjectKind::type || object == ObjectKind::domain;
        if (object == ObjectKind::schema) {
            bool is_known = false;
            for (const auto& [key, table] : schema_.tables()) {
                if (table.name.schema != name.name) continue;
                is_known = true;
                lock(table.name, LockMode::access_exclusive);
            }
            if (!is_known) lock_unknown(name, object);
        } else if (object == ObjectKind::extension || object == ObjectKind::foreign_server ||
                   (is_type && !is_made_type(name)) ||
                   (is_routine(object) && !is_made_function(name))) {
            lock_unknown(name, object);
        }
    }

    // Nobody else can see a new table that refers to itself.
    void on_reference(const sql::Constraint& constraint, const ObjectName& made = {}) {
        if (is_validated_foreign_key(constraint) &&
            (made.name.empty() || key_of(constraint.references) != key_of(made)))
            lock(constraint.references, LockMode::share_row_exclusive);
    }

    void on_others(const sql::AlterTable& alter, const sql::TableChange& change) {
        if (change.kind == TableChangeKind::add_constraint) on_reference(change.constraint);
        if (change.kind == TableChangeKind::add_column)
            for (const sql::Constraint& constraint : change.column.constraints)
                on_reference(constraint);
        lock_along(locks_along(schema_, alter.table, change));
    }

    void lock_along(const std::vector<LockAlong>& others) {
        for (const LockAlong& each : others) lock(each.table, each.mode);
    }

    const Schema& schema_;
    std::size_t statement_;
    std::vector<TableLock> locks_;
};

const std::set<TableChangeKind>& weak_changes() {
    static const std::set<TableChangeKind> kinds{
        TableChangeKind::validate_constraint, TableChangeKind::set_statistics,
        TableChangeKind::set_column_options,  TableChangeKind::set_options,
        TableChangeKind::reset_options,       TableChangeKind::cluster_on,
        TableChangeKind::drop_cluster,        TableChangeKind::attach_partition,
    };
    return kinds;
}

}  // namespace

LockMode lock_of(const sql::TableChange& change) {
    // Of a table's options the only one that waits for readers.
    if (std::any_of(change.options.begin(), change.options.end(),
                    [](const auto& option) { return option.name == "user_catalog_table"; }))
        return LockMode::access_exclusive;
    if (weak_changes().contains(change.kind)) return LockMode::share_update_exclusive;
    if (change.kind == TableChangeKind::detach_partition)
        return change.concurrently || change.finalize ? LockMode::share_update_exclusive
                                                      : LockMode::access_exclusive;
    if (change.kind == TableChangeKind::enable_trigger ||
        change.kind == TableChangeKind::disable_trigger)
        return LockMode::share_row_exclusive;
    if (change.kind == TableChangeKind::add_constraint &&
        change.constraint.kind == ConstraintKind::foreign_key)
        return LockMode::share_row_exclusive;
    return LockMode::access_exclusive;
}

std::string locked_text(const TableLock& lock) {
    const std::string name = quoted(lock.table);
    if (lock.object == ObjectKind::table) return name;
    if (lock.object == ObjectKind::index) return "the table of the index " + name;
    if (lock.object == ObjectKind::schema) return "the tables in the schema " + name;
    if (lock.object == ObjectKind::role) return "what the role owned";
    if (lock.object == ObjectKind::tablespace) return "the tables in the tablespace";
    if (lock.object == ObjectKind::domain) return "the tables that use " + name;
    return "the tables that used " + name;
}

std::vector<TableLock> locks_of(const sql::Action& action, const Schema& schema,
                                std::size_t statement) {
    Collector collector{schema, statement};
    std::visit(collector, action);
    return collector.take();
}

bool is_strong(const TableLock& lock) { return lock.mode >= LockMode::share; }

}  // namespace migrations::rules
