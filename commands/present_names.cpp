#include "commands/present_names.hpp"

namespace commands {

namespace sql = migrations::sql;

namespace {

std::pair<std::string, std::string> key_of(const sql::ObjectName& name) {
    return {name.schema.empty() ? "public" : name.schema, name.name};
}

}  // namespace

// Of what is made the name before is empty.
bool PresentTable::is_column_made(const std::string& column) const {
    const auto found = columns.find(column);
    return found != columns.end() && found->second.empty();
}

std::string PresentTable::column(const std::string& now) const {
    const auto found = columns.find(now);
    return found == columns.end() || found->second.empty() ? now : found->second;
}

const PresentTable* PresentNames::find(const sql::ObjectName& name) const {
    const auto found = tables_.find(key_of(name));
    return found == tables_.end() ? nullptr : &found->second;
}

bool PresentNames::has(const sql::ObjectName& name) const { return find(name) != nullptr; }

PresentTable PresentNames::of(const sql::ObjectName& name) const {
    if (const PresentTable* table = find(name)) return *table;
    const auto schema = schemas_.find(name.schema);
    return {{schema == schemas_.end() ? name.schema : schema->second, name.name, 0}, false, {}};
}

PresentTable& PresentNames::known(const sql::ObjectName& name) {
    return tables_.try_emplace(key_of(name), of(name)).first->second;
}

void PresentNames::make(const sql::ObjectName& name) {
    tables_[key_of(name)] = {{name.schema, name.name, 0}, true, {}};
}

void PresentNames::move(const sql::ObjectName& from, const sql::ObjectName& to) {
    PresentTable table = of(from);
    tables_.erase(key_of(from));
    tables_[key_of(to)] = std::move(table);
}

void PresentNames::move_schema(const std::string& from, const std::string& to) {
    std::vector<sql::ObjectName> names;
    for (const auto& [key, table] : tables_)
        if (key.first == from) names.push_back({key.first, key.second, 0});
    for (const sql::ObjectName& name : names) move(name, {to, name.name, 0});
    const auto first = schemas_.find(from);
    schemas_[to] = first == schemas_.end() ? from : first->second;
}

void PresentNames::rename(const sql::Rename& rename) {
    if (rename.object == sql::ObjectKind::schema)
        return move_schema(rename.name.name, rename.new_name);
    if (rename.object == sql::ObjectKind::table)
        return move(rename.name, {rename.name.schema, rename.new_name, 0});
    if (rename.object != sql::ObjectKind::column) return;
    PresentTable& table = known(rename.name);
    const std::string before = table.is_column_made(rename.part) ? "" : table.column(rename.part);
    table.columns.erase(rename.part);
    table.columns[rename.new_name] = before;
}

void PresentNames::take(const sql::Action& action) {
    if (const auto* create = std::get_if<sql::CreateTable>(&action)) make(create->table);
    if (const auto* create = std::get_if<sql::CreateTableAs>(&action)) make(create->table);
    if (const auto* create = std::get_if<sql::CreateSchema>(&action))
        for (const sql::CreateTable& table : create->tables)
            make({table.table.schema.empty() ? create->name : table.table.schema, table.table.name,
                  0});
    if (const auto* alter = std::get_if<sql::AlterTable>(&action))
        for (const sql::TableChange& change : alter->changes)
            if (change.kind == sql::TableChangeKind::add_column)
                known(alter->table).columns[change.column.name] = "";
    if (const auto* renamed = std::get_if<sql::Rename>(&action)) rename(*renamed);
    if (const auto* set = std::get_if<sql::SetSchema>(&action))
        if (set->object == sql::ObjectKind::table)
            move(set->name, {set->new_schema, set->name.name, 0});
}

}  // namespace commands
