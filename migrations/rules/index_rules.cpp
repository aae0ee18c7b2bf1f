#include "migrations/rules/alike.hpp"
#include "migrations/rules/rule.hpp"
#include "migrations/rules/table_changes.hpp"

namespace migrations::rules {

using sql::ObjectKind;

namespace {

constexpr std::uint32_t reindexes_concurrently_since = 12;

// In a script of its own, whose runner opens no transaction where it cannot.
bool may_run_alone(const Situation& situation) {
    return situation.circumstances.runner_adapts && situation.before.empty() &&
           !situation.session.begun_by_script && !situation.statement.is_nested;
}

std::optional<Fix> made_concurrent(const Situation& situation, std::string_view behind) {
    if (!may_become_several(situation) && !may_run_alone(situation)) return std::nullopt;
    const auto at = behind_word(situation.statement, behind);
    if (!at) return std::nullopt;
    return Fix{"do it without blocking; it then runs outside a transaction",
               {{*at, *at, " CONCURRENTLY"}}};
}

// IF NOT EXISTS would take for done what a concurrent build has left when it failed.
void drop_invalid_first(const Situation& situation, const sql::CreateIndex& create, Fix& fix) {
    const std::string name = quoted(ObjectName{create.table.schema, create.name, 0});
    const std::size_t at = situation.statement.begin;
    fix.title =
        "do it without blocking, after dropping what a failed build has left; both then "
        "run outside a transaction";
    fix.edits.insert(fix.edits.begin(),
                     {at, at, "DROP INDEX CONCURRENTLY IF EXISTS " + name + ";\n"});
}

// A materialized view that the script has just made has rows and nobody who reads it.
bool is_spared(const Situation& situation, const ObjectName& name) {
    const KnownTable* table = situation.schema.table(name);
    return !is_seen(situation, name) || spares_heirs(situation.schema, name) ||
           (table != nullptr && table->is_materialized_view && table->origin == Origin::script);
}

// ON ONLY a partitioned table nothing is built; elsewhere it means nothing.
bool builds_nothing(const Situation& situation, const sql::CreateIndex& create) {
    const KnownTable* table = situation.schema.table(create.table);
    return create.only &&
           (table == nullptr || !table->is_complete || is_partitioned(situation, create.table));
}

// Every partition has an equal index, which becomes a part of the new one.
bool takes_those_there(const Situation& situation, const sql::CreateIndex& create) {
    const KnownTable* table = situation.schema.table(create.table);
    return table != nullptr &&
           every_partition_has(situation.schema, *table, known_index(create), nullptr);
}

void index_create_blocking(const Situation& situation, Report& report) {
    const auto* create = situation.does<sql::CreateIndex>();
    if (create == nullptr || create->concurrently || is_spared(situation, create->table) ||
        builds_nothing(situation, *create) || does_nothing(situation, *create) ||
        takes_those_there(situation, *create))
        return;
    Finding& finding =
        report.say("index-create-blocking", situation.statement,
                   "CREATE INDEX blocks writes to " + quoted(create->table) + " while it builds");
    finding.table = create->table;
    if (is_partitioned(situation, create->table)) {
        finding.help = {"CREATE INDEX ... ON ONLY " + quoted(create->table) +
                            "; then CREATE INDEX CONCURRENTLY on each partition",
                        "then ALTER INDEX ... ATTACH PARTITION each of them"};
        return;
    }
    finding.help = {"CREATE INDEX CONCURRENTLY, in a migration of its own, outside a transaction"};
    if (!create->name.empty())
        finding.help.push_back("when it was interrupted: DROP INDEX CONCURRENTLY IF EXISTS " +
                               quoted(ObjectName{create->table.schema, create->name, 0}) +
                               ", and again");
    finding.fix = made_concurrent(situation, "index");
    if (finding.fix && create->if_not_exists) drop_invalid_first(situation, *create, *finding.fix);
}

bool backs_constraint(const KnownTable* table, const ObjectName& name) {
    const KnownIndex* index = table == nullptr ? nullptr : table->index(name.name);
    return index != nullptr && !index->constraint.empty();
}

// The index that it is a part of; empty where it is whole.
std::string parent_of(const KnownTable* table, const ObjectName& name) {
    const KnownIndex* index = table == nullptr ? nullptr : table->index(name.name);
    return index == nullptr ? std::string{} : index->parent_name;
}

void index_drop_blocking(const Situation& situation, Report& report) {
    const auto* drop = situation.does<sql::Drop>();
    if (drop == nullptr || drop->object != ObjectKind::index || drop->concurrently) return;
    for (const sql::DroppedObject& object : drop->objects) {
        const KnownTable* table = situation.schema.table_of_index(object.name);
        if (table != nullptr && (table->origin == Origin::script || table->temporary)) continue;
        if (backs_constraint(table, object.name)) continue;  // the server refuses
        Finding& finding =
            report.say("index-drop-blocking", situation.statement,
                       "DROP INDEX " + quoted(object.name) +
                           " blocks reads and writes of its table while it waits and works");
        if (table != nullptr) finding.table = table->name;
        if (table != nullptr && is_partitioned(situation, table->name)) {
            finding.help = {
                "an index of a partitioned table cannot be dropped CONCURRENTLY: SET "
                "lock_timeout, and try again when it runs out"};
            return;
        }
        if (const std::string whole = parent_of(table, object.name); !whole.empty()) {
            finding.help = {"this fails: it is a part of the index " + quoted(whole) +
                            " of the partitioned table, with which it goes"};
            return;
        }
        finding.help = {std::string{"DROP INDEX CONCURRENTLY "} +
                        (drop->if_exists ? "IF EXISTS " : "") + quoted(object.name) +
                        ", outside a transaction"};
        if (drop->objects.size() == 1 && !drop->cascade)
            finding.fix = made_concurrent(situation, "index");
        return;
    }
}

// The word that CONCURRENTLY stands behind.
std::string_view word_of(ObjectKind object) {
    if (object == ObjectKind::index) return "index";
    if (object == ObjectKind::table) return "table";
    if (object == ObjectKind::schema) return "schema";
    return object == ObjectKind::database ? "database" : "system";
}

void reindex_blocking(const Situation& situation, Report& report) {
    const auto* reindex = situation.does<sql::Reindex>();
    if (reindex == nullptr || reindex->concurrently) return;
    const KnownTable* table = reindex->object == ObjectKind::index
                                  ? situation.schema.table_of_index(reindex->name)
                                  : situation.schema.table(reindex->name);
    const bool is_relation =
        reindex->object == ObjectKind::index || reindex->object == ObjectKind::table;
    if (is_relation && table != nullptr && is_spared(situation, table->name)) return;
    const std::string what{word_of(reindex->object)};
    const std::string of = reindex->name.name.empty() ? "" : " " + quoted(reindex->name);
    Finding& finding =
        report.say("reindex-blocking", situation.statement,
                   "REINDEX of the " + what + of +
                       " blocks writes, and reads that would use an index, until it is done");
    if (is_relation) finding.table = table != nullptr ? table->name : reindex->name;
    if (what == "system" || (is_relation && is_catalog(reindex->name))) {
        finding.help = {
            "the catalogs' indexes cannot be rebuilt CONCURRENTLY: do it in a "
            "maintenance window"};
        return;
    }
    if (!situation.server_has(reindexes_concurrently_since)) {
        finding.help = {
            "before PostgreSQL 12 nothing rebuilds an index in place without blocking: CREATE "
            "INDEX "
            "CONCURRENTLY another one, DROP INDEX CONCURRENTLY this one, rename that one"};
        return;
    }
    finding.help = {"REINDEX with CONCURRENTLY behind the word " + what +
                    ", outside a transaction"};
    finding.fix = made_concurrent(situation, what);
}

}  // namespace

std::vector<Rule> index_rules() {
    return {
        {"index-create-blocking", Bucket::hazard,
         "Building an index blocks writes to its table until it is done.", "SHARE",
         index_create_blocking},
        {"index-drop-blocking", Bucket::hazard,
         "Dropping an index locks its table against everything.", "ACCESS EXCLUSIVE",
         index_drop_blocking},
        {"reindex-blocking", Bucket::hazard,
         "Rebuilding an index blocks writes, and reads that plan to use it.",
         "SHARE on the table, ACCESS EXCLUSIVE on the index", reindex_blocking},
    };
}

}  // namespace migrations::rules
