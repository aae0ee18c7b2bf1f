#include "migrations/rules/rule.hpp"
#include "migrations/rules/table_changes.hpp"

#include <map>

namespace migrations::rules {

using sql::ConstraintKind;
using sql::TableChange;
using sql::TableChangeKind;

namespace {

struct Feature {
    std::string name;
    std::uint32_t since{};
};

using Features = std::vector<Feature>;

void of_constraint(const sql::Constraint& constraint, Features& features) {
    if (constraint.kind == ConstraintKind::identity) features.push_back({"identity columns", 10});
    if (constraint.kind == ConstraintKind::generated) features.push_back({"generated columns", 12});
    if (constraint.nulls_not_distinct) features.push_back({"UNIQUE NULLS NOT DISTINCT", 15});
}

void of_column(const sql::Column& column, Features& features) {
    for (const sql::Constraint& each : column.constraints) of_constraint(each, features);
    if (column.type.name.ends_with("multirange")) features.push_back({"multiranges", 14});
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

bool says(const std::vector<std::string>& words, const std::string& first,
          const std::string& second) {
    for (std::size_t at = 0; at + 1 < words.size(); ++at)
        if (words[at] == first && words[at + 1] == second) return true;
    return false;
}

// Behind the list of arguments: a body that is parsed when the function is made.
bool has_parsed_body(const sql::CreateFunction& create, const std::vector<std::string>& words) {
    return create.body.empty() && (says(words, "begin", "atomic") || contains(words, "return"));
}

Features of(const Situation& situation) {
    Features features;
    if (const auto* alter = situation.does<sql::AlterTable>())
        for (const TableChange& change : alter->changes) of_change(change, features);
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
    if (const auto* rows = situation.does<sql::Rows>(); rows && rows->verb == sql::RowsVerb::merge)
        features.push_back({"MERGE", 15});
    if (const auto* view = situation.does<sql::CreateView>()) of_view(*view, features);
    if (const auto* trigger = situation.does<sql::CreateTrigger>(); trigger && trigger->replace)
        features.push_back({"CREATE OR REPLACE TRIGGER", 14});
    if (const auto* create = situation.does<sql::CreateFunction>()) {
        if (create->is_procedure) features.push_back({"procedures", 11});
        if (has_parsed_body(*create, bare_words(situation.statement.text)))
            features.push_back({"functions with a body in SQL's own syntax", 14});
    }
    return features;
}

void version_unsupported_syntax(const Situation& situation, Report& report) {
    for (const Feature& feature : of(situation)) {
        if (situation.server_has(feature.since)) continue;
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
        {"version-unsupported-syntax", Bucket::hazard, "What is newer than the server fails on it.",
         "", version_unsupported_syntax},
    };
}

}  // namespace migrations::rules
