#include "migrations/rules/schema.hpp"

#include "migrations/rules/table_changes.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace migrations::rules {

using sql::ConstraintKind;

namespace {

bool is_default(const sql::Constraint& constraint) {
    return constraint.kind == ConstraintKind::default_value && !constraint.expression.is_null;
}

template <class Items>
auto* named(Items& items, const std::string& name) {
    const auto found = std::find_if(items.begin(), items.end(),
                                    [&](const auto& item) { return item.name == name; });
    return found == items.end() ? nullptr : &*found;
}

template <class Map>
const typename Map::mapped_type* at(const Map& map, const std::string& key) {
    const auto found = map.find(key);
    return found == map.end() ? nullptr : &found->second;
}

template <class Map>
std::optional<typename Map::mapped_type> found_in(const Map& map, const std::string& key) {
    const auto* found = at(map, key);
    return found == nullptr ? std::nullopt : std::optional{*found};
}

template <class Map>
void put_back(Map& map, const std::string& key, std::optional<typename Map::mapped_type> before) {
    if (before)
        map.insert_or_assign(key, std::move(*before));
    else
        map.erase(key);
}

void make_old(KnownTable& table) {
    table.origin = Origin::history;
    table.is_filled = false;
    table.holds_older = false;
    table.transaction = 0;
    table.row_count.reset();
    for (KnownConstraint& constraint : table.constraints) {
        constraint.origin = Origin::history;
        constraint.transaction = 0;
    }
    for (KnownIndex& index : table.indexes) index.origin = Origin::history;
    for (KnownColumn& column : table.columns) column.origin = Origin::history;
}

}  // namespace

bool is_serial(const sql::TypeName& type) {
    constexpr std::array names{"serial",  "bigserial", "smallserial",
                               "serial2", "serial4",   "serial8"};
    return std::any_of(names.begin(), names.end(),
                       [&](const char* name) { return type.name == name; });
}

KnownColumn known_column(const sql::Column& column) {
    KnownColumn known{column.name, column.type, column.collation};
    known.has_default = is_serial(column.type);
    known.not_null = is_serial(column.type);
    for (const sql::Constraint& each : column.constraints) {
        if (each.kind == ConstraintKind::not_null || each.kind == ConstraintKind::primary_key)
            known.not_null = true;
        if (is_default(each)) known.has_default = true;
        if (each.kind == ConstraintKind::generated) known.generated = true;
        if (each.kind == ConstraintKind::identity) known.identity = known.not_null = true;
    }
    return known;
}

std::vector<std::string> mentioned_by(const sql::CreateIndex& create) {
    std::vector<std::string> columns = create.where.columns;
    const auto add = [&](const std::vector<std::string>& more) {
        columns.insert(columns.end(), more.begin(), more.end());
    };
    add(create.including);
    for (const sql::IndexColumn& column : create.columns) add(column.expression.columns);
    return columns;
}

std::string key_of(const ObjectName& name) {
    return name.schema.empty() || name.schema == "public" ? name.name
                                                          : name.schema + "." + name.name;
}

bool may_be_row_type(const sql::TypeName& type) {
    // PostgreSQL 15, pg_type: what a column may have.
    constexpr std::string_view own =
        " aclitem bit bool box bpchar bytea char cid cidr circle date datemultirange daterange "
        "float4 float8 inet int2 int2vector int4 int4multirange int4range int8 int8multirange "
        "int8range interval json jsonb jsonpath line lseg macaddr macaddr8 money name numeric "
        "nummultirange numrange oid oidvector path pg_lsn pg_snapshot point polygon refcursor "
        "regclass regcollation regconfig regdictionary regnamespace regoper regoperator regproc "
        "regprocedure regrole regtype text tid time timestamp timestamptz timetz tsmultirange "
        "tsquery tsrange tstzmultirange tstzrange tsvector txid_snapshot uuid varbit varchar xid "
        "xid8 xml ";
    return !type.schema.empty() || own.find(" " + type.name + " ") == own.npos;
}

const KnownColumn* KnownTable::column(const std::string& column_name) const {
    return named(columns, column_name);
}

const KnownConstraint* KnownTable::constraint(const std::string& constraint_name) const {
    return named(constraints, constraint_name);
}

const KnownIndex* KnownTable::index(const std::string& index_name) const {
    return named(indexes, index_name);
}

bool KnownTable::has_part(const std::string& part) const {
    return constraint(part) != nullptr || index(part) != nullptr;
}

std::vector<std::string> KnownTable::below() const {
    std::vector<std::string> keys = partitions;
    keys.insert(keys.end(), heirs.begin(), heirs.end());
    return keys;
}

void Schema::end_script() {
    for (const std::string& key : changed_) {
        if (const auto table = tables_.find(key); table != tables_.end()) make_old(table->second);
        if (const auto view = views_.find(key); view != views_.end())
            view->second.origin = Origin::history;
        if (const auto known = enums_.find(key); known != enums_.end()) {
            known->second.origin = Origin::history;
            known->second.added.clear();
        }
        if (const auto domain = domains_.find(key); domain != domains_.end())
            domain->second.origin = Origin::history;
        if (const auto function = functions_.find(key); function != functions_.end())
            function->second.origin = Origin::history;
        if (const auto object = objects_.find(key); object != objects_.end())
            object->second.origin = Origin::history;
    }
    changed_.clear();
}

void Schema::begin_trial() { trial_.emplace(); }

void Schema::take_back() {
    if (!trial_) return;
    for (auto& [key, before] : trial_->objects) {
        put_back(tables_, key, std::move(before.table));
        put_back(views_, key, std::move(before.view));
        put_back(enums_, key, std::move(before.enumeration));
        put_back(domains_, key, std::move(before.domain));
        put_back(functions_, key, std::move(before.function));
        put_back(objects_, key, std::move(before.object));
    }
    for (auto& [key, before] : trial_->indexes) put_back(table_of_index_, key, std::move(before));
    trial_.reset();
}

void Schema::keep(const std::string& key) {
    touched_.push_back(key);
    if (!trial_ || trial_->objects.contains(key)) return;
    trial_->objects[key] = {found_in(tables_, key),    found_in(views_, key),
                            found_in(enums_, key),     found_in(domains_, key),
                            found_in(functions_, key), found_in(objects_, key)};
}

void Schema::keep_index(const std::string& key) {
    if (trial_ && !trial_->indexes.contains(key))
        trial_->indexes[key] = found_in(table_of_index_, key);
}

void Schema::note_mentions(const std::string& key) {
    if (const KnownTable* table = at(tables_, key))
        for (const KnownColumn& column : table->columns) mentioned_.insert(column.type.name);
    const auto add = [&](const auto* reader) {
        if (reader == nullptr) return;
        for (const ObjectName& read : reader->reads) mentioned_.insert(read.name);
    };
    add(at(views_, key));
    add(at(functions_, key));
}

bool Schema::may_be_mentioned(const ObjectName& relation) const {
    return mentioned_.contains(relation.name);
}

void Schema::put_table(const std::string& key, KnownTable table) {
    KnownTable& place = tables_[key];
    table.index_keys.insert(table.index_keys.end(), place.index_keys.begin(),
                            place.index_keys.end());
    place = std::move(table);
}

void Schema::erase_table(const std::string& key) {
    if (const auto table = tables_.find(key); table != tables_.end()) {
        forget_indexes(table->second, key);
        tables_.erase(table);
    }
    views_.erase(key);
    objects_.erase(key);
}

void Schema::make_object(const ObjectName& name, Origin origin, bool is_composite) {
    mark(key_of(name));
    objects_[key_of(name)] = {name, origin, is_composite};
}

const KnownTable* Schema::table(const ObjectName& name) const { return at(tables_, key_of(name)); }
const KnownView* Schema::view(const ObjectName& name) const { return at(views_, key_of(name)); }
const KnownEnum* Schema::enumeration(const ObjectName& name) const {
    return at(enums_, key_of(name));
}
const KnownDomain* Schema::domain(const ObjectName& name) const {
    return at(domains_, key_of(name));
}
const KnownFunction* Schema::function(const ObjectName& name) const {
    return at(functions_, key_of(name));
}
const KnownObject* Schema::object(const ObjectName& name) const {
    return at(objects_, key_of(name));
}

const KnownTable* Schema::table_of_index(const ObjectName& name) const {
    const std::string* key = at(table_of_index_, key_of(name));
    return key == nullptr ? nullptr : at(tables_, *key);
}

bool Schema::has_made(const ObjectName& name) const {
    if (const KnownTable* known = table(name)) return known->origin == Origin::script;
    if (const KnownView* known = view(name)) return known->origin == Origin::script;
    const KnownObject* known = object(name);
    return known != nullptr && known->origin == Origin::script;
}

bool Schema::is_made_here(const ObjectName& name) const {
    const KnownTable* known = table(name);
    return has_made(name) && (known == nullptr || !known->holds_older);
}

bool Schema::is_new(const ObjectName& name) const {
    if (!is_made_here(name)) return false;
    const KnownTable* known = table(name);
    return known == nullptr || !known->is_filled;
}

bool Schema::is_temporary(const ObjectName& name) const {
    if (name.schema == "pg_temp") return true;
    const KnownTable* known = table(name);
    return known != nullptr && known->temporary;
}

void Schema::set_row_count(const ObjectName& name, double row_count, double below) {
    row_counts_[key_of(name)] = {row_count, below};
}

std::optional<double> Schema::row_count(const ObjectName& name) const {
    if (const RowCount* found = at(row_counts_, key_of(name))) return found->own;
    const KnownTable* known = table(name);
    const bool is_told = known != nullptr && known->origin == Origin::script && !known->holds_older;
    return is_told ? known->row_count : std::nullopt;
}

std::optional<double> Schema::row_count_with_below(const ObjectName& name) const {
    const auto own = row_count(name);
    if (!own) return std::nullopt;
    double below = 0;
    for (const KnownTable* each : all_below(*this, name)) {
        const auto count = row_count(each->name);
        if (!count) return std::nullopt;
        below += *count;
    }
    const RowCount* told = at(row_counts_, key_of(name));
    return *own + std::max(below, told == nullptr ? 0 : told->below);
}

void Schema::fill(const sql::Rows& rows, bool once) {
    KnownTable& table = met(rows.table);
    table.is_filled = true;
    if (!once || rows.verb != sql::RowsVerb::insert || rows.row_count == 0)
        table.row_count.reset();
    else if (table.row_count)
        *table.row_count += static_cast<double>(rows.row_count);
}

}  // namespace migrations::rules
