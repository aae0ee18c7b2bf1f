#include "commands/rows_along.hpp"

#include "commands/described.hpp"
#include "migrations/sql/split.hpp"

#include <algorithm>
#include <string>
#include <variant>

namespace commands {

using migrations::sql::Constraint;
using migrations::sql::Mention;
using migrations::sql::ObjectKind;
using migrations::sql::ObjectName;
using migrations::sql::Touched;

namespace {

bool is_same(const ObjectName& one, const ObjectName& other) {
    return one.name == other.name &&
           (one.schema.empty() || other.schema.empty() || one.schema == other.schema);
}

bool is_word(const std::vector<Mention>& names, std::size_t index, std::string_view word) {
    return index < names.size() && names[index].parts.size() == 1 &&
           names[index].parts.front() == word;
}

// Behind INSERT INTO, UPDATE, MERGE INTO or COPY.
bool is_written(const std::vector<Mention>& names, std::size_t index) {
    if (index > 1 && is_word(names, index - 1, "only")) --index;
    if (index == 0) return false;
    if (is_word(names, index - 1, "update") || is_word(names, index - 1, "copy")) return true;
    return index > 1 && is_word(names, index - 1, "into") &&
           (is_word(names, index - 2, "insert") || is_word(names, index - 2, "merge"));
}

ObjectName name_of(const Mention& mention) {
    ObjectName name{"", mention.parts.back(), mention.begin};
    if (mention.parts.size() > 1) name.schema = mention.parts[mention.parts.size() - 2];
    return name;
}

}  // namespace

void RowsAlong::see(const ObjectName& table, const Constraint& constraint) {
    const char action = constraint.on_delete;
    if (constraint.kind != migrations::sql::ConstraintKind::foreign_key) return;
    if (action == 'c' || action == 'n' || action == 'd')
        references_.push_back({table, constraint.references, action == 'c'});
}

void RowsAlong::read(const migrations::Script& script) {
    for (const auto& statement : migrations::sql::split(script.text).statements) {
        const auto [begin, end] = statement.range;
        const auto action = described(script.text.substr(begin, end - begin));
        if (const auto* create = std::get_if<migrations::sql::CreateTable>(&action)) {
            for (const auto& constraint : create->constraints) see(create->table, constraint);
            for (const auto& column : create->columns)
                for (const auto& constraint : column.constraints) see(create->table, constraint);
        } else if (const auto* alter = std::get_if<migrations::sql::AlterTable>(&action)) {
            for (const auto& change : alter->changes) {
                see(alter->table, change.constraint);
                for (const auto& constraint : change.column.constraints)
                    see(alter->table, constraint);
            }
        } else if (const auto* rename = std::get_if<migrations::sql::Rename>(&action)) {
            if (rename->object == ObjectKind::table)
                call_too(rename->name, {rename->name.schema, rename->new_name});
        } else if (const auto* move = std::get_if<migrations::sql::SetSchema>(&action)) {
            if (move->object == ObjectKind::table)
                call_too(move->name, {move->new_schema, move->name.name});
        }
    }
}

// By its old name too: it may be that scripts of before are asked about.
void RowsAlong::call_too(const ObjectName& table, const ObjectName& other) {
    const auto call = [&](ObjectName Reference::*end) {
        for (std::size_t index = 0, count = references_.size(); index < count; ++index) {
            if (!is_same(references_[index].*end, table)) continue;
            Reference reference = references_[index];
            reference.*end = other;
            references_.push_back(std::move(reference));
        }
    };
    call(&Reference::from);
    call(&Reference::to);
}

std::vector<Touched> RowsAlong::behind(const ObjectName& table) const {
    std::vector<ObjectName> emptied{table};
    std::vector<Touched> along;
    for (std::size_t index = 0; index < emptied.size(); ++index)
        for (const Reference& reference : references_) {
            const ObjectName& from = reference.from;
            if (!is_same(reference.to, ObjectName{emptied[index]})) continue;
            Touched rows{"rows of table", from.schema, from.name, "", 0};
            if (std::find(along.begin(), along.end(), rows) == along.end())
                along.push_back(std::move(rows));
            const bool is_known = std::find(emptied.begin(), emptied.end(), from) != emptied.end();
            if (reference.deletes && !is_known) emptied.push_back(from);
        }
    return along;
}

std::vector<ObjectName> deleted_from(std::string_view text) {
    const auto names = migrations::sql::read_mentions(text).names;
    std::vector<ObjectName> tables;
    for (std::size_t index = 0; index < names.size(); ++index) {
        if (!is_word(names, index, "delete") || !is_word(names, index + 1, "from")) continue;
        const std::size_t table = index + (is_word(names, index + 2, "only") ? 3 : 2);
        if (table < names.size()) tables.push_back(name_of(names[table]));
    }
    return tables;
}

std::optional<std::size_t> find_written(const Touched& rows,
                                        const migrations::sql::Mentions& mentions) {
    const auto& names = mentions.names;
    for (std::size_t index = 0; index < names.size(); ++index)
        if ((names[index].is_within || is_written(names, index)) &&
            is_same(name_of(names[index]), {rows.schema, rows.name}))
            return names[index].begin;
    return std::nullopt;
}

}  // namespace commands
