#include "migrations/rules/rule.hpp"
#include "migrations/rules/table_changes.hpp"

#include <algorithm>

namespace migrations::rules {

using sql::AlterTable;
using sql::TableChange;
using sql::TableChangeKind;

namespace {

std::vector<std::string> columns_added_to(const Situation& situation, const ObjectName& table) {
    std::vector<std::string> columns;
    for (const Judged& earlier : situation.before) {
        const auto* alter = std::get_if<AlterTable>(&earlier.action);
        if (alter == nullptr || key_of(alter->table) != key_of(table)) continue;
        for (const TableChange& change : alter->changes)
            if (change.kind == TableChangeKind::add_column) columns.push_back(change.name);
    }
    return columns;
}

// The step that keeps a new column filled while old code writes: the column and the function that
// assigns it come with the trigger.
bool fills_new_column(const Situation& situation, const sql::CreateTrigger& create) {
    const KnownFunction* function = situation.schema.function(create.function);
    if (function == nullptr || function->origin != Origin::script) return false;
    const auto words = bare_words(function->body);
    const auto columns = columns_added_to(situation, create.table);
    for (std::size_t at = 0; at + 1 < words.size(); ++at)
        if (words[at] == "new" && contains(columns, words[at + 1])) return true;
    return false;
}

void trigger_create_lock(const Situation& situation, Report& report) {
    const auto* create = situation.does<sql::CreateTrigger>();
    if (create == nullptr || !is_in_use(situation, create->table) ||
        situation.schema.is_made_here(create->table) ||
        spares_heirs(situation.schema, create->table))
        return;
    // One INSTEAD OF writes to a view: no write of the table below waits for it.
    const KnownView* view = situation.schema.view(create->table);
    if (view != nullptr && !view->materialized) return;
    // One for each statement costs nothing a row, and its lock is as short as any.
    if (!create->for_each_row || fills_new_column(situation, *create)) return;
    Finding& finding = report.say("trigger-create-lock", situation.statement, create->table.begin,
                                  "the trigger " + quoted(create->name) + " blocks writes to " +
                                      quoted(create->table) +
                                      " while it is made, and then runs for every row written");
    finding.table = create->table;
    finding.help = {"SET lock_timeout, and try again when it runs out",
                    "measure what " + quoted(create->function) + " costs a row first"};
}

void trigger_drop_lock(const Situation& situation, Report& report) {
    const auto* drop = situation.does<sql::Drop>();
    if (drop == nullptr || drop->object != sql::ObjectKind::trigger) return;
    for (const sql::DroppedObject& object : drop->objects) {
        if (situation.schema.is_made_here(object.name) ||
            situation.schema.is_temporary(object.name))
            continue;
        Finding& finding =
            report.say("trigger-drop-lock", situation.statement,
                       "dropping the trigger " + quoted(object.part) + " locks " +
                           quoted(object.name) + " against reads and writes, and what it did ends");
        finding.table = object.name;
        finding.help = {"SET lock_timeout, and try again when it runs out"};
    }
}

void trigger_enable_disable(const Situation& situation, const AlterTable& alter,
                            const TableChange& change, Report& report) {
    const bool disables = change.kind == TableChangeKind::disable_trigger;
    if (!disables && change.kind != TableChangeKind::enable_trigger) return;
    if (situation.schema.is_made_here(alter.table)) return;
    const bool is_many = change.name == "ALL" || change.name == "USER";
    const std::string which =
        is_many ? change.name + " triggers" : "the trigger " + quoted(change.name);
    std::string message = std::string{disables ? "disabling " : "enabling "} + which +
                          " blocks writes to " + quoted(alter.table);
    if (disables && change.name == "ALL")
        message += ", and lets rows in that break its foreign keys";
    else if (disables)
        message += ", and rows written until then are not seen by it";
    Finding& finding =
        report.say("trigger-enable-disable", situation.statement, std::move(message));
    finding.table = alter.table;
    finding.help = {
        "SET session_replication_role = replica in the one session that must not fire "
        "them",
        "afterwards look for the rows that nobody has checked"};
}

}  // namespace

std::vector<Rule> trigger_rules() {
    return {
        {"trigger-create-lock", Bucket::hazard,
         "A new trigger blocks writes while it is made, and changes every write after it.",
         "SHARE ROW EXCLUSIVE", trigger_create_lock},
        {"trigger-drop-lock", Bucket::hazard,
         "Dropping a trigger locks its table against everything.", "ACCESS EXCLUSIVE",
         trigger_drop_lock},
        {"trigger-enable-disable", Bucket::hazard,
         "Switching triggers on or off is for everybody, and blocks writes.", "SHARE ROW EXCLUSIVE",
         each_change<trigger_enable_disable>},
    };
}

}  // namespace migrations::rules
