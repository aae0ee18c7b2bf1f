#include "migrations/rules/edit.hpp"
#include "migrations/rules/rule.hpp"

#include <algorithm>

namespace migrations::rules {

using sql::ObjectKind;
using sql::TableChangeKind;
using sql::TransactionVerb;

namespace {

bool is_partitioned(const Schema& schema, const ObjectName& name) {
    const KnownTable* table = schema.table(name);
    if (table == nullptr) table = schema.table_of_index(name);
    return table != nullptr && table->partition_by != 0;
}

// What is done CONCURRENTLY, in words; empty where nothing is.
std::string done_concurrently(const sql::Action& action) {
    if (const auto* create = std::get_if<sql::CreateIndex>(&action))
        return create->concurrently ? "CREATE INDEX CONCURRENTLY on " + quoted(create->table) : "";
    if (const auto* drop = std::get_if<sql::Drop>(&action))
        return drop->concurrently && !drop->objects.empty()
                   ? "DROP INDEX CONCURRENTLY " + quoted(drop->objects.front().name)
                   : "";
    if (const auto* reindex = std::get_if<sql::Reindex>(&action))
        return reindex->concurrently ? "REINDEX CONCURRENTLY of " + quoted(reindex->name) : "";
    if (const auto* alter = std::get_if<sql::AlterTable>(&action))
        for (const sql::TableChange& change : alter->changes)
            if (change.kind == TableChangeKind::detach_partition && change.concurrently)
                return "DETACH PARTITION " + quoted(change.other) + " CONCURRENTLY";
    return "";
}

std::string whose(const Situation& situation) {
    if (situation.statement.is_nested) return "this code runs in one transaction";
    return situation.session.begun_by_script ? "the script has begun one"
                                             : "the script runs in one";
}

void concurrently_in_tx(const Situation& situation, Report& report) {
    if (!situation.session.in_transaction) return;
    const std::string what = done_concurrently(situation.statement.action);
    if (what.empty()) return;
    report
        .say("concurrently-in-tx", situation.statement,
             what + " fails within a transaction, and " + whose(situation))
        .help = {"put it into a migration of its own that runs outside a transaction"};
}

bool is_on(const std::vector<sql::Option>& options, std::string_view name) {
    return std::none_of(options.begin(), options.end(), [&](const sql::Option& option) {
        return option.name == name && (option.value == "false" || option.value == "off" ||
                                       option.value == "0" || option.value == "none");
    });
}

bool has_option(const std::vector<sql::Option>& options, std::string_view name) {
    return std::any_of(options.begin(), options.end(),
                       [&](const sql::Option& option) { return option.name == name; });
}

std::string refused(const sql::ClusterObject& object) {
    const bool creates = object.verb == "create";
    if (object.object == ObjectKind::database && creates) return "CREATE DATABASE";
    if (object.object == ObjectKind::database && has_option(object.options, "tablespace"))
        return "ALTER DATABASE ... SET TABLESPACE";
    if (object.object == ObjectKind::tablespace && creates) return "CREATE TABLESPACE";
    if (object.verb == "alter-system") return "ALTER SYSTEM";
    if (object.verb == "alter-publications" && is_on(object.options, "refresh"))
        return "ALTER SUBSCRIPTION that refreshes its publications";
    if (object.object != ObjectKind::subscription || !creates) return "";
    const bool makes_slot = is_on(object.options, "connect") &&
                            is_on(object.options, "create_slot") &&
                            is_on(object.options, "slot_name");
    return makes_slot ? "CREATE SUBSCRIPTION that makes a replication slot" : "";
}

std::string refused(const sql::Reindex& reindex, const Schema& schema) {
    if (reindex.concurrently) return "";
    if (reindex.object == ObjectKind::schema) return "REINDEX SCHEMA";
    if (reindex.object == ObjectKind::database) return "REINDEX DATABASE";
    if (reindex.object == ObjectKind::other) return "REINDEX SYSTEM";
    return is_partitioned(schema, reindex.name) ? "REINDEX of a partitioned table or index" : "";
}

std::string refused(const sql::Drop& drop) {
    if (drop.object == ObjectKind::database) return "DROP DATABASE";
    if (drop.object == ObjectKind::tablespace) return "DROP TABLESPACE";
    if (drop.object == ObjectKind::subscription)
        return "DROP SUBSCRIPTION that has a replication slot";
    return "";
}

// What the server refuses to do within a transaction, in words; else empty.
std::string refused(const sql::Action& action, const Schema& schema) {
    if (const auto* vacuum = std::get_if<sql::Vacuum>(&action))
        return vacuum->is_vacuum ? (vacuum->full ? "VACUUM FULL" : "VACUUM") : "";
    if (const auto* object = std::get_if<sql::ClusterObject>(&action)) return refused(*object);
    if (const auto* reindex = std::get_if<sql::Reindex>(&action)) return refused(*reindex, schema);
    if (const auto* drop = std::get_if<sql::Drop>(&action)) return refused(*drop);
    if (const auto* clustering = std::get_if<sql::Cluster>(&action)) {
        if (clustering->table.name.empty()) return "CLUSTER of every table";
        return is_partitioned(schema, clustering->table) ? "CLUSTER of a partitioned table" : "";
    }
    if (const auto* discard = std::get_if<sql::Discard>(&action))
        return discard->all ? "DISCARD ALL" : "";
    const auto* control = std::get_if<sql::Transaction>(&action);
    if (control == nullptr) return "";
    if (control->verb == TransactionVerb::commit_prepared) return "COMMIT PREPARED";
    return control->verb == TransactionVerb::rollback_prepared ? "ROLLBACK PREPARED" : "";
}

void non_transactional_in_tx(const Situation& situation, Report& report) {
    if (!situation.session.in_transaction) return;
    const std::string what = refused(situation.statement.action, situation.schema);
    if (what.empty()) return;
    report
        .say("non-transactional-in-tx", situation.statement,
             what + " fails within a transaction, and " + whose(situation))
        .help = {"put it into a migration of its own that runs outside a transaction"};
}

bool opens(TransactionVerb verb) { return verb == TransactionVerb::begin; }

bool ends(TransactionVerb verb) {
    return verb == TransactionVerb::commit || verb == TransactionVerb::rollback ||
           verb == TransactionVerb::prepare;
}

std::string misplaced(const Situation& situation, const sql::Transaction& control) {
    const Session& session = situation.session;
    if (situation.statement.is_nested)
        return ends(control.verb) && session.code_cannot_commit
                   ? "code cannot end the transaction that it was called in: the server refuses"
                   : "";
    const bool is_of_runner = session.in_transaction && !session.begun_by_script;
    if (opens(control.verb)) {
        if (is_of_runner) return "the script runs in a transaction already: BEGIN does nothing";
        return session.in_transaction
                   ? "a transaction is open already: this BEGIN does nothing, and the first COMMIT "
                     "ends it"
                   : "";
    }
    if (!ends(control.verb)) return "";
    if (is_of_runner)
        return "this ends the transaction that the script runs in: what follows runs in none, and "
               "the migration is recorded apart from its changes";
    return session.in_transaction ? "" : "no transaction is open here: this does nothing";
}

void tx_control_in_migration(const Situation& situation, Report& report) {
    const auto* control = situation.does<sql::Transaction>();
    if (control == nullptr) return;
    const std::string message = misplaced(situation, *control);
    if (message.empty()) return;
    Finding& finding = report.say("tx-control-in-migration", situation.statement, message);
    if (situation.statement.is_nested)
        finding.help = {
            "run the code where no transaction is open: no BEGIN before it, in a migration that "
            "says "
            "\"-- varve: transaction off\"",
            "that may stop half-way: write it so that it can be run again"};
    else
        finding.help = {
            "leave BEGIN and COMMIT to what runs the migration, or write exactly one of each"};
}

void tx_uncommitted(const FileSituation& file, Report& report) {
    if (!file.session.in_transaction || !file.session.begun_by_script) return;
    const std::size_t at = file.session.begun_at;
    if (at >= file.statements.size()) return;
    Finding& finding = report.say("tx-uncommitted", file.statements[at],
                                  "the transaction that is begun here is never committed: its "
                                  "changes are lost, or its locks stay");
    finding.help = {"COMMIT at the end of the script"};
    const Judged& last = file.statements.back();
    const std::size_t last_end =
        last.repeats.empty() ? last.begin + last.text.size() : last.repeats.back().end;
    if (last.is_nested) return;
    const bool is_closed = last_end < file.text.size() && file.text[last_end] == ';';
    const std::size_t place = last_end + (is_closed ? 1 : 0);
    finding.fix = Fix{"commit it", {{place, place, is_closed ? "\nCOMMIT;" : ";\nCOMMIT;"}}};
}

bool is_change(const sql::Action& action) {
    return !std::holds_alternative<sql::Set>(action) &&
           !std::holds_alternative<sql::Transaction>(action) &&
           !std::holds_alternative<sql::Discard>(action) &&
           !std::holds_alternative<sql::Comment>(action);
}

// A concurrent build after the DROP of what a failed one may have left is one piece of work.
bool prepares(const sql::Action& action) {
    const auto* drop = std::get_if<sql::Drop>(&action);
    return drop != nullptr && drop->object == ObjectKind::index && drop->concurrently &&
           drop->if_exists;
}

void concurrent_index_multi(const FileSituation& file, Report& report) {
    std::size_t change_count = 0;
    const Judged* concurrent = nullptr;
    for (const Judged& statement : file.statements) {
        if (!is_change(statement.action) || prepares(statement.action)) continue;
        ++change_count;
        if (concurrent == nullptr && !done_concurrently(statement.action).empty())
            concurrent = &statement;
    }
    if (concurrent == nullptr || change_count < 2) return;
    report
        .say("concurrent-index-multi", *concurrent,
             done_concurrently(concurrent->action) +
                 " stands beside other changes: where one of them fails, the others stay")
        .help = {"one such statement to a migration"};
}

}  // namespace

std::vector<Rule> transaction_rules() {
    return {
        {"concurrently-in-tx", Bucket::hazard,
         "What is done CONCURRENTLY commits in between, so it fails within a transaction.", "",
         concurrently_in_tx},
        {"non-transactional-in-tx", Bucket::hazard,
         "Some statements cannot be undone, so the server refuses them within a transaction.", "",
         non_transactional_in_tx},
        {"tx-control-in-migration", Bucket::hazard,
         "A BEGIN, COMMIT or ROLLBACK that does not match an open transaction changes what is "
         "undone together.",
         "", tx_control_in_migration},
        {"tx-uncommitted", Bucket::hazard,
         "What is never committed is rolled back when the session ends.", "", nullptr,
         tx_uncommitted},
        {"concurrent-index-multi", Bucket::advisory,
         "What runs outside a transaction is not undone when something after it fails.", "",
         nullptr, concurrent_index_multi},
    };
}

}  // namespace migrations::rules
