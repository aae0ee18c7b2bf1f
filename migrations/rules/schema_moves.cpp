#include "migrations/rules/schema.hpp"

#include <algorithm>
#include <utility>

// What takes names away, or gives others: whatever refers to them is brought along.

namespace migrations::rules {

using sql::ConstraintKind;
using sql::ObjectKind;

namespace {

bool is_type(ObjectKind kind) { return kind == ObjectKind::type || kind == ObjectKind::domain; }

bool is_routine(ObjectKind kind) {
    return kind == ObjectKind::function || kind == ObjectKind::procedure ||
           kind == ObjectKind::routine;
}

void rename_word(std::vector<std::string>& words, const std::string& from, const std::string& to) {
    std::replace(words.begin(), words.end(), from, to);
}

void rename_operand(sql::Condition& condition, const std::string& from, const std::string& to) {
    if (condition.operand == from) condition.operand = to;
    for (sql::Condition& part : condition.parts) rename_operand(part, from, to);
}

template <class Map>
void move_named(Map& map, const std::string& from, const ObjectName& to) {
    auto node = map.extract(from);
    if (node.empty()) return;
    node.key() = key_of(to);
    node.mapped().name = to;
    map.erase(node.key());
    map.insert(std::move(node));
}

bool refers_to(const KnownConstraint& constraint, const std::string& key) {
    return constraint.kind == ConstraintKind::foreign_key && key_of(constraint.references) == key;
}

}  // namespace

void Schema::mark(const std::string& key) {
    keep(key);
    changed_.insert(key);
}

KnownTable& Schema::met(const ObjectName& name) {
    mark(key_of(name));
    const Origin origin = has_made(name) ? Origin::script : Origin::history;
    auto [found, is_unheard] = tables_.try_emplace(key_of(name));
    if (is_unheard) {
        found->second.name = name;
        found->second.origin = origin;
    }
    return found->second;
}

void Schema::know_index(KnownTable& table, const std::string& index) {
    table.index_keys.push_back(key_of({table.name.schema, index, 0}));
    keep_index(table.index_keys.back());
    table_of_index_[table.index_keys.back()] = key_of(table.name);
}

void Schema::forget_indexes(const KnownTable& table, const std::string& key) {
    for (const std::string& index : table.index_keys)
        if (const auto known = table_of_index_.find(index);
            known != table_of_index_.end() && known->second == key) {
            keep_index(index);
            table_of_index_.erase(known);
        }
}

void Schema::move_table(const std::string& from, const ObjectName& to) {
    auto node = tables_.extract(from);
    if (node.empty()) return;
    KnownTable& table = node.mapped();
    forget_indexes(table, from);
    table.name = to;
    table.index_keys.clear();
    for (const KnownIndex& index : table.indexes) know_index(table, index.name);
    node.key() = key_of(to);
    tables_.erase(node.key());
    tables_.insert(std::move(node));
}

void Schema::point_from(const std::string& from, const ObjectName& to) {
    const std::string to_key = key_of(to);
    for (auto& [key, table] : tables_) {
        const bool is_partition = key_of(table.parent) == from && !table.parent.name.empty();
        const bool is_parent = std::find(table.partitions.begin(), table.partitions.end(), from) !=
                               table.partitions.end();
        const bool has_heir =
            std::find(table.heirs.begin(), table.heirs.end(), from) != table.heirs.end();
        const bool refers = std::any_of(table.constraints.begin(), table.constraints.end(),
                                        [&](const auto& each) { return refers_to(each, from); });
        if (!is_partition && !is_parent && !has_heir && !refers) continue;
        keep(key);
        if (is_partition) table.parent = to;
        rename_word(table.partitions, from, to_key);
        rename_word(table.heirs, from, to_key);
        for (KnownConstraint& each : table.constraints)
            if (refers_to(each, from)) each.references = to;
    }
    const auto point_reads = [&](auto& readers) {
        for (auto& [key, reader] : readers)
            for (ObjectName& read : reader.reads)
                if (key_of(read) == from) {
                    keep(key);
                    read = to;
                }
    };
    point_reads(views_);
    point_reads(functions_);
    if (tables_.contains(to_key) || views_.contains(to_key)) point_columns(from, to);
}

void Schema::point_columns(const std::string& from, const ObjectName& to) {
    for (auto& [key, table] : tables_) {
        if (key_of(table.of_type) == from) {
            keep(key);
            table.of_type = to;
        }
        for (KnownColumn& column : table.columns)
            if (may_be_row_type(column.type) &&
                key_of({column.type.schema, column.type.name, 0}) == from) {
                keep(key);
                column.type.schema = to.schema;
                column.type.name = to.name;
            }
    }
}

void Schema::move_relation(const ObjectName& from, const ObjectName& to) {
    const std::string key = key_of(from);
    if (key == key_of(to)) return;
    keep(key);
    mark(key_of(to));
    move_table(key, to);
    move_named(views_, key, to);
    move_named(objects_, key, to);
    point_from(key, to);
}

void Schema::move_type(const ObjectName& from, const ObjectName& to) {
    const std::string key = key_of(from);
    if (key == key_of(to)) return;
    keep(key);
    mark(key_of(to));
    move_named(enums_, key, to);
    move_named(domains_, key, to);
    move_named(objects_, key, to);
    for (auto& [above, domain] : domains_) {
        if (std::find(domain.over.begin(), domain.over.end(), key) == domain.over.end()) continue;
        keep(above);
        rename_word(domain.over, key, key_of(to));
    }
    point_columns(key, to);
}

void Schema::move_function(const ObjectName& from, const ObjectName& to) {
    keep(key_of(from));
    mark(key_of(to));
    move_named(functions_, key_of(from), to);
}

void Schema::rename_column(const sql::Rename& rename) {
    const std::string& from = rename.part;
    const std::string& to = rename.new_name;
    for (auto& [key, view] : views_) {
        const auto is_renamed = [&, &reads = view.reads](std::size_t place) {
            return key_of(reads[place]) == key_of(rename.name);
        };
        std::vector<sql::ColumnUse> renamed;  // beside the old ones: another table may have those
        for (const sql::ColumnUse& use : view.columns)
            if (use.column == from && (std::ranges::any_of(use.near, is_renamed) ||
                                       std::ranges::any_of(use.outer, is_renamed)))
                renamed.emplace_back(use).column = to;
        if (renamed.empty()) continue;
        keep(key);
        view.columns.insert(view.columns.end(), renamed.begin(), renamed.end());
    }
    if (rename.relation == ObjectKind::view) return;
    KnownTable& table = met(rename.name);
    for (KnownColumn& column : table.columns)
        if (column.name == from) column.name = to;
    for (KnownConstraint& constraint : table.constraints) {
        rename_word(constraint.columns, from, to);
        rename_word(constraint.not_null_columns, from, to);
        rename_word(constraint.mentions, from, to);
        rename_operand(constraint.condition, from, to);
    }
    rename_word(table.partition_columns, from, to);
    rename_word(table.partition_keys, from, to);
    rename_word(table.never_null, from, to);
    for (KnownDependent& dependent : table.dependents) {
        rename_word(dependent.columns, from, to);
        if (dependent.kind == ObjectKind::column && dependent.name == from) dependent.name = to;
    }
    for (KnownIndex& index : table.indexes) {
        rename_word(index.columns, from, to);
        rename_word(index.mentions, from, to);
    }
    rename_below(rename);
}

void Schema::rename_below(const sql::Rename& rename) {
    const std::vector<std::string> below = met(rename.name).below();
    for (const std::string& key : below)
        if (const auto heir = tables_.find(key); heir != tables_.end()) {
            sql::Rename own = rename;
            own.name = heir->second.name;
            rename_column(own);
        }
}

// Parts of a part that has another name: a CHECK and a foreign key have its name, too.
void Schema::rename_parts_below(const KnownTable& table, const std::string& from,
                                const std::string& to) {
    for (const std::string& key : table.below()) {
        const auto heir = tables_.find(key);
        if (heir == tables_.end()) continue;
        keep(key);
        for (KnownConstraint& each : heir->second.constraints)
            if (each.parent_name == from) {
                each.parent_name = to;
                if (each.name == from) each.name = to;
            }
        for (KnownIndex& each : heir->second.indexes)
            if (each.parent_name == from) each.parent_name = to;
    }
}

// A constraint and the index that backs it have one name.
void Schema::rename_part(KnownTable& table, ObjectKind part, const std::string& from,
                         const std::string& to) {
    const KnownIndex* known = table.index(from);
    const bool is_both = known != nullptr && known->constraint == from;
    if (is_both || part == ObjectKind::table_constraint)
        for (KnownConstraint& constraint : table.constraints)
            if (constraint.name == from) constraint.name = to;
    rename_parts_below(table, from, to);
    if (known == nullptr || (!is_both && part != ObjectKind::index)) return;
    for (KnownIndex& index : table.indexes) {
        if (index.name != from) continue;
        index.name = to;
        if (is_both) index.constraint = to;
    }
    const auto found = table_of_index_.find(key_of({table.name.schema, from, 0}));
    if (found != table_of_index_.end()) {
        keep_index(found->first);
        table_of_index_.erase(found);
    }
    know_index(table, to);
}

void Schema::rename_index(const ObjectName& index, const std::string& to) {
    const auto found = table_of_index_.find(key_of(index));
    if (found == table_of_index_.end()) return;
    keep(found->second);
    if (const auto table = tables_.find(found->second); table != tables_.end())
        rename_part(table->second, ObjectKind::index, index.name, to);
}

void Schema::rename_dependent(const sql::Rename& rename) {
    KnownTable& table = met(rename.name);
    if (rename.object == ObjectKind::trigger)
        rename_word(table.triggers, rename.part, rename.new_name);
    for (KnownDependent& each : table.dependents)
        if (each.kind == rename.object && each.name == rename.part) each.name = rename.new_name;
}

void Schema::rename(const sql::Rename& rename) {
    const ObjectName to{rename.name.schema, rename.new_name, 0};
    if (rename.object == ObjectKind::column) return rename_column(rename);
    if (rename.object == ObjectKind::table_constraint)
        return rename_part(met(rename.name), rename.object, rename.part, rename.new_name);
    if (rename.object == ObjectKind::trigger || rename.object == ObjectKind::policy)
        return rename_dependent(rename);
    // ALTER TABLE renames an index as well.
    if (is_relation(rename.object) && table(rename.name) == nullptr &&
        table_of_index(rename.name) != nullptr)
        return rename_index(rename.name, rename.new_name);
    if (rename.object == ObjectKind::index) return rename_index(rename.name, rename.new_name);
    if (is_relation_or_sequence(rename.object)) return move_relation(rename.name, to);
    if (is_type(rename.object)) return move_type(rename.name, to);
    if (is_routine(rename.object)) return move_function(rename.name, to);
    if (rename.object == ObjectKind::schema) rename_schema(rename.name.name, rename.new_name);
}

void Schema::set_schema(const sql::SetSchema& set) {
    const ObjectName to{set.new_schema, set.name.name, 0};
    if (is_relation_or_sequence(set.object)) return move_relation(set.name, to);
    if (is_type(set.object)) return move_type(set.name, to);
    if (is_routine(set.object)) move_function(set.name, to);
}

void Schema::drop_index(const ObjectName& name) {
    const auto found = table_of_index_.find(key_of(name));
    if (found == table_of_index_.end()) return;
    keep_index(found->first);
    keep(found->second);
    const auto table = tables_.find(found->second);
    table_of_index_.erase(found);
    if (table == tables_.end()) return;
    std::erase_if(table->second.indexes,
                  [&](const KnownIndex& index) { return index.name == name.name; });
    drop_indexes_below(table->second, name.name);
}

void Schema::leave_heirs(const std::string& key) {
    for (auto& [other, table] : tables_)
        if (std::find(table.heirs.begin(), table.heirs.end(), key) != table.heirs.end()) {
            keep(other);
            std::erase(table.heirs, key);
            let_go(table);
        }
}

// Its partitions go with it; with CASCADE views that read it, and foreign keys to it.
void Schema::drop_relation(const std::string& key, bool cascade) {
    keep(key);
    std::vector<std::string> also;
    if (const auto found = tables_.find(key); found != tables_.end()) {
        also = cascade ? found->second.below() : found->second.partitions;
        if (found->second.inherits) leave_heirs(key);
        const auto parent = tables_.find(key_of(found->second.parent));
        if (parent != tables_.end()) {
            keep(parent->first);
            std::erase(parent->second.partitions, key);
            let_go(parent->second);
        }
    }
    erase_table(key);
    if (cascade) {
        for (auto& [other, table] : tables_) {
            if (std::none_of(table.constraints.begin(), table.constraints.end(),
                             [&](const auto& each) { return refers_to(each, key); }))
                continue;
            keep(other);
            std::erase_if(table.constraints,
                          [&](const auto& each) { return refers_to(each, key); });
        }
        for (const auto& [other, view] : views_)
            if (std::any_of(view.reads.begin(), view.reads.end(),
                            [&](const ObjectName& read) { return key_of(read) == key; }))
                also.push_back(other);
    }
    for (const std::string& each : also)
        if (tables_.contains(each) || views_.contains(each)) drop_relation(each, cascade);
}

void Schema::drop_type(const std::string& key) {
    std::vector<std::string> typed;
    for (const auto& [name, table] : tables_)
        if (!table.of_type.name.empty() && key_of(table.of_type) == key) typed.push_back(name);
    for (const std::string& table : typed) drop_relation(table, true);
    keep(key);
    enums_.erase(key);
    domains_.erase(key);
    objects_.erase(key);
}

void Schema::drop(const sql::Drop& drop) {
    for (const sql::DroppedObject& object : drop.objects) {
        const std::string key = key_of(object.name);
        if (drop.object == ObjectKind::index) drop_index(object.name);
        if (is_relation_or_sequence(drop.object)) drop_relation(key, drop.cascade);
        if (is_type(drop.object)) drop_type(key);
        if (drop.object == ObjectKind::schema) drop_schema(object.name.name);
        if (is_routine(drop.object)) {
            keep(key);
            functions_.erase(key);
        }
        if (drop.object == ObjectKind::publication)
            for (auto& [other, table] : tables_) {
                keep(other);
                drop_dependent(table, drop.object, object.name.name);
            }
        if (drop.object == ObjectKind::trigger) std::erase(met(object.name).triggers, object.part);
        if (drop.object == ObjectKind::trigger || drop.object == ObjectKind::policy ||
            drop.object == ObjectKind::rule)
            drop_dependent(met(object.name), drop.object, object.part);
    }
}

}  // namespace migrations::rules
