#include "commands/integrity.hpp"
#include "commands/present_names.hpp"
#include "migrations/rules/session.hpp"
#include "migrations/sql/describe.hpp"
#include "migrations/sql/mentions.hpp"
#include "migrations/sql/parse.hpp"
#include "migrations/sql/split.hpp"

#include <algorithm>
#include <array>
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

// What it executes is not told by its text, or what it calls may write anywhere.
bool is_dynamic(const sql::DoBlock& code, const sql::Mentions& mentions) {
    if (!code.language.empty() && code.language != "plpgsql" && code.language != "sql") return true;
    const bool is_joined =
        std::any_of(mentions.operators.begin(), mentions.operators.end(),
                    [](const sql::OperatorMention& each) { return each.text.starts_with("||"); });
    return std::any_of(mentions.names.begin(), mentions.names.end(), [&](const sql::Mention& each) {
        if (each.parts.size() != 1) return false;
        const std::string& word = each.parts.front();
        if (word == "perform" || word == "call" || word == "format" || word == "concat")
            return true;
        if (word != "execute") return false;
        const auto next = code.body.find_first_not_of(" \t\r\n", each.begin + word.size());
        const bool is_constant =
            next != std::string::npos && (code.body[next] == '\'' || code.body[next] == '$');
        return is_joined || !is_constant;
    });
}

// Types that no script can have given a default.
bool is_built_in(const sql::TypeName& type) {
    constexpr std::array<std::string_view, 23> names{
        "int2",    "int4",   "int8",  "numeric", "float4", "float8",    "bool",        "text",
        "varchar", "bpchar", "date",  "time",    "timetz", "timestamp", "timestamptz", "interval",
        "uuid",    "json",   "jsonb", "bytea",   "inet",   "cidr",      "xml"};
    return type.array_dimensions > 0 ||
           (type.schema.empty() && std::find(names.begin(), names.end(), type.name) != names.end());
}

const sql::Constraint* find_constraint(const sql::Column& column, sql::ConstraintKind kind) {
    const auto found = std::find_if(column.constraints.begin(), column.constraints.end(),
                                    [&](const auto& each) { return each.kind == kind; });
    return found == column.constraints.end() ? nullptr : &*found;
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
        if (const auto* truncate = std::get_if<sql::Truncate>(&action))
            for (const sql::ObjectName& table : truncate->tables) {
                written_.push_back(names_.of(in_schema(table)).name);
                emptied_.push_back(written_.back());
            }
        const auto* code = std::get_if<sql::DoBlock>(&action);
        if (code == nullptr) return;
        note_written(*code);
        questions_.not_asked.push_back(place_ + ": what a DO block may ask of the rows");
    }

    // Whatever it names.
    void note_written(const sql::DoBlock& code) {
        const auto mentions = sql::read_mentions(code.body);
        may_write_anything_ = may_write_anything_ || is_dynamic(code, mentions);
        for (const sql::Mention& each : mentions.names)
            for (std::size_t index = 0; index < each.parts.size(); ++index) {
                const std::string schema = index == 0 ? "" : each.parts[index - 1];
                written_.push_back(names_.of(in_schema({schema, each.parts[index], 0})).name);
                emptied_.push_back(written_.back());
            }
    }

    void note_written(const sql::Rows& rows) {
        if (rows.verb != sql::RowsVerb::select && rows.verb != sql::RowsVerb::copy_to)
            written_.push_back(names_.of(in_schema(rows.table)).name);
        if (rows.verb == sql::RowsVerb::erase || rows.verb == sql::RowsVerb::merge)
            emptied_.push_back(names_.of(in_schema(rows.table)).name);
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
        if (change.kind == sql::TableChangeKind::add_column) ask_of_new(table, change);
        if (change.kind == sql::TableChangeKind::set_type) note_retyped(table, change);
        if (change.kind == sql::TableChangeKind::validate_constraint)
            questions_.validated.push_back(change.name);
        if (change.kind == sql::TableChangeKind::add_constraint) take(table, change.constraint);
        if (change.kind == sql::TableChangeKind::attach_partition)
            not_asked(change.other, "the bound of a partition");
    }

    void note_retyped(const sql::ObjectName& table, const sql::TableChange& change) {
        const PresentTable present = names_.of(in_schema(table));
        if (present.is_made || present.is_column_made(change.name)) return;
        retyped_.emplace_back(present.name.name, present.column(change.name));
        const auto& type = change.column.type;
        if (type.name == "text" && type.schema.empty() && !change.expression.is_there) return;
        questions_.not_asked.push_back(place_ + ": whether the values of column " + change.name +
                                       " of " + table.name + " can be those of its new type");
    }

    // A column without a default has no value in the rows that are there, or all have one.
    void ask_of_new(const sql::ObjectName& table, const sql::TableChange& change) {
        using Kind = sql::ConstraintKind;
        const sql::Column& column = change.column;
        const auto has = [&](Kind kind) { return find_constraint(column, kind) != nullptr; };
        const bool is_key = has(Kind::primary_key);
        if (has(Kind::identity) || has(Kind::generated) || column.type.name.ends_with("serial"))
            return;
        const auto* value = find_constraint(column, Kind::default_value);
        const bool is_set = value != nullptr && !value->expression.is_null;
        if (!is_set && (is_key || has(Kind::not_null))) {
            if (is_built_in(column.type)) return ask_rows(table, change, true);
            return not_asked(table, "a new column's NOT NULL");
        }
        if (!is_set) return;
        if (is_key || has(Kind::unique)) {
            if (value->expression.is_literal) return ask_rows(table, change, false);
            not_asked(table, "a new column's unique key");
        }
        for (const sql::Constraint& constraint : column.constraints)
            if (asks_otherwise(constraint)) not_asked(table, "a constraint");
    }

    void ask_rows(const sql::ObjectName& table, const sql::TableChange& change,
                  bool is_none_allowed) {
        auto question = question_of(table, {});
        if (!question) return;
        question->is_none_allowed = is_none_allowed;
        if (change.if_exists) question->unless_column = change.column.name;
        question->is_written_before = may_write_anything_ || has_table(emptied_, question->table);
        questions_.rows.push_back(*std::move(question));
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
        if (auto question = question_of(table, {column})) {
            question->is_retyped_before = false;
            questions_.not_null.push_back(*std::move(question));
        }
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
            question.is_retyped_before |=
                std::find(retyped_.begin(), retyped_.end(),
                          std::pair{present.name.name, question.columns.back()}) != retyped_.end();
        }
        return question;
    }

    using ObjectNames = std::vector<sql::ObjectName>;
    static bool has_table(const ObjectNames& names, const std::string& table) {
        return std::any_of(names.begin(), names.end(),
                           [&](const sql::ObjectName& each) { return each.name == table; });
    }

    [[nodiscard]] bool is_written(const sql::ObjectName& table) const {
        return may_write_anything_ || has_table(written_, table.name);
    }

    Questions& questions_;
    std::string place_;
    migrations::rules::Session session_;
    PresentNames names_;
    bool code_sets_path_{};
    ObjectNames written_;  // as the target calls them
    ObjectNames emptied_;  // of them those that may have no rows then
    std::vector<std::pair<std::string, std::string>> retyped_;  // table, column
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
