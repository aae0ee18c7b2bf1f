#include "migrations/rules/judge.hpp"
#include "tests/support/folders.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

// tests/migrations/rules/<rule>.sql, cut by lines that begin with "---":
//     --- history                            what comes before the sections that follow
//     --- bad [in-transaction] [server=14]   the rule finds something
//     --- good [in-transaction] [server=14]  it does not

namespace {

namespace fs = std::filesystem;
using namespace migrations::rules;
namespace sql = migrations::sql;

struct Section {
    std::string heading;
    std::string text;
    std::string history;
    int line{};
};

bool says(const std::string& heading, const std::string& word) {
    return heading.find(word) != std::string::npos;
}

std::vector<Section> sections_of(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    std::vector<Section> sections;
    std::string history;
    bool in_history = false;
    int number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        if (line.starts_with("--- ")) {
            in_history = line.starts_with("--- history");
            if (in_history) history.clear();
            if (!in_history) sections.push_back({line.substr(4), "", history, number});
        } else if (in_history) {
            history += line + "\n";
        } else if (!sections.empty()) {
            sections.back().text += line + "\n";
        }
    }
    return sections;
}

bool finds(const std::string& rule, const Section& section) {
    Schema schema;
    remember(section.history, schema);
    Circumstances circumstances;
    circumstances.runner_opens_transaction = says(section.heading, "in-transaction");
    circumstances.history_is_known = !section.history.empty();
    if (const auto at = section.heading.find("server="); at != std::string::npos)
        circumstances.server_version =
            static_cast<std::uint32_t>(std::stoul(section.heading.substr(at + 7))) * 10'000;
    const Judgement judgement = judge(section.text, circumstances, schema);
    return std::any_of(judgement.findings.begin(), judgement.findings.end(),
                       [&](const Finding& finding) { return finding.rule == rule; });
}

fs::path folder() { return fs::path{tests::source_folder()} / "tests/migrations/rules"; }

}  // namespace

TEST_CASE("every rule finds its bad scripts and lets its good ones pass") {
    for (const Rule& rule : all_rules()) {
        const fs::path path = folder() / (std::string{rule.id} + ".sql");
        INFO(path.string());
        REQUIRE(fs::exists(path));
        bool has_bad = false;
        bool has_good = false;
        for (const Section& section : sections_of(path)) {
            INFO("line " << section.line << ": " << section.heading << "\n" << section.text);
            const bool is_bad = section.heading.starts_with("bad");
            CHECK(finds(std::string{rule.id}, section) == is_bad);
            (is_bad ? has_bad : has_good) = true;
        }
        CHECK(has_bad);
        CHECK(has_good);
    }
}

TEST_CASE("what the runner has set needs no setting in the script, until it is taken away") {
    const auto found_in = [](std::string_view text, std::string_view rule) {
        Schema schema;
        remember("CREATE TABLE t (id bigint);", schema);
        Circumstances circumstances;
        circumstances.runner_opens_transaction = true;
        circumstances.initial_settings = {{"lock_timeout", "5s"},
                                          {"idle_in_transaction_session_timeout", "20s"}};
        const auto findings = judge(text, circumstances, schema).findings;
        return std::any_of(findings.begin(), findings.end(),
                           [&](const Finding& finding) { return finding.rule == rule; });
    };
    constexpr std::string_view change = "ALTER TABLE t DROP COLUMN a;";
    CHECK_FALSE(found_in(change, "lock-timeout-missing"));
    CHECK_FALSE(found_in(change, "idle-tx-timeout-missing"));
    CHECK(found_in(change, "statement-timeout-missing"));
    for (const std::string back : {"RESET lock_timeout;", "RESET ALL;", "DISCARD ALL;"})
        CHECK_FALSE(found_in("SET lock_timeout = 0; " + back + std::string{change},
                             "lock-timeout-bad-value"));
    CHECK(found_in("SET lock_timeout = 0; ALTER TABLE t DROP COLUMN a;", "lock-timeout-bad-value"));
    CHECK_FALSE(found_in("ALTER TABLE t DROP COLUMN a; SET lock_timeout = '2s';",
                         "lock-timeout-bad-value"));
}

TEST_CASE("a column that may be of either table of a view is told as one that may be read") {
    const auto found = [](std::string_view view) {
        Schema schema;
        remember(view, schema);
        const auto findings = judge("ALTER TABLE a DROP COLUMN x;", {}, schema).findings;
        const auto one = std::ranges::find(findings, "view-dependents-break", &Finding::rule);
        REQUIRE(one != findings.end());
        return std::pair{one->is_perhaps, one->message};
    };
    CHECK(found("CREATE VIEW v AS SELECT x FROM a, b;") ==
          std::pair{true, std::string{"this may fail: the view v may read a.x"}});
    CHECK(found("CREATE VIEW v AS SELECT a.x FROM a, b;") ==
          std::pair{false, std::string{"this fails: the view v reads a.x"}});
    CHECK_FALSE(found("CREATE TABLE a (x int); CREATE VIEW v AS SELECT x FROM a, b;").first);
}

TEST_CASE("every file of bad and good scripts is of a rule, and every rule says why") {
    for (const auto& entry : fs::directory_iterator{folder()}) {
        INFO(entry.path().string());
        CHECK(find_rule(entry.path().stem().string()) != nullptr);
    }
    for (const Rule& rule : all_rules()) {
        INFO(rule.id);
        CHECK_FALSE(rule.why.empty());
    }
}

TEST_CASE("what a rule finds lies within the text") {
    for (const auto& entry : fs::directory_iterator{folder()})
        for (const Section& section : sections_of(entry.path())) {
            Schema schema;
            remember(section.history, schema);
            for (const Finding& finding : judge(section.text, {}, schema).findings) {
                INFO(entry.path().string() << ": " << finding.rule);
                CHECK(finding.begin <= finding.end);
                CHECK(finding.end <= section.text.size());
                CHECK_FALSE(finding.message.empty());
                if (!finding.fix) continue;
                for (const TextEdit& edit : finding.fix->edits) {
                    CHECK(edit.begin <= edit.end);
                    CHECK(edit.end <= section.text.size());
                }
            }
        }
}

namespace {

std::vector<std::string> found_in(const std::string& text, Schema& schema) {
    std::vector<std::string> rules;
    for (const Finding& finding : judge(text, {}, schema).findings)
        rules.emplace_back(finding.rule);
    return rules;
}

bool holds(const std::vector<std::string>& rules, const std::string& rule) {
    return std::find(rules.begin(), rules.end(), rule) != rules.end();
}

}  // namespace

TEST_CASE("what a script has made is history for the next") {
    Schema schema;
    found_in(
        "CREATE TABLE a (id bigint); ALTER TABLE a RENAME TO b; CREATE TYPE mood AS ENUM "
        "('sad'); CREATE TABLE c AS SELECT 1; CREATE TABLE d (id bigint); "
        "ALTER TABLE d SET SCHEMA app; CREATE VIEW v AS SELECT 1;",
        schema);
    for (const auto& [key, table] : schema.tables()) CHECK(table.origin == Origin::history);
    for (const auto& [key, view] : schema.views()) CHECK(view.origin == Origin::history);
    for (const auto& [key, known] : schema.enumerations()) CHECK(known.origin == Origin::history);
    CHECK(schema.tables().size() == 3);
    CHECK(holds(found_in("CREATE INDEX i ON b (id);", schema), "index-create-blocking"));
    found_in("BEGIN; ALTER TYPE mood ADD VALUE 'ok';", schema);
    for (const auto& [key, known] : schema.enumerations()) CHECK(known.added.empty());
}

namespace {

std::string text_of(const Schema& schema) {
    std::string text;
    for (const auto& [key, table] : schema.tables()) {
        text += "\n" + key + " " + table.name.name +
                (table.origin == Origin::script ? " new" : "") +
                (table.is_filled ? " filled" : "") + (table.unlogged ? " unlogged" : "") + ":";
        for (const auto& column : table.columns)
            text += " " + column.name + " " + column.type.name + (column.not_null ? "!" : "") +
                    (column.has_default ? "=" : "");
        for (const auto& each : table.constraints)
            text += " " + each.name + (each.validated ? "" : "?");
        for (const auto& index : table.indexes) {
            const KnownTable* of = schema.table_of_index({table.name.schema, index.name, 0});
            text += " " + index.name + " of " + (of == nullptr ? "none" : of->name.name);
        }
        for (const auto& each : table.triggers) text += " " + each;
        for (const auto& each : table.partitions) text += " " + each;
    }
    for (const auto& [key, view] : schema.views()) text += "\n" + key + " " + view.name.name;
    for (const auto& [key, known] : schema.enumerations()) {
        text += "\n" + key + " " + std::to_string(known.added.size());
        for (const auto& value : known.values) text += " " + value;
    }
    for (const std::string name : {"f", "touch", "d", "email", "positive"}) {
        const auto* function = schema.function({"", name, 0});
        const auto* domain = schema.domain({"", name, 0});
        text += "\n" + name + (function == nullptr ? "" : function->body) +
                (domain == nullptr ? "" : domain->type.name);
    }
    return text;
}

}  // namespace

TEST_CASE("what is judged on trial leaves no trace") {
    Schema kept;
    std::size_t changing = 0;
    for (const auto& entry :
         fs::directory_iterator{tests::source_folder() + "/tests/migrations/rules"})
        for (const Section& section : sections_of(entry.path())) {
            remember(section.history, kept);
            const std::string before = text_of(kept);
            Schema copy = kept;
            found_in(section.text, copy);
            if (text_of(copy) != before) ++changing;
            kept.begin_trial();
            found_in(section.text, kept);
            CHECK(text_of(kept) == text_of(copy));
            kept.take_back();
            CHECK(text_of(kept) == before);
            remember(section.text, kept);
        }
    CHECK(changing > 100);
}

TEST_CASE("an index is its table's, by whatever name the table goes, until the table is dropped") {
    Schema schema;
    found_in("CREATE TABLE a (id bigint); CREATE INDEX i ON a (id); ALTER TABLE a RENAME TO b;",
             schema);
    REQUIRE(schema.table_of_index({"", "i", 0}) != nullptr);
    CHECK(schema.table_of_index({"", "i", 0})->name.name == "b");
    found_in("DROP TABLE b; CREATE TABLE b (id bigint);", schema);
    CHECK(schema.table_of_index({"", "i", 0}) == nullptr);
}

TEST_CASE("what is locked along with a partition is told") {
    constexpr std::string_view history =
        "CREATE TABLE x (id int PRIMARY KEY);"
        "CREATE TABLE p (id int, pid int REFERENCES x) PARTITION BY RANGE (id);"
        "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);"
        "CREATE TABLE pd PARTITION OF p DEFAULT;";
    const auto first_of = [&](std::string_view text, std::string_view rule) {
        Schema schema;
        remember(history, schema);
        auto findings = judge(text, Circumstances{}, schema).findings;
        std::erase_if(findings, [&](const Finding& each) { return each.rule != rule; });
        REQUIRE_FALSE(findings.empty());
        return findings.front();
    };
    CHECK(first_of("ALTER TABLE p DETACH PARTITION p1;", "partition-detach-blocking")
              .message.ends_with(", and writes to x wait"));
    const std::string create = "CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (20) TO (30);";
    const Finding finding = first_of(create, "partition-create-parent-lock");
    CHECK(finding.message.ends_with("every row of its default partition pd is read"));
    CHECK(finding.help.front().starts_with("ALTER TABLE pd ADD CONSTRAINT ... CHECK (id IS NULL"));
    const std::string check = "ALTER TABLE pd ADD CHECK (id < 20 OR id >= 30);";
    CHECK(first_of(check + create, "partition-create-parent-lock").help.size() == 2);
}

TEST_CASE("locks of writers are held once, and given back with their savepoint") {
    Session session;
    session.begin(0, true);
    const sql::Rows rows;
    const auto take = [&](LockMode mode, const std::string& table, std::size_t statement) {
        session.apply(rows, statement, {{{"", table, 0}, mode, statement}});
    };
    take(LockMode::row_exclusive, "a", 1);
    session.apply(sql::Transaction{sql::TransactionVerb::savepoint, "s", false}, 2, {});
    take(LockMode::row_exclusive, "b", 3);
    take(LockMode::row_exclusive, "a", 4);
    take(LockMode::row_exclusive, "b", 5);
    CHECK(session.locks.size() == 2);
    take(LockMode::access_exclusive, "a", 6);
    take(LockMode::access_exclusive, "a", 7);
    CHECK(session.locks.size() == 4);
    CHECK(session.lock_on({"", "a", 0})->statement == 6);
    session.apply(sql::Transaction{sql::TransactionVerb::rollback_to, "s", false}, 8, {});
    CHECK(session.locks.size() == 1);
}

TEST_CASE("a script that was parsed before, in part or whole, is judged alike") {
    const std::string text = "CREATE INDEX i ON t (a); SELEC; DROP TABLE t; ALTER TABLE u DROP b;";
    Schema plain;
    const auto expected = found_in(text, plain);
    REQUIRE(expected.size() >= 4);
    for (const std::size_t kept : {0U, 1U, 2U, 4U}) {
        ParsedScript parsed = parse_script(text);
        REQUIRE(parsed.parsed.size() == 4);
        parsed.parsed.resize(kept);
        Schema schema;
        std::vector<std::string> rules;
        for (const Finding& finding : judge(text, std::move(parsed), {}, schema).findings)
            rules.emplace_back(finding.rule);
        CHECK(rules == expected);
    }
}

TEST_CASE("a long script's statements are asked for when they are judged, and the rest is parsed") {
    std::string text;
    for (std::size_t index = 0; index < 2 * statements_parsed_before; ++index)
        text += "DROP TABLE t" + std::to_string(index) + ";\n";
    for (const bool is_given : {false, true}) {
        ParsedScript script = parse_script(text);
        CHECK(script.parsed.size() == statements_parsed_before);
        std::size_t next = script.parsed.size();
        const std::span<const sql::StatementRange> ranges{script.ranges};
        if (is_given)
            script.more = [&] {
                const std::size_t from = std::exchange(next, next + 256);
                return parse_some(text, ranges.subspan(from, 256));
            };
        Schema schema;
        std::size_t dropped = 0;
        for (const Finding& finding : judge(text, std::move(script), {}, schema).findings)
            if (finding.rule == "drop-table") ++dropped;
        CHECK(dropped == 2 * statements_parsed_before);
        CHECK(next == (is_given ? 2 : 1) * statements_parsed_before);
    }
}

TEST_CASE("what a transaction has made is gone with its rollback, however it is spelled") {
    for (const std::string end : {"ROLLBACK", "abort", "RollBack Work"}) {
        Schema schema;
        found_in("CREATE TABLE a (id int); BEGIN; CREATE TABLE b (id int); " + end + ";", schema);
        CHECK(schema.tables().size() == 1);
    }
    Schema schema;
    found_in("BEGIN; CREATE TABLE b (id int); COMMIT;", schema);
    CHECK(schema.tables().size() == 1);
}

TEST_CASE("what is left of a column that nothing fills any more is told as it is") {
    const auto said = [](const std::string& changes) {
        Schema schema;
        for (const Finding& finding : judge("ALTER TABLE a " + changes + ";", {}, schema).findings)
            if (finding.rule == "drop-default") return finding.message;
        return std::string{};
    };
    const std::string null = "put a NULL there";
    CHECK(said("ALTER id DROP IDENTITY").find("NOT NULL, and nothing numbers") !=
          std::string::npos);
    CHECK(said("ALTER id DROP IDENTITY, ALTER id DROP NOT NULL").find(null) != std::string::npos);
    CHECK(said("ALTER b DROP EXPRESSION").find(null) != std::string::npos);
}
