#include "commands/integrity.hpp"
#include "commands/present_names.hpp"
#include "migrations/rules/session.hpp"
#include "migrations/sql/describe.hpp"
#include "migrations/sql/parse.hpp"
#include "migrations/sql/split.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace commands {

using migrations::Script;
namespace sql = migrations::sql;

namespace {

// "$user" stands for the role's own.
std::vector<std::string> names_in(std::string_view path) {
    std::vector<std::string> names;
    while (!path.empty()) {
        const std::size_t comma = std::min(path.find(','), path.size());
        std::string_view name = path.substr(0, comma);
        constexpr std::string_view around = " \t\n\r\"";
        name.remove_prefix(std::min(name.find_first_not_of(around), name.size()));
        name = name.substr(0, name.find_last_not_of(around) + 1);
        if (!name.empty()) names.emplace_back(name);
        path.remove_prefix(std::min(comma + 1, path.size()));
    }
    return names;
}

bool calls(const sql::Rows& rows, std::string_view function) {
    const auto& all = rows.all.functions;
    return std::find(all.begin(), all.end(), function) != all.end();
}

bool asks_otherwise(const sql::Constraint& constraint) {
    using Kind = sql::ConstraintKind;
    if (constraint.not_valid) return false;
    return constraint.kind == Kind::foreign_key || constraint.kind == Kind::exclusion ||
           (constraint.kind == Kind::check && constraint.expression.not_null_columns.empty());
}

class Asking {
public:
    explicit Asking(Questions& questions) : questions_{questions} {}

    void read(const Script& script) {
        session_ = {};
        code_sets_path_ = false;
        if (script.mode == migrations::TransactionMode::one) session_.begin(0, false);
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
            follow(action, index);
        }
    }

private:
    void take(const sql::Action& action) {
        if (const auto* table = std::get_if<sql::AlterTable>(&action))
            for (const sql::TableChange& change : table->changes) take(table->table, change);
        if (const auto* index = std::get_if<sql::CreateIndex>(&action)) take(*index);
        if (const auto* rows = std::get_if<sql::Rows>(&action)) note_written(*rows);
        if (const auto* domain = std::get_if<sql::AlterDomain>(&action)) take(*domain);
        if (!std::holds_alternative<sql::DoBlock>(action)) return;
        may_write_anything_ = true;
        questions_.not_asked.push_back(place_ + ": what a DO block may ask of the rows");
    }

    void note_written(const sql::Rows& rows) {
        if (rows.verb != sql::RowsVerb::select && rows.verb != sql::RowsVerb::copy_to)
            written_.push_back(names_.of(in_schema(rows.table)).name);
        for (const sql::Rows& each : rows.with) note_written(each);
    }

    // What the statements after it meet: settings, and other names.
    void follow(sql::Action& action, std::size_t index) {
        if (const auto* code = std::get_if<sql::DoBlock>(&action))
            code_sets_path_ |= code->body.find("search_path") != std::string::npos;
        if (const auto* rows = std::get_if<sql::Rows>(&action))
            code_sets_path_ |= calls(*rows, "set_config");
        if (const auto* set = std::get_if<sql::Set>(&action);
            set != nullptr && set->name == "search_path")
            code_sets_path_ = false;
        session_.apply(action, index, {});
        if (auto* create = std::get_if<sql::CreateTable>(&action)) place(create->table);
        if (auto* create = std::get_if<sql::CreateTableAs>(&action)) place(create->table);
        if (auto* alter = std::get_if<sql::AlterTable>(&action))
            alter->table = in_schema(alter->table);
        if (auto* rename = std::get_if<sql::Rename>(&action))
            if (rename->object != sql::ObjectKind::schema) rename->name = in_schema(rename->name);
        if (auto* set = std::get_if<sql::SetSchema>(&action)) set->name = in_schema(set->name);
        names_.take(action);
    }

    // Nothing where the session's own counts; where a script has set it to what is not known, one
    // without a name.
    [[nodiscard]] std::optional<std::vector<std::string>> path() const {
        const auto* setting = session_.setting("search_path");
        if (code_sets_path_) return std::vector<std::string>{};
        if (setting == nullptr) return std::nullopt;
        return names_in(setting->value);
    }

    void place(sql::ObjectName& name) const {
        if (const auto names = path(); name.schema.empty() && names && !names->empty())
            name.schema = names->front();
    }

    // Of several that are searched the one that a statement before has put it in.
    [[nodiscard]] sql::ObjectName in_schema(const sql::ObjectName& name) const {
        const auto names = path();
        if (!name.schema.empty() || !names) return name;
        for (const std::string& schema : *names)
            if (names_.has({schema, name.name, 0})) return {schema, name.name, 0};
        if (names->size() == 1 && names->front() != "$user") return {names->front(), name.name, 0};
        return name;
    }

    void take(const sql::ObjectName& table, const sql::TableChange& change) {
        if (change.kind == sql::TableChangeKind::set_not_null) ask_null(table, change.name);
        if (change.kind == sql::TableChangeKind::validate_constraint)
            questions_.validated.push_back(change.name);
        if (change.kind == sql::TableChangeKind::add_constraint) take(table, change.constraint);
        if (change.kind == sql::TableChangeKind::attach_partition)
            not_asked(change.other, "the bound of a partition");
    }

    void take(const sql::ObjectName& table, const sql::Constraint& constraint) {
        const bool is_primary = constraint.kind == sql::ConstraintKind::primary_key;
        if (is_primary || constraint.kind == sql::ConstraintKind::unique)
            if (constraint.using_index.empty())
                ask_unique(table, constraint.columns, constraint.nulls_not_distinct);
        if (is_primary)
            for (const std::string& column : constraint.columns) ask_null(table, column);
        if (asks_otherwise(constraint)) not_asked(table, "a constraint");
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

    void not_asked(const sql::ObjectName& table, const std::string& what) {
        const auto name = names_.of(in_schema(table));
        if (name.is_made) return;
        questions_.not_asked.push_back(place_ + ": whether the rows of " +
                                       (name.name.schema.empty() ? "" : name.name.schema + ".") +
                                       name.name.name + " satisfy " + what);
    }

    void take(const sql::AlterDomain& alter) {
        if (alter.kind != sql::DomainChangeKind::set_not_null &&
            (alter.kind != sql::DomainChangeKind::add_constraint || alter.constraint.not_valid))
            return;
        questions_.not_asked.push_back(place_ + ": whether all values of the domain " +
                                       alter.domain.name + " satisfy it");
    }

    void ask_unique(const sql::ObjectName& table, const std::vector<std::string>& columns,
                    bool nulls_are_equal) {
        if (auto question = question_of(table, columns)) {
            question->nulls_are_equal = nulls_are_equal;
            questions_.unique.push_back(*std::move(question));
        }
    }

    void ask_null(const sql::ObjectName& table, const std::string& column) {
        if (auto question = question_of(table, {column}))
            questions_.not_null.push_back(*std::move(question));
    }

    std::optional<RowsQuestion> question_of(const sql::ObjectName& table,
                                            const std::vector<std::string>& columns) {
        const sql::ObjectName name = in_schema(table);
        const auto searched = path();
        if (name.schema.empty() && searched && searched->empty()) {
            questions_.not_asked.push_back(place_ + ": which table " + table.name +
                                           " is, by the search_path that is set before");
            return std::nullopt;
        }
        const PresentTable present = names_.of(name);
        RowsQuestion question{present.name.schema,      present.name.name, {}, false, place_,
                              is_written(present.name), present.is_made};
        if (question.schema.empty() && searched) question.search_path = *searched;
        for (const std::string& column : columns) {
            question.columns.push_back(present.column(column));
            question.is_made_before |= present.is_column_made(column);
        }
        return question;
    }

    [[nodiscard]] bool is_written(const sql::ObjectName& table) const {
        return may_write_anything_ ||
               std::any_of(written_.begin(), written_.end(),
                           [&](const sql::ObjectName& each) { return each.name == table.name; });
    }

    Questions& questions_;
    std::string place_;
    migrations::rules::Session session_;
    PresentNames names_;
    bool code_sets_path_{};
    std::vector<sql::ObjectName> written_;  // as the target calls them
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
