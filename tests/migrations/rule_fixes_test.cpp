#include "migrations/rules/judge.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace {

using namespace migrations::rules;

// The text after the rule's fix; empty where it gives none.
std::string fixed_after(const std::string& history, std::string text, std::string_view rule,
                        bool in_transaction = false) {
    Schema schema;
    remember(history, schema);
    Circumstances circumstances;
    circumstances.runner_opens_transaction = in_transaction;
    for (const Finding& finding : judge(text, circumstances, schema).findings) {
        if (finding.rule != rule || !finding.fix) continue;
        auto edits = finding.fix->edits;
        std::sort(edits.begin(), edits.end(), [](const TextEdit& left, const TextEdit& right) {
            return left.begin > right.begin;
        });
        for (const TextEdit& edit : edits)
            text.replace(edit.begin, edit.end - edit.begin, edit.text);
        return text;
    }
    return {};
}

std::string fixed(std::string text, std::string_view rule, bool in_transaction = false) {
    return fixed_after("", std::move(text), rule, in_transaction);
}

bool is_silenced(const std::string& text, std::string_view rule) {
    Schema schema;
    const auto findings = judge(text, {}, schema).findings;
    return std::none_of(findings.begin(), findings.end(), [&](const Finding& finding) {
        return finding.rule == rule || finding.rule == "syntax-error";
    });
}

}  // namespace

TEST_CASE("a constraint that checks every row is added NOT VALID and validated after it") {
    CHECK(
        fixed("ALTER TABLE app.\"Orders\" /* a, b */ ADD CONSTRAINT ok CHECK (f(1, 2)) -- NOT\n"
              ", ADD COLUMN note text;",
              "check-add-validating") ==
        "ALTER TABLE app.\"Orders\" /* a, b */ ADD CONSTRAINT ok CHECK (f(1, 2)) NOT VALID -- NOT\n"
        ", ADD COLUMN note text;\nALTER TABLE app.\"Orders\" VALIDATE CONSTRAINT ok;");
    CHECK(fixed("ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers -- x\n;",
                "fk-add-validating") ==
          "ALTER TABLE orders ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) "
          "REFERENCES customers NOT VALID;\n"
          "ALTER TABLE orders VALIDATE CONSTRAINT orders_customer_id_fkey -- x\n;");
    CHECK(fixed("ALTER DOMAIN app.price ADD CHECK (VALUE > 0);", "domain-constraint-validating")
              .empty());
}

TEST_CASE("a statement becomes the sequence that does the same under weaker locks") {
    CHECK(fixed("ALTER TABLE orders ALTER COLUMN a SET NOT NULL;", "set-not-null-scan") ==
          "ALTER TABLE orders ADD CONSTRAINT orders_a_not_null CHECK (a IS NOT NULL) NOT VALID;\n"
          "ALTER TABLE orders VALIDATE CONSTRAINT orders_a_not_null;\n"
          "ALTER TABLE orders ALTER COLUMN a SET NOT NULL;\n"
          "ALTER TABLE orders DROP CONSTRAINT orders_a_not_null;");
    CHECK(fixed("ALTER TABLE users ADD UNIQUE (email, \"Shop\");", "unique-constraint-blocking") ==
          "CREATE UNIQUE INDEX CONCURRENTLY \"users_email_Shop_key\" ON users (email, \"Shop\");\n"
          "ALTER TABLE users ADD CONSTRAINT \"users_email_Shop_key\" UNIQUE USING INDEX "
          "\"users_email_Shop_key\";");
}

TEST_CASE("a fix quotes what is a word of SQL") {
    CHECK(fixed("ALTER TABLE \"order\" ALTER \"user\" SET NOT NULL;", "set-not-null-scan") ==
          "ALTER TABLE \"order\" ADD CONSTRAINT order_user_not_null CHECK (\"user\" IS NOT NULL) "
          "NOT VALID;\n"
          "ALTER TABLE \"order\" VALIDATE CONSTRAINT order_user_not_null;\n"
          "ALTER TABLE \"order\" ALTER COLUMN \"user\" SET NOT NULL;\n"
          "ALTER TABLE \"order\" DROP CONSTRAINT order_user_not_null;");
    CHECK(fixed("ALTER TABLE \"order\" ADD CONSTRAINT \"check\" CHECK (a > 0);",
                "check-add-validating") ==
          "ALTER TABLE \"order\" ADD CONSTRAINT \"check\" CHECK (a > 0) NOT VALID;\n"
          "ALTER TABLE \"order\" VALIDATE CONSTRAINT \"check\";");
}

TEST_CASE("a fix gives a constraint the name that the server would have given it") {
    const std::string history =
        "CREATE TABLE t (a int, CHECK (a > 0), UNIQUE (a), CONSTRAINT t_a_not_null CHECK (a < 9));";
    CHECK(fixed_after(history, "ALTER TABLE t ADD CHECK (a > 1);", "check-add-validating") ==
          "ALTER TABLE t ADD CONSTRAINT t_a_check1 CHECK (a > 1) NOT VALID;\n"
          "ALTER TABLE t VALIDATE CONSTRAINT t_a_check1;");
    CHECK(fixed_after(history, "ALTER TABLE t ADD UNIQUE (a);", "unique-constraint-blocking") ==
          "CREATE UNIQUE INDEX CONCURRENTLY t_a_key1 ON t (a);\n"
          "ALTER TABLE t ADD CONSTRAINT t_a_key1 UNIQUE USING INDEX t_a_key1;");
    CHECK(fixed_after(history, "ALTER TABLE t ALTER a SET NOT NULL;", "set-not-null-scan")
              .starts_with("ALTER TABLE t ADD CONSTRAINT t_a_not_null1 CHECK"));
    CHECK(fixed("ALTER TABLE t ADD CHECK (b > 0) NOT VALID, ADD CHECK (b < 9);",
                "check-add-validating") ==
          "ALTER TABLE t ADD CHECK (b > 0) NOT VALID, ADD CONSTRAINT t_b_check1 CHECK (b < 9) NOT "
          "VALID;\nALTER TABLE t VALIDATE CONSTRAINT t_b_check1;");
}

TEST_CASE("a statement with a comment in it is not written anew") {
    CHECK(fixed("ALTER TABLE users ADD /* why */ UNIQUE (email);", "unique-constraint-blocking")
              .empty());
    CHECK(
        fixed("ALTER TABLE IF EXISTS users ADD UNIQUE (a);", "unique-constraint-blocking").empty());
}

TEST_CASE("CONCURRENTLY goes where the statement's own word is") {
    CHECK(fixed("create /* INDEX */ unique index i on \"INDEX\" (a);", "index-create-blocking") ==
          "create /* INDEX */ unique index CONCURRENTLY i on \"INDEX\" (a);");
    CHECK(fixed("DROP INDEX IF EXISTS i;", "index-drop-blocking") ==
          "DROP INDEX CONCURRENTLY IF EXISTS i;");
    CHECK(fixed("DROP INDEX i, j;", "index-drop-blocking").empty());
    CHECK(fixed("CREATE UNIQUE INDEX IF NOT EXISTS j ON app.t (a);", "index-create-blocking") ==
          "DROP INDEX CONCURRENTLY IF EXISTS app.j;\n"
          "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS j ON app.t (a);");
    CHECK(is_silenced(fixed("CREATE INDEX IF NOT EXISTS j ON t (a);", "index-create-blocking"),
                      "if-not-exists-misleading"));
    CHECK(fixed("REINDEX (VERBOSE) TABLE t;", "reindex-blocking") ==
          "REINDEX (VERBOSE) TABLE CONCURRENTLY t;");
    CHECK(fixed("ALTER TABLE a DETACH PARTITION b;", "partition-detach-blocking") ==
          "ALTER TABLE a DETACH PARTITION b CONCURRENTLY;");
}

TEST_CASE("nothing that needs several transactions is put into one") {
    for (const auto& [text, rule] : {
             std::pair{"CREATE INDEX i ON t (a);", "index-create-blocking"},
             std::pair{"ALTER TABLE t ADD CHECK (a > 0);", "check-add-validating"},
             std::pair{"ALTER TABLE t ALTER COLUMN a SET NOT NULL;", "set-not-null-scan"},
             std::pair{"ALTER TABLE t ADD UNIQUE (a);", "unique-constraint-blocking"},
             std::pair{"ALTER TABLE a DETACH PARTITION b;", "partition-detach-blocking"},
         }) {
        INFO(text);
        CHECK(fixed(text, rule, true).empty());
        const std::string alone = fixed(text, rule);
        CHECK_FALSE(alone.empty());
        CHECK(is_silenced(alone, rule));
    }
}
