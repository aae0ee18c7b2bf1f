#include "migrations/rules/row_scope.hpp"
#include "migrations/rules/rule.hpp"
#include "migrations/rules/table_changes.hpp"

#include <algorithm>

namespace migrations::rules {

using sql::Rows;
using sql::RowsVerb;

namespace {

bool is_free(const Situation& situation, const ObjectName& table) {
    const auto written = written_by(situation.schema, table);
    return std::all_of(written.begin(), written.end(), [&](const ObjectName& each) {
        return each.name.empty() || situation.schema.is_new(each) ||
               situation.schema.is_temporary(each) || !is_seen(situation, each);
    });
}

// The statement's own, and those of its WITH clauses.
template <class Ask>
void for_each_writer(const Situation& situation, Ask ask) {
    const auto* rows = situation.does<Rows>();
    if (rows == nullptr) return;
    for (const Rows& each : rows->with) ask(each);
    ask(*rows);
}

std::string batch_of(const Rows& rows) {
    const std::string table = quoted(rows.table);
    const std::string verb = rows.verb == RowsVerb::erase ? "DELETE FROM " : "UPDATE ";
    return verb + table + (rows.verb == RowsVerb::erase ? "" : " SET ...") +
           " WHERE id IN (SELECT id FROM " + table +
           " WHERE ... LIMIT 5000 FOR UPDATE SKIP LOCKED), commit, and again until nothing is left";
}

void say_every_row(const Situation& situation, const Rows& rows, Report& report) {
    const bool erases = rows.verb == RowsVerb::erase;
    const std::string table = quoted(rows.table);
    const std::string cause = rows.has_where ? " whose WHERE always holds" : " without WHERE";
    Finding& finding =
        report.say(erases ? "delete-without-where" : "update-without-where", situation.statement,
                   std::string{erases ? "a DELETE" : "an UPDATE"} + cause +
                       (erases ? " removes every row of " : " writes every row of ") + table +
                       " in one go and keeps them all locked until it has committed");
    finding.help = {"in batches: " + batch_of(rows),
                    "in a migration of its own, apart from changes of the schema"};
    finding.table = rows.table;
}

void update_without_where(const Situation& situation, Report& report) {
    for_each_writer(situation, [&](const Rows& rows) {
        if (rows.verb == RowsVerb::update && takes_every_row(rows) &&
            !is_free(situation, rows.table))
            say_every_row(situation, rows, report);
    });
}

void delete_without_where(const Situation& situation, Report& report) {
    for_each_writer(situation, [&](const Rows& rows) {
        if (rows.verb == RowsVerb::erase && takes_every_row(rows) &&
            !is_free(situation, rows.table))
            say_every_row(situation, rows, report);
    });
}

bool is_over_whole_table(const Schema& schema, const Rows& rows) {
    if (rows.verb == RowsVerb::merge)
        return rows.changes_found && !rows.reads.empty() && !rows.has_limit;
    if (rows.verb != RowsVerb::update && rows.verb != RowsVerb::erase) return false;
    return takes_every_row(rows) || !is_bounded(schema, rows);
}

std::string_view doing(RowsVerb verb) {
    if (verb == RowsVerb::merge) return "one MERGE writes";
    return verb == RowsVerb::erase ? "one DELETE takes" : "one UPDATE writes";
}

void say_batches_in_one(const Situation& situation, const Rows& rows, Report& report) {
    Finding& finding = report.say(
        "backfill-unbatched", situation.statement,
        "the loop commits nothing between its rounds: all the rows of " + quoted(rows.table) +
            " that it writes stay locked until its end, as with one statement over all of them");
    finding.help = {
        "COMMIT at the end of each round, in a DO block or a procedure that no "
        "transaction is open around"};
    finding.table = rows.table;
}

void backfill_unbatched(const Situation& situation, Report& report) {
    for_each_writer(situation, [&](const Rows& rows) {
        const bool changes = rows.verb == RowsVerb::update || rows.verb == RowsVerb::erase;
        if (situation.statement.goes_on && changes && is_batch(rows) &&
            !is_free(situation, rows.table))
            return say_batches_in_one(situation, rows, report);
        if (is_free(situation, rows.table) || !is_over_whole_table(situation.schema, rows)) return;
        Finding& finding = report.say(
            "backfill-unbatched", situation.statement,
            std::string{doing(rows.verb)} + " as many rows of " + quoted(rows.table) +
                " as there are: they stay locked for all of it, and replicas fall behind");
        finding.help = {batch_of(rows)};
        finding.table = rows.table;
    });
}

void say_catalog(const Situation& situation, const ObjectName& catalog, Report& report) {
    report
        .say("dml-in-migration", situation.statement,
             "this writes the catalog " + quoted(catalog) +
                 " past the server, which then looks neither at the rows nor at what depends on "
                 "them, and locks no table")
        .help = {"the CREATE, ALTER or DROP that does the same"};
}

void dml_in_migration(const Situation& situation, Report& report) {
    for_each_writer(situation, [&](const Rows& rows) {
        if (rows.verb == RowsVerb::select || rows.verb == RowsVerb::copy_to) return;
        if (is_free(situation, rows.table)) return;
        if (is_catalog(rows.table)) return say_catalog(situation, rows.table, report);
        report
            .say("dml-in-migration", situation.statement,
                 "this changes rows of " + quoted(rows.table) + ", not the schema")
            .help = {"a migration of its own for data can be batched, repeated and watched"};
    });
}

bool is_analyzed_later(const FileSituation& file, std::size_t from, const ObjectName& table) {
    for (std::size_t at = from + 1; at < file.statements.size(); ++at) {
        const auto* vacuum = std::get_if<sql::Vacuum>(&file.statements[at].action);
        if (vacuum == nullptr || (vacuum->is_vacuum && !vacuum->analyze)) continue;
        if (vacuum->tables.empty()) return true;
        for (const ObjectName& name : vacuum->tables)
            if (key_of(name) == key_of(table)) return true;
    }
    return false;
}

bool is_bulk(const Schema& schema, const Rows& rows) {
    if (rows.verb == RowsVerb::copy_from) return true;
    if (rows.verb == RowsVerb::insert) return rows.from_query && !rows.has_limit;
    if (rows.verb != RowsVerb::update && rows.verb != RowsVerb::erase) return false;
    return takes_every_row(rows) || !is_bounded(schema, rows);
}

void analyze_after_backfill(const FileSituation& file, Report& report) {
    for (std::size_t at = 0; at < file.statements.size(); ++at) {
        const auto* rows = std::get_if<Rows>(&file.statements[at].action);
        if (rows == nullptr || rows->table.name.empty() || !is_bulk(file.schema, *rows)) continue;
        if (is_analyzed_later(file, at, rows->table)) continue;
        const std::string table = quoted(rows->table);
        report
            .say("analyze-after-backfill", file.statements[at],
                 "the planner goes by the old statistics of " + table +
                     " until autovacuum comes round")
            .help = {"ANALYZE " + table + " afterwards"};
        return;
    }
}

void add_repeated(const std::vector<std::string>& names, std::vector<std::string>& repeated) {
    for (auto name = names.begin(); name != names.end(); ++name)
        if (std::find(names.begin(), name, *name) != name) repeated.push_back(*name);
}

bool is_key(const sql::Constraint& constraint) {
    return constraint.kind == sql::ConstraintKind::primary_key ||
           constraint.kind == sql::ConstraintKind::unique;
}

std::vector<std::string> repeated_columns(const sql::CreateTable& create) {
    std::vector<std::string> repeated;
    std::vector<std::string> names;
    for (const sql::Column& column : create.columns) names.push_back(column.name);
    add_repeated(names, repeated);
    for (const sql::Constraint& constraint : create.constraints)
        if (is_key(constraint)) add_repeated(constraint.columns, repeated);
    return repeated;
}

std::vector<std::string> repeated_columns(const sql::AlterTable& alter) {
    std::vector<std::string> repeated;
    std::vector<std::string> names;
    for (const sql::TableChange& change : alter.changes) {
        if (change.kind == sql::TableChangeKind::add_column && !change.if_exists)
            names.push_back(change.column.name);
        if (change.kind == sql::TableChangeKind::add_constraint && is_key(change.constraint))
            add_repeated(change.constraint.columns, repeated);
    }
    add_repeated(names, repeated);
    return repeated;
}

void say_repeated(const Situation& situation, const std::vector<std::string>& columns,
                  const ObjectName& where, Report& report) {
    if (columns.empty()) return;
    report
        .say("duplicate-assignment", situation.statement,
             "the column " + quoted(columns.front()) + " of " + quoted(where) +
                 " is named twice: the server refuses the statement")
        .help = {"name " + quoted(columns.front()) + " once"};
}

void duplicate_assignment(const Situation& situation, Report& report) {
    for_each_writer(situation, [&](const Rows& rows) {
        say_repeated(situation, rows.repeated, rows.table, report);
    });
    if (const auto* create = situation.does<sql::CreateTable>())
        say_repeated(situation, repeated_columns(*create), create->table, report);
    if (const auto* alter = situation.does<sql::AlterTable>())
        say_repeated(situation, repeated_columns(*alter), alter->table, report);
    if (const auto* create = situation.does<sql::CreateTableAs>())
        say_repeated(situation, create->repeated, create->table, report);
    if (const auto* create = situation.does<sql::CreateView>())
        say_repeated(situation, create->repeated, create->view, report);
}

}  // namespace

std::vector<Rule> rows_rules() {
    return {
        {"update-without-where", Bucket::hazard,
         "Every row is written and locked at once, and the table grows to twice its size.",
         "ROW EXCLUSIVE, and every row", update_without_where},
        {"delete-without-where", Bucket::hazard, "Every row is removed at once.",
         "ROW EXCLUSIVE, and every row", delete_without_where},
        {"backfill-unbatched", Bucket::hazard,
         "One statement over a whole table locks its rows for long and floods the replicas.",
         "ROW EXCLUSIVE, and every row it writes", backfill_unbatched},
        {"dml-in-migration", Bucket::advisory,
         "Data and schema change at different speeds and fail in different ways.", "",
         dml_in_migration},
        {"analyze-after-backfill", Bucket::advisory,
         "After a bulk change the planner's statistics are wrong until the next ANALYZE.", "",
         nullptr, analyze_after_backfill},
        {"duplicate-assignment", Bucket::hazard,
         "A column that is named twice makes the statement fail.", "", duplicate_assignment},
    };
}

}  // namespace migrations::rules
