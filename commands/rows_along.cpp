#include "commands/rows_along.hpp"

#include "commands/described.hpp"
#include "migrations/sql/split.hpp"

#include <algorithm>
#include <string>
#include <variant>

namespace commands {

using migrations::sql::Constraint;
using migrations::sql::Mention;
using migrations::sql::ObjectName;
using migrations::sql::Touched;

namespace {

bool is_same(const ObjectName& one, const ObjectName& other) {
    return one.name == other.name &&
           (one.schema.empty() || other.schema.empty() || one.schema == other.schema);
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
        }
    }
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
    const auto is_word = [&](std::size_t index, std::string_view word) {
        return index < names.size() && names[index].parts.size() == 1 &&
               names[index].parts.front() == word;
    };
    std::vector<ObjectName> tables;
    for (std::size_t index = 0; index < names.size(); ++index) {
        if (!is_word(index, "delete") || !is_word(index + 1, "from")) continue;
        const std::size_t table = index + (is_word(index + 2, "only") ? 3 : 2);
        if (table < names.size()) tables.push_back(name_of(names[table]));
    }
    return tables;
}

}  // namespace commands
