#include "migrations/rules/alike.hpp"
#include "migrations/rules/locks_along.hpp"
#include "migrations/rules/rule.hpp"
#include "migrations/rules/table_changes.hpp"
#include "migrations/sql/words.hpp"

#include <algorithm>

namespace migrations::rules {

using sql::AlterTable;
using sql::ConstraintKind;
using sql::TableChange;
using sql::TableChangeKind;

namespace {

// `parent`: of which the key becomes a part; unnamed: the key ends.
void say_referenced(const Situation& situation, const ObjectName& table, const KnownConstraint& key,
                    const ObjectName& parent, Report& report) {
    if (key_of(table) == key_of(key.references) || situation.schema.is_made_here(key.references))
        return;
    const std::string joins =
        parent.name.empty() ? "" : ", which becomes a part of that of " + quoted(parent) + ",";
    Finding& finding =
        report.say("fk-drop-referenced-lock", situation.statement,
                   "with the foreign key " + quoted(key.name) + " of " + quoted(table) + joins +
                       " goes a lock on " + quoted(key.references) +
                       ", which the statement does not name, against reads and "
                       "writes");
    finding.table = key.references;
    finding.help = {"SET lock_timeout, and try again when it runs out",
                    "lock in one order everywhere: LOCK TABLE " + quoted(key.references) +
                        " first where programs do so"};
}

// By what the server calls it, or most people do.
bool is_named_foreign_key(const std::string& name) {
    const std::string folded = sql::lower(name);
    return folded.ends_with("_fkey") || folded.ends_with("_fk") || folded.starts_with("fk_");
}

void say_unknown(const Situation& situation, const AlterTable& alter, const TableChange& change,
                 Report& report) {
    if (change.kind != TableChangeKind::drop_constraint || !is_named_foreign_key(change.name))
        return;
    Finding& finding = report.say(
        "fk-drop-referenced-lock", situation.statement,
        "dropping the foreign key " + quoted(change.name) + " of " + quoted(alter.table) +
            " also locks the table it refers to against reads and writes");
    finding.table = alter.table;
    finding.help = {"SET lock_timeout, and try again when it runs out"};
}

// Its own triggers on the table that it refers to are dropped, whoever has made it.
void on_attach(const Situation& situation, const AlterTable& alter, Report& report) {
    const KnownTable* parent = situation.schema.table(alter.table);
    for (const TableChange& change : alter.changes) {
        const KnownTable* partition = situation.schema.table(change.other);
        if (change.kind != TableChangeKind::attach_partition || parent == nullptr ||
            partition == nullptr)
            continue;
        for (const KnownConstraint* key : keys_that_join(*parent, *partition))
            say_referenced(situation, change.other, *key, alter.table, report);
    }
}

void on_alter(const Situation& situation, const AlterTable& alter, Report& report) {
    on_attach(situation, alter, report);
    if (situation.schema.is_made_here(alter.table)) return;
    const KnownTable* table = situation.schema.table(alter.table);
    for (const TableChange& change : alter.changes) {
        if (table == nullptr || table->constraint(change.name) == nullptr)
            say_unknown(situation, alter, change, report);
        if (table == nullptr) continue;
        for (const KnownConstraint& key : table->constraints)
            if (ends(change, key)) say_referenced(situation, alter.table, key, {}, report);
    }
}

void fk_drop_referenced_lock(const Situation& situation, Report& report) {
    if (const auto* alter = situation.does<AlterTable>())
        return on_alter(situation, *alter, report);
    const auto* drop = situation.does<sql::Drop>();
    if (drop == nullptr || drop->object != sql::ObjectKind::table) return;
    for (const sql::DroppedObject& object : drop->objects) {
        const KnownTable* table = situation.schema.table(object.name);
        if (table == nullptr || situation.schema.is_made_here(object.name)) continue;
        for (const KnownConstraint& key : table->constraints)
            if (ends_with_table(key)) say_referenced(situation, object.name, key, {}, report);
    }
}

enum class Reading { no, perhaps, yes };

bool has_column(const Situation& situation, const ObjectName& table, const std::string& column) {
    const KnownTable* known = situation.schema.table(table);
    return known != nullptr && known->column(column) != nullptr;
}

bool lacks_column(const Situation& situation, const ObjectName& table, const std::string& column) {
    const KnownTable* known = situation.schema.table(table);
    return known != nullptr && known->is_complete && known->column(column) == nullptr;
}

// A view, or a function whose body is parsed when it is made, and the column of a table.
template <class Reader>
class ReadColumn {
public:
    ReadColumn(const Situation& situation, const Reader& reader, const ObjectName& table,
               const std::string& column)
        : situation_{situation}, reader_{reader}, table_{table}, column_{column} {}

    [[nodiscard]] Reading is_read() const {
        if (std::ranges::none_of(reader_.reads, [&](const ObjectName& read) { return is(read); }))
            return Reading::no;
        Reading reading = Reading::no;
        for (const sql::ColumnUse& use : reader_.columns) reading = std::max(reading, by(use));
        return reading;
    }

private:
    using Places = std::vector<std::size_t>;

    [[nodiscard]] bool is(const ObjectName& read) const {
        return read.name == table_.name && key_of(read) == key_of(table_);
    }
    [[nodiscard]] bool has_it(const Places& places) const {
        return std::ranges::any_of(places, [&](auto place) { return is(reader_.reads[place]); });
    }
    [[nodiscard]] bool is_alone(const Places& places) const {
        return std::ranges::all_of(places, [&](auto place) { return is(reader_.reads[place]); });
    }
    [[nodiscard]] bool has_other(const Places& places) const {
        return std::ranges::any_of(places, [&](auto place) {
            const ObjectName& read = reader_.reads[place];
            return !is(read) && has_column(situation_, read, column_);
        });
    }
    [[nodiscard]] bool all_lack(const Places& places) const {
        return std::ranges::all_of(places, [&](auto place) {
            return lacks_column(situation_, reader_.reads[place], column_);
        });
    }

    [[nodiscard]] Reading by(const sql::ColumnUse& use) const {
        // A * may have been taken before the column was there; who is not of it is spared.
        if (use.column == "*")
            return has_it(use.near) && !lacks_column(situation_, table_, column_) ? Reading::yes
                                                                                  : Reading::no;
        if (use.column != column_) return Reading::no;
        if (!has_it(use.near)) return from_outside(use);
        if (use.is_sure) return Reading::yes;
        if (is_alone(use.near) && use.outer.empty() && !use.is_beside_others) return Reading::yes;
        if (lacks_column(situation_, table_, column_)) return Reading::no;
        const bool is_its = has_column(situation_, table_, column_) && !has_other(use.near);
        return is_its ? Reading::yes : Reading::perhaps;
    }

    // The server looks for it near first.
    [[nodiscard]] Reading from_outside(const sql::ColumnUse& use) const {
        if (!has_it(use.outer) || has_other(use.near) || lacks_column(situation_, table_, column_))
            return Reading::no;
        const bool is_its = has_column(situation_, table_, column_) && !use.is_beside_others &&
                            all_lack(use.near) && !has_other(use.outer);
        return is_its ? Reading::yes : Reading::perhaps;
    }

    const Situation& situation_;
    const Reader& reader_;
    const ObjectName& table_;
    const std::string& column_;
};

template <class Reader>
void say_reader(const Situation& situation, const AlterTable& alter, const TableChange& change,
                const std::string& kind, const Reader& reader, Report& report) {
    const Reading reading = ReadColumn{situation, reader, alter.table, change.name}.is_read();
    if (reading == Reading::no) return;
    std::string upper = kind;
    std::transform(upper.begin(), upper.end(), upper.begin(), [](char each) {
        return each >= 'a' && each <= 'z' ? static_cast<char>(each & ~0x20) : each;
    });
    const bool is_perhaps = reading == Reading::perhaps;
    const std::string shown = kind == "function" ? kind : "view";
    const std::string name = quoted(reader.name);
    Finding& finding = report.say("view-dependents-break", situation.statement, change.begin,
                                  (is_perhaps ? "this may fail: the " : "this fails: the ") +
                                      shown + " " + name + (is_perhaps ? " may read " : " reads ") +
                                      quoted(alter.table) + "." + quoted(change.name));
    finding.table = alter.table;
    finding.is_perhaps = is_perhaps;
    finding.help = {
        (is_perhaps ? "where it does, in one transaction: DROP " : "in one transaction: DROP ") +
        upper + " " + name + ", then this, then create the " + shown + " again"};
}

bool ends_or_retypes(const TableChange& change) {
    return (change.kind == TableChangeKind::drop_column && !change.cascade) ||
           change.kind == TableChangeKind::set_type;
}

void say_readers(const Situation& situation, const AlterTable& alter, const TableChange& change,
                 Report& report) {
    if (!ends_or_retypes(change) || !situation.schema.may_be_mentioned(alter.table)) return;
    for (const auto& [key, view] : situation.schema.views())
        say_reader(situation, alter, change, view.materialized ? "materialized view" : "view", view,
                   report);
    for (const auto& [key, function] : situation.schema.functions())
        say_reader(situation, alter, change, "function", function, report);
}

// A new value for every row, as the catalog sees it, be it never written.
bool gives_values(const TableChange& change) {
    if (change.kind == TableChangeKind::set_type) return true;
    if (change.kind != TableChangeKind::add_column) return false;
    const auto& constraints = change.column.constraints;
    return is_serial(change.column.type) ||
           std::any_of(constraints.begin(), constraints.end(), [](const sql::Constraint& each) {
               return (each.kind == ConstraintKind::default_value && !each.expression.is_null) ||
                      each.kind == ConstraintKind::generated ||
                      each.kind == ConstraintKind::identity;
           });
}

// The server does not look into the rows that other tables keep of this one's type.
void say_row_type(const Situation& situation, const AlterTable& alter, const TableChange& change,
                  Report& report) {
    if (!gives_values(change) || !situation.schema.may_be_mentioned(alter.table)) return;
    for (const auto& [key, table] : situation.schema.tables())
        for (const KnownColumn& column : table.columns) {
            if (column.type.name != alter.table.name || !may_be_row_type(column.type)) continue;
            const ObjectName type{column.type.schema, column.type.name, 0};
            if (key_of(type) != key_of(alter.table)) continue;
            Finding& finding =
                report.say("view-dependents-break", situation.statement, change.begin,
                           "this fails: " + quoted(table.name) + "." + quoted(column.name) +
                               " has the row type of " + quoted(alter.table));
            finding.table = alter.table;
            finding.help = {"give that column another type first, such as jsonb"};
            if (change.kind == TableChangeKind::add_column)
                finding.help.push_back(
                    "or ADD COLUMN without a value, then SET DEFAULT, then fill it in batches");
        }
}

std::string kind_of(const KnownDependent& dependent) {
    if (dependent.kind == sql::ObjectKind::policy) return "policy";
    if (dependent.kind == sql::ObjectKind::rule) return "rule";
    if (dependent.kind == sql::ObjectKind::publication) return "publication";
    return dependent.kind == sql::ObjectKind::trigger ? "trigger" : "generated column";
}

std::string end_of(const KnownDependent& dependent, const ObjectName& table) {
    const std::string name = quoted(dependent.name);
    if (dependent.kind == sql::ObjectKind::column)
        return "ALTER TABLE " + quoted(table) + " DROP COLUMN " + name;
    if (dependent.kind == sql::ObjectKind::publication)
        return "ALTER PUBLICATION " + name + " DROP TABLE " + quoted(table);
    std::string verb = "DROP TRIGGER ";
    if (dependent.kind == sql::ObjectKind::policy) verb = "DROP POLICY ";
    if (dependent.kind == sql::ObjectKind::rule) verb = "DROP RULE ";
    return verb + name + " ON " + quoted(table);
}

// What is dropped by the same statement does not stand in the way.
bool goes_before(const AlterTable& alter, const KnownDependent& dependent) {
    return dependent.kind == sql::ObjectKind::column &&
           std::any_of(alter.changes.begin(), alter.changes.end(), [&](const TableChange& other) {
               const bool ends = other.kind == TableChangeKind::drop_column ||
                                 other.kind == TableChangeKind::drop_expression;
               return ends && other.name == dependent.name;
           });
}

void say_parts(const Situation& situation, const AlterTable& alter, const TableChange& change,
               Report& report) {
    if (!ends_or_retypes(change)) return;
    const KnownTable* table = situation.schema.table(alter.table);
    if (table == nullptr) return;
    if (contains(table->partition_columns, change.name)) {
        Finding& finding = report.say(
            "view-dependents-break", situation.statement, change.begin,
            "this fails: " + quoted(alter.table) + " is partitioned by " + quoted(change.name));
        finding.table = alter.table;
        finding.help = {"make a new partitioned table, copy the rows in batches, swap the names"};
    }
    for (const KnownDependent& each : table->dependents) {
        if (!contains(each.columns, change.name) || goes_before(alter, each)) continue;
        Finding& finding =
            report.say("view-dependents-break", situation.statement, change.begin,
                       "this fails: the " + kind_of(each) + " " + quoted(each.name) +
                           " depends on " + quoted(alter.table) + "." + quoted(change.name));
        finding.table = alter.table;
        finding.help = {"in one transaction: " + end_of(each, alter.table) +
                        ", then this, then make it again"};
    }
}

void say_dependents(const Situation& situation, const AlterTable& alter, Report& report) {
    for (const TableChange& change : alter.changes) {
        say_readers(situation, alter, change, report);
        say_row_type(situation, alter, change, report);
        say_parts(situation, alter, change, report);
    }
}

// Of a table that the script itself has made too, and of what is below it.
void view_dependents_break(const Situation& situation, Report& report) {
    const auto* alter = situation.does<AlterTable>();
    if (alter == nullptr || alter->object != sql::ObjectKind::table) return;
    say_dependents(situation, *alter, report);
    if (alter->only) return;
    for (const KnownTable* each : all_below(situation.schema, alter->table)) {
        AlterTable below = *alter;
        below.table = each->name;
        say_dependents(situation, below, report);
    }
}

}  // namespace

std::vector<Rule> dependency_rules() {
    return {
        {"fk-drop-referenced-lock", Bucket::hazard,
         "What ends a foreign key, or makes it a part of another, locks the table it refers to as "
         "well.",
         "ACCESS EXCLUSIVE on the referenced table", fk_drop_referenced_lock},
        {"view-dependents-break", Bucket::hazard,
         "A column that a view, a function, a rule, a policy, a trigger or a publication uses can "
         "neither be dropped nor get another type.",
         "", view_dependents_break},
    };
}

}  // namespace migrations::rules
