#include "migrations/rules/rule.hpp"
#include "migrations/rules/server_features.hpp"
#include "migrations/rules/table_changes.hpp"

#include <algorithm>
#include <map>

namespace migrations::rules {

using sql::ConstraintKind;
using sql::TableChange;
using sql::TableChangeKind;

namespace {

void of_constraint(const sql::Constraint& constraint, Features& features) {
    if (constraint.kind == ConstraintKind::identity) features.push_back({"identity columns", 10});
    if (constraint.kind == ConstraintKind::generated) features.push_back({"generated columns", 12});
    if (constraint.nulls_not_distinct) features.push_back({"UNIQUE NULLS NOT DISTINCT", 15});
    if (constraint.sets_some) features.push_back({"ON DELETE SET of some columns", 15});
}

void of_column(const sql::Column& column, Features& features) {
    for (const sql::Constraint& each : column.constraints) of_constraint(each, features);
    const sql::TypeName& type = column.type;
    if (type.name.ends_with("multirange")) features.push_back({"multiranges", 14});
    if (type.name == "numeric" && type.modifiers.size() > 1 &&
        (type.modifiers[1] < 0 || type.modifiers[1] > type.modifiers[0]))
        features.push_back({"numeric with a scale below 0, or above its precision,", 15});
}

void of_change(const TableChange& change, Features& features) {
    of_constraint(change.constraint, features);
    of_column(change.column, features);
    static const std::map<TableChangeKind, Feature> kinds{
        {TableChangeKind::attach_partition, {"ATTACH PARTITION", 10}},
        {TableChangeKind::add_identity, {"identity columns", 10}},
        {TableChangeKind::drop_expression, {"DROP EXPRESSION", 13}},
        {TableChangeKind::set_compression, {"SET COMPRESSION", 14}},
        {TableChangeKind::set_access_method, {"SET ACCESS METHOD", 15}},
    };
    if (const auto found = kinds.find(change.kind); found != kinds.end())
        features.push_back(found->second);
    for (const sql::Option& option : change.options)
        if (option.name == "security_invoker")
            features.push_back({"views WITH (security_invoker)", 15});
    if (change.concurrently) features.push_back({"DETACH PARTITION CONCURRENTLY", 14});
    if (change.finalize) features.push_back({"DETACH PARTITION FINALIZE", 14});
    if (change.bound.is_default) features.push_back({"default partitions", 11});
    if (change.bound.strategy == 'h') features.push_back({"hash partitions", 11});
}

void of_create(const sql::CreateTable& create, Features& features) {
    for (const sql::Column& column : create.columns) of_column(column, features);
    for (const sql::Constraint& each : create.constraints) of_constraint(each, features);
    if (create.partition_by != 0 || create.bound.is_there)
        features.push_back({"declared partitions", 10});
    if (create.partition_by == 'h' || create.bound.strategy == 'h')
        features.push_back({"hash partitions", 11});
    if (create.bound.is_default) features.push_back({"default partitions", 11});
}

void of_view(const sql::CreateView& view, Features& features) {
    for (const sql::Option& option : view.options)
        if (option.name == "security_invoker")
            features.push_back({"views WITH (security_invoker)", 15});
}

using Words = std::vector<std::string>;

bool says(const Words& words, const Words& phrase) {
    return std::search(words.begin(), words.end(), phrase.begin(), phrase.end()) != words.end();
}

bool begins(const Words& words, const Words& phrase) {
    return words.size() >= phrase.size() && std::equal(phrase.begin(), phrase.end(), words.begin());
}

// What the keywords tell, in a statement that begins so.
void of_words(const Words& words, Features& features) {
    struct Phrase {
        Words first;
        Words then;
        Feature feature;
    };
    static const std::vector<Phrase> phrases{
        {{"call"}, {}, {"CALL", 11}},
        {{"grant"}, {"on", "parameter"}, {"rights on parameters", 15}},
        {{"alter", "procedure"}, {}, {"procedures", 11}},
        {{"drop", "procedure"}, {}, {"procedures", 11}},
        {{"create", "statistics"}, {}, {"CREATE STATISTICS", 10}},
        {{"create", "publication"}, {}, {"publications", 10}},
        {{"create", "publication"}, {"tables", "in", "schema"}, {"FOR TABLES IN SCHEMA", 15}},
        {{"create", "publication"}, {"where"}, {"row filters of publications", 15}},
        {{"alter", "publication"}, {"tables", "in", "schema"}, {"TABLES IN SCHEMA", 15}},
        {{"alter", "publication"}, {"where"}, {"row filters of publications", 15}},
        {{"vacuum", "parallel"}, {}, {"VACUUM (PARALLEL)", 13}},
        {{"vacuum", "process_toast"}, {}, {"VACUUM (PROCESS_TOAST)", 14}},
        {{"vacuum", "skip_locked"}, {}, {"VACUUM (SKIP_LOCKED)", 12}},
        {{"create", "subscription"}, {}, {"subscriptions", 10}},
        {{"drop", "database"}, {"force"}, {"DROP DATABASE ... (FORCE)", 13}},
        {{"create", "collation"}, {"deterministic"}, {"nondeterministic collations", 12}},
        {{"create", "collation"}, {"provider"}, {"collations of a provider", 10}},
        {{"create", "policy"}, {"as", "restrictive"}, {"restrictive policies", 10}},
        {{"create", "trigger"}, {"referencing", "new"}, {"transition tables", 10}},
        {{"create", "trigger"}, {"referencing", "old"}, {"transition tables", 10}},
        {{"create", "trigger"}, {"execute", "function"}, {"EXECUTE FUNCTION", 11}},
        {{"insert"}, {"overriding", "system", "value"}, {"OVERRIDING SYSTEM VALUE", 10}},
        {{"insert"}, {"overriding", "user", "value"}, {"OVERRIDING USER VALUE", 10}},
        {{"select"}, {"group", "by", "distinct"}, {"GROUP BY DISTINCT", 14}},
        {{"select"}, {"rows", "with", "ties"}, {"FETCH ... WITH TIES", 13}},
        {{"create", "table"}, {"including", "compression"}, {"LIKE ... INCLUDING COMPRESSION", 14}},
    };
    for (const Phrase& phrase : phrases)
        if (begins(words, phrase.first) && says(words, phrase.then))
            features.push_back(phrase.feature);
    if (words.empty() || (words.front() != "create" && words.front() != "alter")) return;
    for (const char* method : {"lz4", "pglz"})
        if (says(words, {"compression", method}))
            features.push_back({"the compression of a column", 14});
}

void of_rows(const sql::Rows& rows, const Words& words, Features& features) {
    if (rows.verb == sql::RowsVerb::merge) features.push_back({"MERGE", 15});
    if (rows.verb == sql::RowsVerb::copy_from && contains(words, "where"))
        features.push_back({"COPY ... FROM ... WHERE", 12});
    if (words.empty() || words.front() != "with") return;
    if (says(words, {"as", "materialized"}) || says(words, {"as", "not", "materialized"}))
        features.push_back({"WITH ... AS MATERIALIZED", 12});
}

// Built into the server since then. A name that people or extensions have long given to functions
// of their own (gcd, date_add, regexp_like) is not among them; what the script makes is told.
void of_functions(const Situation& situation, const sql::Expression& expression,
                  Features& features) {
    static const std::map<std::string, std::uint32_t> functions{
        {"array_sample", 16},
        {"array_shuffle", 16},
        {"casefold", 18},
        {"date_bin", 14},
        {"jsonb_set_lax", 13},
        {"random_normal", 16},
        {"string_to_table", 14},
        {"to_bin", 17},
        {"to_oct", 17},
        {"trim_array", 14},
        {"unistr", 14},
        {"uuid_extract_timestamp", 17},
        {"uuid_extract_version", 17},
        {"uuidv4", 18},
        {"uuidv7", 18},
    };
    for (const std::string& name : expression.functions)
        if (const auto found = functions.find(name);
            found != functions.end() && situation.schema.function({"", name, 0}) == nullptr)
            features.push_back({"the function " + name + "()", found->second});
}

void of_expressions(const Situation& situation, Features& features) {
    const auto of_all = [&](const std::vector<sql::Constraint>& constraints) {
        for (const sql::Constraint& each : constraints)
            of_functions(situation, each.expression, features);
    };
    if (const auto* create = situation.does<sql::CreateTable>()) {
        for (const sql::Column& column : create->columns) of_all(column.constraints);
        of_all(create->constraints);
    }
    if (const auto* alter = situation.does<sql::AlterTable>())
        for (const TableChange& change : alter->changes) {
            of_all(change.column.constraints);
            of_all({change.constraint});
            of_functions(situation, change.expression, features);
        }
    if (const auto* rows = situation.does<sql::Rows>())
        of_functions(situation, rows->all, features);
}

// A right by the name of which no older server knows anything.
void of_grant(const sql::Grant& grant, Features& features) {
    constexpr std::uint32_t maintain_since = 17;
    if (contains(grant.privileges, "maintain"))
        features.push_back({"the right MAINTAIN", maintain_since});
}

void of_dropped_index(const sql::Drop& drop, Features& features) {
    if (!drop.concurrently) return;
    if (drop.objects.size() > 1)
        features.push_back({"DROP INDEX CONCURRENTLY of several indexes", no_version,
                            "a statement for each of them"});
    if (drop.cascade)
        features.push_back({"DROP INDEX CONCURRENTLY ... CASCADE", no_version,
                            "leave CASCADE out: what depends on it is dropped by its own name"});
}

// A constraint is made of a whole index over columns.
void of_used_index(const Situation& situation, const sql::AlterTable& alter, Features& features) {
    const KnownTable* table = situation.schema.table(alter.table);
    for (const TableChange& change : alter.changes) {
        if (change.kind != TableChangeKind::add_constraint || table == nullptr) continue;
        const KnownIndex* index = table->index(change.constraint.using_index);
        if (index == nullptr) continue;
        std::string what;
        if (!index->unique) what = "that is not UNIQUE";
        if (index->partial) what = "with a WHERE";
        if (contains(index->columns, "")) what = "over an expression";
        if (!what.empty())
            features.push_back(
                {"a constraint USING INDEX " + quoted(index->name) + ", an index " + what,
                 no_version,
                 "CREATE UNIQUE INDEX CONCURRENTLY over the columns alone, and the "
                 "constraint of that one"});
    }
}

bool is_for_refresh(const KnownIndex& index) {
    return index.unique && !index.partial && !contains(index.columns, "");
}

void of_refresh(const Situation& situation, const sql::RefreshView& refresh, Features& features) {
    const KnownTable* view = situation.schema.table(refresh.view);
    if (!refresh.concurrently || view == nullptr || !view->is_materialized_view) return;
    const std::string name = "REFRESH MATERIALIZED VIEW CONCURRENTLY " + quoted(refresh.view);
    if (view->lacks_data)
        features.push_back({name + ", which was made WITH NO DATA", no_version,
                            "fill it first: REFRESH MATERIALIZED VIEW " + quoted(refresh.view)});
    if (std::none_of(view->indexes.begin(), view->indexes.end(), is_for_refresh))
        features.push_back({name + ", which has no unique index over columns without WHERE",
                            no_version,
                            "CREATE UNIQUE INDEX ON " + quoted(refresh.view) + " (...) first"});
}

void of_setting(const sql::Set& set, Features& features) {
    static const std::map<std::string, std::uint32_t> settings{
        {"transaction_timeout", 17},
        {"idle_session_timeout", 14},
    };
    if (const auto found = settings.find(set.name); found != settings.end())
        features.push_back({"the setting " + set.name, found->second});
}

// Behind the list of arguments: a body that is parsed when the function is made.
bool has_parsed_body(const sql::CreateFunction& create, const std::vector<std::string>& words) {
    return create.body.empty() && (says(words, {"begin", "atomic"}) || contains(words, "return"));
}

Features of(const Situation& situation) {
    Features features;
    // No keyword that is looked for is newer.
    const Words words = situation.server_has(15) ? Words{} : bare_words(situation.statement.text);
    of_words(words, features);
    of_partitioned(situation, words, features);
    of_expressions(situation, features);
    if (const auto* grant = situation.does<sql::Grant>()) of_grant(*grant, features);
    if (const auto* alter = situation.does<sql::AlterTable>())
        for (const TableChange& change : alter->changes) of_change(change, features);
    if (const auto* alter = situation.does<sql::AlterTable>())
        of_used_index(situation, *alter, features);
    if (const auto* drop = situation.does<sql::Drop>()) of_dropped_index(*drop, features);
    if (const auto* refresh = situation.does<sql::RefreshView>())
        of_refresh(situation, *refresh, features);
    if (const auto* set = situation.does<sql::Set>()) of_setting(*set, features);
    if (const auto* create = situation.does<sql::CreateTable>()) of_create(*create, features);
    if (const auto* index = situation.does<sql::CreateIndex>()) {
        if (!index->including.empty()) features.push_back({"CREATE INDEX ... INCLUDE", 11});
        if (index->nulls_not_distinct) features.push_back({"NULLS NOT DISTINCT", 15});
        if (index->only) features.push_back({"CREATE INDEX ON ONLY", 11});
    }
    if (const auto* reindex = situation.does<sql::Reindex>()) {
        if (reindex->concurrently) features.push_back({"REINDEX CONCURRENTLY", 12});
        if (reindex->moves_tablespace) features.push_back({"REINDEX (TABLESPACE)", 14});
    }
    if (const auto* rows = situation.does<sql::Rows>()) of_rows(*rows, words, features);
    if (const auto* alter = situation.does<sql::AlterEnum>(); alter && !alter->old_value.empty())
        features.push_back({"ALTER TYPE ... RENAME VALUE", 10});
    if (const auto* control = situation.does<sql::Transaction>(); control && control->chain)
        features.push_back({"AND CHAIN", 12});
    if (const auto* view = situation.does<sql::CreateView>()) of_view(*view, features);
    if (const auto* trigger = situation.does<sql::CreateTrigger>(); trigger && trigger->replace)
        features.push_back({"CREATE OR REPLACE TRIGGER", 14});
    if (const auto* create = situation.does<sql::CreateFunction>()) {
        if (create->is_procedure) features.push_back({"procedures", 11});
        if (has_parsed_body(*create, words))
            features.push_back({"functions with a body in SQL's own syntax", 14});
    }
    return features;
}

void version_unsupported_syntax(const Situation& situation, Report& report) {
    for (const Feature& feature : of(situation)) {
        if (situation.server_has(feature.since)) continue;
        if (feature.since == no_version) {
            report
                .say("version-unsupported-syntax", situation.statement,
                     "no version of PostgreSQL can do this: " + feature.name)
                .help = {feature.instead};
            continue;
        }
        const std::uint32_t major = situation.circumstances.server_version / 10000;
        report
            .say("version-unsupported-syntax", situation.statement,
                 feature.name + " came with PostgreSQL " + std::to_string(feature.since) +
                     "; the server is of version " + std::to_string(major) + " and refuses this")
            .help = {"write it as PostgreSQL " + std::to_string(major) +
                     " knows it, or upgrade the server first"};
    }
}

}  // namespace

std::vector<Rule> server_version_rules() {
    return {
        {"version-unsupported-syntax", Bucket::hazard,
         "What is newer than the server, or than all of them, fails on it.", "",
         version_unsupported_syntax},
    };
}

}  // namespace migrations::rules
