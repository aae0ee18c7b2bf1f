#include "adapters/postgres/reached_beyond.hpp"

#include "migrations/kept_script.hpp"

#include <catch2/catch.hpp>

namespace reached_beyond_test {

using adapters::postgres::ReachedBeyond;
using adapters::postgres::ServerError;

namespace {

ServerError error(const std::string& sqlstate, const std::string& message) {
    ServerError answer;
    answer.sqlstate = sqlstate;
    answer.message = message;
    return answer;
}

const ServerError unconnected = error("08001", "could not connect to server \"far\"");

}  // namespace

TEST_CASE("a statement that could not reach another server is left out from then on") {
    const auto script = migrations::kept_script(
        "a.sql", "INSERT INTO f VALUES (1); INSERT INTO t VALUES (1); INSERT INTO f VALUES (2);");
    ReachedBeyond reached;
    CHECK_FALSE(reached.why_not(script, 0));
    CHECK(reached.learn(script, 0, unconnected));
    CHECK(reached.why_not(script, 0) == "it asks another server");
    CHECK_FALSE(reached.why_not(script, 1));
    CHECK(reached.why_not(script, 2));
    CHECK_FALSE(reached.learn(script, 0, unconnected));
    const auto other = migrations::kept_script("b.sql", "INSERT INTO f VALUES (1);");
    CHECK_FALSE(reached.why_not(other, 0));
}

TEST_CASE("only rows for the same table are left out along with a statement") {
    const auto left_out = [](const std::string& text) {
        const auto script = migrations::kept_script("a.sql", text);
        ReachedBeyond reached;
        CHECK(reached.learn(script, 0, unconnected));
        return reached.why_not(script, 1).has_value();
    };
    CHECK(
        left_out("INSERT INTO app.f (a, b) VALUES (1, 2); INSERT INTO app.f (a, b) VALUES (3, 4)"));
    CHECK_FALSE(left_out("INSERT INTO app.f VALUES (1); INSERT INTO app.t VALUES (1)"));
    CHECK_FALSE(left_out("INSERT INTO app.t SELECT v FROM f; INSERT INTO app.t VALUES (NULL)"));
    CHECK_FALSE(left_out("INSERT INTO \"values1\" VALUES (1); INSERT INTO \"values2\" VALUES (1)"));
    CHECK_FALSE(left_out("DO $$ BEGIN PERFORM f(); END $$; DO $$ BEGIN PERFORM g(); END $$"));
    CHECK_FALSE(left_out("CALL p(); CALL p()"));
    CHECK_FALSE(left_out("INSERT INTO t VALUES (f()); INSERT INTO t VALUES (5)"));
    CHECK_FALSE(left_out("INSERT INTO \"F\" VALUES (1); INSERT INTO \"f\" VALUES (1)"));
}

TEST_CASE("what names the target's database in its code is left out, and no other database") {
    const auto script = migrations::kept_script("a.sql", "DO $$BEGIN END$$;");
    const auto missing = [](const std::string& name) {
        return error("3D000", "database \"" + name + "\" does not exist");
    };
    CHECK(ReachedBeyond{"app"}.learn(script, 0, missing("app")));
    CHECK_FALSE(ReachedBeyond{"app"}.learn(script, 0, missing("other")));
    CHECK(ReachedBeyond{}.learn(script, 0, missing("other")));
    CHECK_FALSE(ReachedBeyond{}.learn(script, 0, error("3D000", "no database is given")));
    auto raised = missing("app");
    raised.source_function = "exec_stmt_raise";
    CHECK_FALSE(ReachedBeyond{"app"}.learn(script, 0, raised));
}

TEST_CASE("only what the disposable server itself denies is left out") {
    const auto script = migrations::kept_script("a.sql", "SELECT f();");
    const auto is_denied = [&](const std::string& sqlstate, const std::string& message) {
        return ReachedBeyond{}.learn(script, 0, error(sqlstate, message));
    };
    CHECK(is_denied("42501", "could not execute command \"touch x\": Permission denied"));
    CHECK(is_denied("42501", "could not open file \"/x\" for writing: Permission denied"));
    CHECK(is_denied("58P01", "could not open file \"/x\" for reading: No such file or directory"));
    CHECK(is_denied("42501", "could not create server file \"/x\": Permission denied"));
    CHECK_FALSE(is_denied("42501", "permission denied for table t"));
    CHECK_FALSE(is_denied("58P01", "could not access file \"$libdir/nowhere\": No such file"));
    ServerError raised = unconnected;
    raised.source_function = "exec_stmt_raise";
    CHECK_FALSE(ReachedBeyond{}.learn(script, 0, raised));
    CHECK_FALSE(is_denied("23505", "duplicate key value violates unique constraint"));
}

}  // namespace reached_beyond_test
