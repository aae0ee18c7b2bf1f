#include "migrations/rules/rule.hpp"
#include "migrations/rules/table_changes.hpp"
#include "migrations/sql/words.hpp"

#include <algorithm>
#include <map>

namespace migrations::rules {

using sql::AlterTable;
using sql::ConstraintKind;
using sql::TableChange;
using sql::TableChangeKind;

namespace {

std::string column_text(const AlterTable& alter, const TableChange& change) {
    return quoted(alter.table) + "." + quoted(change.name);
}

// The table, or the column: no program relies on it yet.
bool is_made_here(const Situation& situation, const AlterTable& alter, const TableChange& change) {
    return situation.schema.is_made_here(alter.table) ||
           is_added_here(situation, alter.table, change.name);
}

void drop_column(const Situation& situation, const AlterTable& alter, const TableChange& change,
                 Report& report) {
    if (change.kind != TableChangeKind::drop_column || is_made_here(situation, alter, change))
        return;
    Finding& finding = report.say("drop-column", situation.statement, change.begin,
                                  "the data of " + column_text(alter, change) +
                                      " is lost, and what runs now and names it fails");
    finding.table = alter.table;
    finding.help = {"first release a program that does not read or write " + quoted(change.name),
                    "drop it one release later; keep a copy of what must not be lost"};
}

// ALTER TYPE ... DROP ATTRIBUTE.
void drop_attribute(const Situation& situation, const AlterTable& alter, Report& report) {
    for (const TableChange& change : alter.changes) {
        if (change.kind != TableChangeKind::drop_column ||
            situation.schema.is_made_here(alter.table) ||
            is_attribute_added_here(situation, alter.table, change.name))
            continue;
        report
            .say("drop-column", situation.statement, change.begin,
                 "what the columns of type " + quoted(alter.table) + " hold in " +
                     quoted(change.name) + " is lost, and what runs now and names it fails")
            .help = {"first release a program that does not read or write " + quoted(change.name),
                     "drop it one release later; keep a copy of what must not be lost"};
    }
}

void drop_column_anywhere(const Situation& situation, Report& report) {
    each_change<drop_column>(situation, report);
    const auto* alter = situation.does<AlterTable>();
    if (alter == nullptr) return;
    if (alter->object == sql::ObjectKind::type) return drop_attribute(situation, *alter, report);
    if (alter->object != sql::ObjectKind::foreign_table) return;
    for (const TableChange& change : alter->changes) {
        if (change.kind != TableChangeKind::drop_column || is_made_here(situation, *alter, change))
            continue;
        Finding& finding = report.say(
            "drop-column", situation.statement, change.begin,
            "what runs now and names " + column_text(*alter, change) + " fails from here on");
        finding.table = alter->table;
        finding.help = {"first release a program that does not read or write " +
                        quoted(change.name)};
    }
}

std::string kind_text(ConstraintKind kind) {
    static const std::map<ConstraintKind, std::string> kinds{
        {ConstraintKind::primary_key, "the primary key "},
        {ConstraintKind::unique, "the UNIQUE constraint "},
        {ConstraintKind::foreign_key, "the foreign key "},
        {ConstraintKind::exclusion, "the exclusion constraint "},
    };
    const auto found = kinds.find(kind);
    return found == kinds.end() ? "the constraint " : found->second;
}

// What goes with a column, as far as it is known.
std::vector<std::string> dependents(const KnownTable& table, const std::string& column) {
    std::vector<std::string> found;
    for (const KnownConstraint& each : table.constraints)
        if (contains(each.columns, column) || contains(each.mentions, column))
            found.push_back(kind_text(each.kind) + quoted(each.name));
    for (const KnownIndex& each : table.indexes)
        if (each.constraint.empty() &&
            (contains(each.columns, column) || contains(each.mentions, column)))
            found.push_back("the index " + quoted(each.name));
    return found;
}

void drop_column_dependents(const Situation& situation, const AlterTable& alter,
                            const TableChange& change, Report& report) {
    if (change.kind != TableChangeKind::drop_column || is_made_here(situation, alter, change))
        return;
    const KnownTable* table = situation.schema.table(alter.table);
    std::vector<std::string> lost;
    if (table != nullptr) lost = dependents(*table, change.name);
    const bool is_told = table != nullptr && table->is_complete;
    if (lost.empty() && !is_told && change.name == "id")
        lost = {"the primary key of " + quoted(alter.table) + ", if that is id,"};
    if (lost.empty()) return;
    std::string all;
    for (const std::string& each : lost) all += (all.empty() ? "" : ", ") + each;
    Finding& finding = report.say("drop-column-dependents", situation.statement, change.begin,
                                  "with " + column_text(alter, change) + " goes, unsaid, " + all);
    finding.table = alter.table;
    finding.help = {"drop it in a statement of its own first, or make what replaces it"};
}

// By what the server calls it, or most people do.
bool is_named_primary_key(const std::string& name) {
    const std::string folded = sql::lower(name);
    return folded.ends_with("_pkey") || folded.ends_with("_pk") || folded.starts_with("pk_");
}

bool is_primary_key(const KnownConstraint* known, const std::string& name) {
    return known != nullptr ? known->kind == ConstraintKind::primary_key
                            : is_named_primary_key(name);
}

const KnownConstraint* known_constraint(const Situation& situation, const AlterTable& alter,
                                        const TableChange& change) {
    const KnownTable* table = situation.schema.table(alter.table);
    return table == nullptr ? nullptr : table->constraint(change.name);
}

// A CHECK that only proved a NOT NULL, or that the script itself has added, guarantees nothing that
// anybody built on.
bool is_scaffold(const KnownConstraint* known) {
    return known != nullptr &&
           (known->origin == Origin::script ||
            (known->kind == ConstraintKind::check && !known->not_null_columns.empty()));
}

bool was_validated_before(const Situation& situation, const AlterTable& alter,
                          const std::string& name) {
    return std::any_of(situation.before.begin(), situation.before.end(), [&](const Judged& each) {
        const auto* earlier = std::get_if<AlterTable>(&each.action);
        return earlier != nullptr && key_of(earlier->table) == key_of(alter.table) &&
               std::any_of(earlier->changes.begin(), earlier->changes.end(),
                           [&](const TableChange& change) {
                               return change.kind == TableChangeKind::validate_constraint &&
                                      change.name == name;
                           });
    });
}

void drop_constraint(const Situation& situation, const AlterTable& alter, const TableChange& change,
                     Report& report) {
    if (change.kind != TableChangeKind::drop_constraint ||
        situation.schema.is_made_here(alter.table))
        return;
    const KnownConstraint* known = known_constraint(situation, alter, change);
    if (is_scaffold(known) || was_validated_before(situation, alter, change.name)) return;
    Finding& finding =
        report.say("drop-constraint", situation.statement,
                   "without " + kind_text(known == nullptr ? ConstraintKind::check : known->kind) +
                       quoted(change.name) + " rows can enter " + quoted(alter.table) +
                       " that it kept out, and it cannot be added again while they are there");
    finding.table = alter.table;
    finding.help = {"SET lock_timeout: it is short, and locks the table against everything",
                    "drop it only when no program relies on what it kept out"};
}

// What only the script itself has made, gives another constraint, or drops along with it.
bool is_replaced_or_gone(const FileSituation& file, const ObjectName& domain) {
    const std::string key = key_of(domain);
    return std::any_of(file.statements.begin(), file.statements.end(), [&](const Judged& each) {
        if (const auto* create = std::get_if<sql::CreateDomain>(&each.action))
            return key_of(create->domain) == key;
        if (const auto* drop = std::get_if<sql::Drop>(&each.action))
            return std::any_of(drop->objects.begin(), drop->objects.end(),
                               [&](const auto& object) { return key_of(object.name) == key; });
        const auto* alter = std::get_if<sql::AlterDomain>(&each.action);
        return alter != nullptr && alter->kind == sql::DomainChangeKind::add_constraint &&
               key_of(alter->domain) == key;
    });
}

void drop_constraint_of_domain(const FileSituation& file, Report& report) {
    for (const Judged& statement : file.statements) {
        const auto* alter = std::get_if<sql::AlterDomain>(&statement.action);
        if (alter == nullptr || alter->kind != sql::DomainChangeKind::drop_constraint ||
            is_replaced_or_gone(file, alter->domain) ||
            !domain_may_be_used(file.schema, file.circumstances, alter->domain))
            continue;
        const std::string domain = quoted(alter->domain);
        report
            .say("drop-constraint", statement,
                 "without the constraint " + quoted(alter->name) + " values can enter columns of " +
                     "the domain " + domain +
                     " that it kept out, and it cannot be added again while they are there")
            .help = {"drop it only when no program relies on what it kept out"};
    }
}

bool keeps_identity(const Situation& situation, const AlterTable& alter) {
    const auto sets = [](const AlterTable& each) {
        return std::any_of(each.changes.begin(), each.changes.end(), [](const TableChange& change) {
            return change.kind == TableChangeKind::replica_identity;
        });
    };
    if (sets(alter)) return true;
    return std::any_of(situation.before.begin(), situation.before.end(), [&](const Judged& each) {
        const auto* earlier = std::get_if<AlterTable>(&each.action);
        return earlier != nullptr && key_of(earlier->table) == key_of(alter.table) &&
               sets(*earlier);
    });
}

void drop_primary_key(const Situation& situation, const AlterTable& alter,
                      const TableChange& change, Report& report) {
    if (change.kind != TableChangeKind::drop_constraint ||
        situation.schema.is_made_here(alter.table) ||
        !is_primary_key(known_constraint(situation, alter, change), change.name) ||
        keeps_identity(situation, alter))
        return;
    Finding& finding =
        report.say("drop-primary-key", situation.statement,
                   quoted(alter.table) + " without the primary key " + quoted(change.name) +
                       ": logical replication refuses its updates and deletes, and "
                       "foreign keys to it go or are in the way");
    finding.table = alter.table;
    finding.help = {"ALTER TABLE " + quoted(alter.table) +
                        " REPLICA IDENTITY USING INDEX (another unique index) first",
                    "swap keys in one transaction: DROP CONSTRAINT, then ADD PRIMARY KEY USING "
                    "INDEX of one built CONCURRENTLY"};
}

void drop_not_null(const Situation& situation, const AlterTable& alter, const TableChange& change,
                   Report& report) {
    if (change.kind != TableChangeKind::drop_not_null || is_made_here(situation, alter, change))
        return;
    const KnownTable* table = situation.schema.table(alter.table);
    const KnownColumn* column = table == nullptr ? nullptr : table->column(change.name);
    if (column != nullptr && table->is_complete && !column->not_null) return;
    Finding& finding = report.say("drop-not-null", situation.statement,
                                  "readers of " + column_text(alter, change) +
                                      " may now meet a NULL that they do not expect");
    finding.table = alter.table;
    finding.help = {"first release programs that can read a NULL in " + quoted(change.name)};
}

void drop_default(const Situation& situation, const AlterTable& alter, const TableChange& change,
                  Report& report) {
    if (change.kind != TableChangeKind::drop_default || situation.schema.is_made_here(alter.table))
        return;
    const KnownTable* table = situation.schema.table(alter.table);
    const KnownColumn* column = table == nullptr ? nullptr : table->column(change.name);
    if (column != nullptr && table->is_complete && !column->has_default) return;
    Finding& finding = report.say("drop-default", situation.statement,
                                  "inserts that leave out " + column_text(alter, change) +
                                      " put a NULL there from now on, or fail where it is NOT "
                                      "NULL");
    finding.table = alter.table;
    finding.help = {"first release programs that always say " + quoted(change.name)};
}

bool is_filled_by_server(TableChangeKind kind) {
    return kind == TableChangeKind::drop_expression || kind == TableChangeKind::drop_identity;
}

bool drops(const Judged& statement, const ObjectName& table) {
    const auto* drop = std::get_if<sql::Drop>(&statement.action);
    return drop != nullptr && sql::is_relation(drop->object) &&
           std::any_of(drop->objects.begin(), drop->objects.end(),
                       [&](const auto& each) { return key_of(each.name) == key_of(table); });
}

// Something else of the script fills the column, or takes it or its table away; or the script
// itself has made what is dropped.
bool is_filled_otherwise(const FileSituation& file, const ObjectName& table,
                         const std::string& column) {
    const auto is_so = [&](const TableChange& change) {
        return change.name == column && (change.kind == TableChangeKind::set_default ||
                                         change.kind == TableChangeKind::add_identity ||
                                         change.kind == TableChangeKind::add_column ||
                                         change.kind == TableChangeKind::drop_column);
    };
    return std::any_of(file.statements.begin(), file.statements.end(), [&](const Judged& each) {
        if (const auto* trigger = std::get_if<sql::CreateTrigger>(&each.action))
            return key_of(trigger->table) == key_of(table);
        if (drops(each, table)) return true;
        const auto* alter = std::get_if<AlterTable>(&each.action);
        return alter != nullptr && key_of(alter->table) == key_of(table) &&
               std::any_of(alter->changes.begin(), alter->changes.end(), is_so);
    });
}

// At the script's end. An identity column is NOT NULL, until that is dropped as well.
bool is_not_null(const FileSituation& file, const ObjectName& table, const TableChange& change) {
    const KnownTable* known = file.schema.table(table);
    const KnownColumn* column = known == nullptr ? nullptr : known->column(change.name);
    if (column != nullptr) return column->not_null;
    const auto drops_it = [&](const TableChange& each) {
        return each.kind == TableChangeKind::drop_not_null && each.name == change.name;
    };
    return change.kind == TableChangeKind::drop_identity &&
           std::none_of(file.statements.begin(), file.statements.end(), [&](const Judged& each) {
               const auto* alter = std::get_if<AlterTable>(&each.action);
               return alter != nullptr && key_of(alter->table) == key_of(table) &&
                      std::any_of(alter->changes.begin(), alter->changes.end(), drops_it);
           });
}

std::string left_out(const FileSituation& file, const AlterTable& alter,
                     const TableChange& change) {
    const bool is_identity = change.kind == TableChangeKind::drop_identity;
    const std::string inserts = "inserts that leave out " + column_text(alter, change);
    if (is_not_null(file, alter.table, change))
        return inserts + " fail from now on: it is NOT NULL, and nothing " +
               (is_identity ? "numbers it" : "fills it");
    return inserts + " put a NULL there from now on" +
           (is_identity ? "" : ", and updates no longer change it");
}

// As DROP DEFAULT: DROP EXPRESSION and DROP IDENTITY.
void drop_what_fills(const FileSituation& file, Report& report) {
    for (const Judged& statement : file.statements) {
        const auto* alter = std::get_if<AlterTable>(&statement.action);
        if (alter == nullptr || !was_there(statement, alter->table)) continue;
        for (const TableChange& change : alter->changes) {
            if (!is_filled_by_server(change.kind) ||
                is_filled_otherwise(file, alter->table, change.name))
                continue;
            const bool is_identity = change.kind == TableChangeKind::drop_identity;
            Finding& finding =
                report.say("drop-default", statement, left_out(file, *alter, change));
            finding.table = alter->table;
            finding.help = {"first release programs that always say " + quoted(change.name),
                            is_identity ? "or, in the same transaction, SET DEFAULT nextval(...)"
                                        : "or fill it by a trigger made in the same transaction"};
        }
    }
}

constexpr std::string_view everything = "ACCESS EXCLUSIVE, shortly";

}  // namespace

std::vector<Rule> table_part_rules() {
    return {
        {"drop-column", Bucket::hazard,
         "The column's data is gone at once, and programs that name it fail.", everything,
         drop_column_anywhere},
        {"drop-column-dependents", Bucket::hazard,
         "Indexes and constraints over a column go with it without a word.", everything,
         each_change<drop_column_dependents>},
        {"drop-constraint", Bucket::hazard,
         "What a constraint kept out can come in as soon as it is dropped.", everything,
         each_change<drop_constraint>, drop_constraint_of_domain},
        {"drop-primary-key", Bucket::hazard,
         "Without its primary key a table has no identity for replication and foreign keys.",
         everything, each_change<drop_primary_key>},
        {"drop-not-null", Bucket::hazard, "Readers may meet NULLs that they do not expect.",
         everything, each_change<drop_not_null>},
        {"drop-default", Bucket::hazard, "Programs that rely on the default insert NULL, or fail.",
         everything, each_change<drop_default>, drop_what_fills},
    };
}

}  // namespace migrations::rules
