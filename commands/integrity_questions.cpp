#include "commands/integrity.hpp"
#include "migrations/sql/describe.hpp"
#include "migrations/sql/parse.hpp"
#include "migrations/sql/split.hpp"

#include <algorithm>
#include <string_view>

namespace commands {

using migrations::Script;
namespace sql = migrations::sql;

namespace {

class Asking {
public:
    explicit Asking(Questions& questions) : questions_{questions} {}

    void read(const Script& script) {
        for (std::size_t index = 0; index < script.statements.size(); ++index) {
            const auto& statement = script.statements[index];
            place_ = script.path + ":" + std::to_string(statement.line);
            const std::string text =
                script.text.substr(statement.begin, statement.end - statement.begin);
            sql::Action action{sql::Other{}};
            const auto ranges = sql::split(text).statements;
            if (ranges.size() != 1) continue;
            static_cast<void>(sql::with_tree(
                text, ranges.front().depth_bound,
                [&](const PgQuery__Node& node) { action = sql::describe(node, text); }));
            take(action);
        }
    }

private:
    void take(const sql::Action& action) {
        if (const auto* table = std::get_if<sql::AlterTable>(&action))
            for (const sql::TableChange& change : table->changes) take(table->table, change);
        if (const auto* index = std::get_if<sql::CreateIndex>(&action)) take(*index);
        if (const auto* rows = std::get_if<sql::Rows>(&action))
            if (rows->verb != sql::RowsVerb::select && rows->verb != sql::RowsVerb::copy_to)
                written_.push_back(rows->table);
        if (std::holds_alternative<sql::DoBlock>(action)) may_write_anything_ = true;
    }

    void take(const sql::ObjectName& table, const sql::TableChange& change) {
        if (change.kind == sql::TableChangeKind::set_not_null) ask_null(table, change.name);
        if (change.kind == sql::TableChangeKind::validate_constraint)
            questions_.validated.push_back(change.name);
        if (change.kind == sql::TableChangeKind::add_constraint) take(table, change.constraint);
    }

    void take(const sql::ObjectName& table, const sql::Constraint& constraint) {
        const bool is_primary = constraint.kind == sql::ConstraintKind::primary_key;
        if (is_primary || constraint.kind == sql::ConstraintKind::unique)
            if (constraint.using_index.empty())
                ask_unique(table, constraint.columns, constraint.nulls_not_distinct);
        if (is_primary)
            for (const std::string& column : constraint.columns) ask_null(table, column);
        if (constraint.kind == sql::ConstraintKind::check)
            for (const std::string& column : constraint.expression.not_null_columns)
                ask_null(table, column);
    }

    void take(const sql::CreateIndex& index) {
        if (!index.unique) return;
        std::vector<std::string> columns;
        bool is_plain = !index.where.is_there;
        for (const sql::IndexColumn& column : index.columns) {
            is_plain = is_plain && !column.name.empty();
            columns.push_back(column.name);
        }
        if (is_plain) return ask_unique(index.table, columns, index.nulls_not_distinct);
        questions_.not_asked.push_back(place_ +
                                       ": a unique index on an expression, or on a part "
                                       "of the rows");
    }

    void ask_unique(const sql::ObjectName& table, const std::vector<std::string>& columns,
                    bool nulls_are_equal) {
        questions_.unique.push_back(
            {table.schema, table.name, columns, nulls_are_equal, place_, is_written(table)});
    }

    void ask_null(const sql::ObjectName& table, const std::string& column) {
        questions_.not_null.push_back(
            {table.schema, table.name, {column}, false, place_, is_written(table)});
    }

    [[nodiscard]] bool is_written(const sql::ObjectName& table) const {
        return may_write_anything_ ||
               std::any_of(written_.begin(), written_.end(),
                           [&](const sql::ObjectName& each) { return each.name == table.name; });
    }

    Questions& questions_;
    std::string place_;
    std::vector<sql::ObjectName> written_;
    bool may_write_anything_{};
};

}  // namespace

Questions questions_of(const std::vector<const Script*>& pending) {
    Questions questions;
    Asking asking{questions};
    for (const Script* script : pending) asking.read(*script);
    return questions;
}

}  // namespace commands
