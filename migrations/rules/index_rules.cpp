#include "migrations/rules/rule.hpp"

namespace migrations::rules {

using sql::ObjectKind;

namespace {

bool is_partitioned(const Schema& schema, const ObjectName& table) {
    const KnownTable* known = schema.table(table);
    return known != nullptr && known->partition_by != 0;
}

// "CREATE [UNIQUE] INDEX" in the text gets CONCURRENTLY behind it.
std::optional<Fix> made_concurrent(const Judged& statement, std::string_view word) {
    const std::size_t at = statement.text.find(word);
    if (at == std::string_view::npos || statement.is_nested) return std::nullopt;
    const std::size_t end = statement.begin + at + word.size();
    return Fix{"build it without blocking writes; it then runs outside a transaction",
               {{end, end, " CONCURRENTLY"}}};
}

void index_create_blocking(const Situation& situation, Report& report) {
    const auto* create = situation.does<sql::CreateIndex>();
    if (create == nullptr || create->concurrently) return;
    if (situation.schema.is_made_here(create->table) ||
        situation.schema.is_temporary(create->table))
        return;
    if (create->only && is_partitioned(situation.schema, create->table)) return;
    Finding& finding =
        report.say("index-create-blocking", situation.statement,
                   "CREATE INDEX blocks writes to " + quoted(create->table) + " while it builds");
    finding.table = create->table;
    if (is_partitioned(situation.schema, create->table)) {
        finding.help = {"CREATE INDEX ... ON ONLY " + quoted(create->table) +
                            "; then CREATE INDEX CONCURRENTLY on each partition",
                        "then ALTER INDEX ... ATTACH PARTITION each of them"};
        return;
    }
    finding.help = {"CREATE INDEX CONCURRENTLY, in a migration of its own, outside a transaction"};
    finding.fix = made_concurrent(situation.statement, "INDEX");
}

void index_drop_blocking(const Situation& situation, Report& report) {
    const auto* drop = situation.does<sql::Drop>();
    if (drop == nullptr || drop->object != ObjectKind::index || drop->concurrently) return;
    for (const sql::DroppedObject& object : drop->objects) {
        const KnownTable* table = situation.schema.table_of_index(object.name);
        if (table != nullptr && (table->origin == Origin::script || table->temporary)) continue;
        report
            .say("index-drop-blocking", situation.statement,
                 "DROP INDEX blocks reads and writes of its table while it waits and works")
            .help = {"DROP INDEX CONCURRENTLY " + quoted(object.name)};
        return;
    }
}

void reindex_blocking(const Situation& situation, Report& report) {
    const auto* reindex = situation.does<sql::Reindex>();
    if (reindex == nullptr || reindex->concurrently || !situation.server_has(12)) return;
    if (situation.schema.is_made_here(reindex->name)) return;
    report
        .say("reindex-blocking", situation.statement,
             "REINDEX blocks writes, and reads that would use the index, until it is done")
        .help = {"REINDEX ... CONCURRENTLY, outside a transaction"};
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
