#include "migrations/rules/nested_sql.hpp"

#include "migrations/rules/judge.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace migrations::rules;

namespace {

std::vector<std::string> texts(const std::string& body) {
    std::vector<std::string> all;
    for (const NestedStatement& each : nested_sql(body).statements) all.push_back(each.text);
    return all;
}

std::vector<Finding> found(std::string_view rule, const std::string& text) {
    Schema schema;
    auto findings = judge(text, {}, schema).findings;
    std::erase_if(findings, [&](const Finding& finding) { return finding.rule != rule; });
    return findings;
}

using Texts = std::vector<std::string>;

// Of one character each: what may not be run, or be undone, is "~".
std::string sureness(const std::string& body) {
    std::string all;
    for (const NestedStatement& each : nested_sql(body).statements)
        all += each.is_perhaps ? '~' : '!';
    return all;
}

}  // namespace

TEST_CASE("statements within PL/pgSQL are found wherever one can begin") {
    CHECK(texts("BEGIN DROP TABLE a; IF x THEN DELETE FROM b; ELSE PERFORM f(1); END IF; END") ==
          Texts{"DROP TABLE a", "DELETE FROM b", "SELECT  f(1)"});
    CHECK(texts("BEGIN FOR r IN SELECT id FROM a LOOP UPDATE b SET c = 1; END LOOP; END") ==
          Texts{"SELECT id FROM a", "UPDATE b SET c = 1"});
    CHECK(texts("BEGIN FOR i IN 1..3 LOOP DELETE FROM a; END LOOP; END") == Texts{"DELETE FROM a"});
    CHECK(texts("BEGIN RETURN QUERY DELETE FROM a RETURNING id; END") ==
          Texts{"DELETE FROM a RETURNING id"});
    CHECK(texts("BEGIN x := 'DROP TABLE a'; -- DROP TABLE b;\n RAISE NOTICE 'DELETE FROM c'; END")
              .empty());
}

TEST_CASE("a statement is run only perhaps where a condition decides, or a handler undoes it") {
    CHECK(sureness("BEGIN DELETE FROM a; END") == "!");
    CHECK(sureness("BEGIN IF x THEN DELETE FROM a; END IF; DELETE FROM b; END") == "~!");
    CHECK(sureness("BEGIN IF NOT EXISTS (SELECT FROM c) THEN DELETE FROM a; ELSE DELETE FROM b; "
                   "END IF; END") == "!~");
    CHECK(sureness("BEGIN IF to_regclass('a') IS NULL THEN DELETE FROM a; END IF; END") == "!");
    CHECK(sureness("BEGIN IF x THEN RETURN; END IF; DELETE FROM a; END") == "~");
    CHECK(sureness("BEGIN IF EXISTS (SELECT FROM c) THEN RETURN; END IF; DELETE FROM a; END") ==
          "!");
    CHECK(sureness("BEGIN FOR i IN 1..n LOOP DELETE FROM a; END LOOP; DELETE FROM b; END") == "~!");
    CHECK(sureness("BEGIN x := CASE WHEN y THEN 1 ELSE 2 END; DELETE FROM a; END") == "!");
    CHECK(sureness("BEGIN CASE x WHEN 1 THEN DELETE FROM a; END CASE; DELETE FROM b; END") == "~!");
    CHECK(sureness("BEGIN DELETE FROM a; BEGIN DELETE FROM b; EXCEPTION WHEN OTHERS THEN DELETE "
                   "FROM c; END; DELETE FROM d; END") == "!~~!");
    CHECK(sureness("BEGIN DELETE FROM a; EXCEPTION WHEN duplicate_table OR duplicate_object THEN "
                   "DELETE FROM b; END") == "!~");
    CHECK(sureness("BEGIN DELETE FROM a; EXCEPTION WHEN duplicate_table THEN NULL; WHEN OTHERS "
                   "THEN NULL; END") == "~");
}

TEST_CASE("calls in PL/pgSQL's own expressions are told between the statements") {
    const NestedSql found = nested_sql(
        "DECLARE n int := f(); BEGIN DELETE FROM a; n := s.\"G\"(1); "
        "SELECT h(); FOR i IN 1..f() LOOP END LOOP; END");
    REQUIRE(found.calls.size() == 3);
    CHECK(found.calls[0].name == "f");
    CHECK(found.calls[0].before == 0);
    CHECK(found.calls[1].name == "s.G");
    CHECK(found.calls[1].before == 1);
    CHECK(found.calls[2].name == "f");
}

TEST_CASE("a statement keeps its place and loses its INTO") {
    const std::string body = "BEGIN\n  SELECT count(*) INTO STRICT n FROM a;\nEND";
    const auto statements = nested_sql(body).statements;
    REQUIRE(statements.size() == 1);
    CHECK(statements[0].begin == body.find("SELECT"));
    CHECK(statements[0].text == "SELECT count(*)               FROM a");
    CHECK_FALSE(statements[0].is_dynamic);
}

TEST_CASE("what EXECUTE runs is known where it is a constant, format() of one, or set to one") {
    CHECK(texts("BEGIN EXECUTE 'DROP TABLE it''s'; END") == Texts{"DROP TABLE it's"});
    CHECK(texts("BEGIN EXECUTE $q$DROP TABLE a$q$; END") == Texts{"DROP TABLE a"});
    CHECK(texts("BEGIN EXECUTE format('ALTER TABLE %I ADD b text DEFAULT %L', t, v); END") ==
          Texts{"ALTER TABLE varve_unknown ADD b text DEFAULT 'varve_unknown'"});
    CHECK(texts("DECLARE q text := 'DROP TABLE a'; BEGIN EXECUTE q; END") == Texts{"DROP TABLE a"});
    CHECK(texts("BEGIN EXECUTE 'TRUNCATE ' || quote_ident(t) USING x; END").size() == 1);
    for (const std::string declared : {"q text = 'DROP TABLE a'", "q text DEFAULT 'DROP TABLE a'",
                                       "q constant varchar(90) := 'DROP TABLE a'"})
        CHECK(texts("DECLARE n int; " + declared + "; BEGIN EXECUTE q; END") ==
              Texts{"DROP TABLE a"});
    CHECK(texts("BEGIN q = concat('DROP TABLE ', t); q := q || ' CASCADE'; EXECUTE q; END") ==
          Texts{"DROP TABLE varve_unknown CASCADE"});
    CHECK(texts("BEGIN q := 'DROP TABLE a'; q := t; EXECUTE q; END").empty());
}

TEST_CASE("people are shown no name that stands for another") {
    CHECK(without_unknown("ALTER TABLE varve_unknown VALIDATE CONSTRAINT varve_unknown_a_check",
                          "...") == "ALTER TABLE ... VALIDATE CONSTRAINT ...");
    CHECK(without_unknown("changing app.\"varve_unknown\".a to text", "it") ==
          "changing it to text");
    CHECK(without_unknown("nothing of it", "...") == "nothing of it");
}

TEST_CASE("what EXECUTE runs is unknown where it is only there when it runs") {
    CHECK(nested_sql("BEGIN EXECUTE q; END").unknown_count == 1);
    CHECK(nested_sql("BEGIN EXECUTE (q || ' CASCADE'); END").unknown_count == 1);
    CHECK(nested_sql("BEGIN q := 'a'; q := f(); EXECUTE q; END").unknown_count == 1);
    CHECK(nested_sql("BEGIN EXECUTE").statements.empty());
    CHECK(nested_sql("").statements.empty());
    CHECK(nested_sql("BEGIN EXECUTE 'never closed").statements.empty());
}

TEST_CASE("a finding within a DO block points at the statement in it") {
    const std::string text = "DO $$\nBEGIN\n  DROP TABLE orders;\nEND $$;";
    const auto findings = found("drop-table", text);
    REQUIRE(findings.size() == 1);
    CHECK(text.substr(findings[0].begin, findings[0].end - findings[0].begin) ==
          "DROP TABLE orders");
    CHECK_FALSE(findings[0].fix);
}

TEST_CASE("code runs in one transaction, until it commits") {
    CHECK(found("ddl-backfill-same-tx",
                "DO $$ BEGIN ALTER TABLE a ADD b int; UPDATE a SET b = 1; END $$")
              .size() == 1);
    CHECK(found("ddl-backfill-same-tx",
                "DO $$ BEGIN ALTER TABLE a ADD b int; COMMIT; UPDATE a SET b = 1; END $$")
              .empty());
    CHECK(found("concurrently-in-tx",
                "DO $$ BEGIN COMMIT; DROP INDEX CONCURRENTLY i; END $$;\n"
                "DROP INDEX CONCURRENTLY i;")
              .size() == 1);
}

TEST_CASE("what a call is given within EXECUTE is no text of the statement") {
    CHECK(texts("BEGIN EXECUTE 'DROP TABLE ' || quote_ident('a') || ' CASCADE'; END") ==
          Texts{"DROP TABLE varve_unknown CASCADE"});
}

TEST_CASE("a function is judged where it is called, and one that calls itself ends") {
    const std::string made =
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DELETE FROM a; "
        "PERFORM f(); END $$;\n";
    CHECK(found("delete-without-where", made).empty());
    const auto findings = found("delete-without-where", made + "SELECT f();");
    REQUIRE_FALSE(findings.empty());
    CHECK(findings[0].begin == made.size());
}

TEST_CASE("what code runs is found where it is run from") {
    const std::string block = "DO $$ BEGIN\n  EXECUTE 'DROP TABLE a';\nEND $$;";
    const auto in_block = found("drop-table", block);
    REQUIRE(in_block.size() == 1);
    CHECK(block.substr(in_block[0].begin, in_block[0].end - in_block[0].begin) ==
          "EXECUTE 'DROP TABLE a'");
    const std::string called =
        "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ TRUNCATE a $$;\nSELECT f();";
    const auto in_function = found("truncate", called);
    REQUIRE(in_function.size() == 1);
    CHECK(called.substr(in_function[0].begin, in_function[0].end - in_function[0].begin) ==
          "SELECT f()");
}

TEST_CASE("what is found in one of several changes stands at that one") {
    const auto at = [](std::string_view rule, const std::string& text) {
        const auto findings = found(rule, text);
        REQUIRE(findings.size() == 1);
        return text.substr(findings[0].begin, findings[0].end - findings[0].begin);
    };
    const std::string alter =
        "ALTER TABLE IF EXISTS ONLY app . \"T, t\"\n  ADD COLUMN a numeric(3, 1) DEFAULT "
        "random(),\n"
        "  DROP COLUMN b /* , */, ALTER c SET NOT NULL,\n  ADD CHECK (d IN (1, 2));";
    CHECK(at("add-column-volatile-default", alter) == "a numeric(3, 1) DEFAULT random()");
    CHECK(at("drop-column", alter) == "DROP COLUMN b");
    CHECK(at("set-not-null-scan", alter) == "ALTER c SET NOT NULL");
    CHECK(at("check-add-validating", alter) == "CHECK (d IN (1, 2))");
    CHECK(at("drop-column", "ALTER TABLE t DROP b;") == "ALTER TABLE t DROP b");
    CHECK(at("ban-money", "CREATE TABLE t (a numeric(3, 1), b money);") == "money");
}
