#include "tests/adapters/postgres/stage.hpp"

#include <future>

using namespace std::chrono_literals;
using adapters::postgres::LockSession;
using tests::lock_pid;
using tests::must;
using tests::Stage;

namespace {

commands::Marker marker() { return tests::order(tests::script("SELECT 1")).marker; }

// With the run lock tried, and the markers read, already.
std::unique_ptr<commands::TargetDatabase> open_ahead(const Stage& stage) {
    return must(adapters::postgres::connect(tests::settings(stage.url), LockSession::at_once));
}

std::size_t count_of(commands::TargetDatabase& target) { return must(target.markers()).size(); }

// The role that is connected as sees what the policies let it.
std::string as_reader(const Stage& stage) {
    return stage.url + "&options=-c%20role%3Dmarker_reader";
}

}  // namespace

TEST_CASE("markers that were read ahead are those of the lock's holder") {
    if (tests::no_server()) return;
    Stage stage;
    must(stage.target->write_markers({marker()}));
    const auto target = open_ahead(stage);
    CHECK(must(target->lock(0ms)).obtained);
    SECTION("as they were found") { CHECK(count_of(*target) == 1); }
    SECTION("with what was written since") {
        must(target->write_markers({marker()}));
        CHECK(count_of(*target) == 2);
    }
    SECTION("once: then they are read anew") {
        CHECK(count_of(*target) == 1);
        must(stage.target->write_markers({marker()}));
        CHECK(count_of(*target) == 2);
    }
    SECTION("with that of an attempt that was committed only now") {
        const auto late = marker();
        must(stage.target->write_markers({late}));
        CHECK(must(target->settled_marker(late.attempt, 0ms)));
        CHECK(count_of(*target) == 2);
    }
}

TEST_CASE("markers that were read ahead are forgotten with the lock") {
    if (tests::no_server()) return;
    Stage stage;
    const auto target = open_ahead(stage);
    stage.person.ask("SELECT pg_terminate_backend((" + lock_pid + "))");
    REQUIRE(stage.person.sees("SELECT count(*) FROM (" + lock_pid + ") x", "0"));
    const auto rival = tests::open(stage.url);
    REQUIRE(must(rival->lock(0ms)).obtained);
    must(rival->write_markers({marker()}));
    SECTION("before it was asked for") {
        CHECK_FALSE(must(target->lock(0ms)).obtained);
        CHECK(count_of(*target) == 1);
    }
    SECTION("without asking for it") { CHECK(count_of(*target) == 1); }
}

TEST_CASE("who learns late that no lock is wanted has one session, and the markers") {
    if (tests::no_server()) return;
    Stage stage;
    must(stage.target->write_markers({marker()}));
    REQUIRE(must(stage.target->lock(0ms)).obtained);
    std::promise<LockSession> told;
    auto opening = std::async(std::launch::async, [&, wanted = told.get_future().share()] {
        return must(adapters::postgres::connect(tests::settings(stage.url), wanted, nullptr));
    });
    SECTION("and none where it never asks") {
        told.set_value(LockSession::when_asked_for);
        const auto target = opening.get();
        CHECK(count_of(*target) == 1);
        CHECK(stage.person.sees("SELECT count(*) FROM (" + lock_pid + ") x", "1"));
    }
    SECTION("read anew once it has the lock after all") {
        told.set_value(LockSession::when_asked_for);
        const auto target = opening.get();
        must(stage.target->write_markers({marker()}));
        stage.target.reset();
        CHECK(must(target->lock(5s)).obtained);
        CHECK(count_of(*target) == 2);
    }
    SECTION("read anew where a lock is wanted") {
        must(stage.target->write_markers({marker()}));
        stage.target.reset();
        told.set_value(LockSession::at_once);
        const auto target = opening.get();
        CHECK(must(target->lock(5s)).obtained);
        CHECK(count_of(*target) == 2);
    }
}

TEST_CASE("what another run holds is not read ahead") {
    if (tests::no_server()) return;
    Stage stage;
    REQUIRE(must(stage.target->lock(0ms)).obtained);
    const auto target = open_ahead(stage);
    must(stage.target->write_markers({marker()}));
    stage.target.reset();
    CHECK(must(target->lock(5s)).obtained);
    CHECK(count_of(*target) == 1);
}

TEST_CASE("markers that row security may hide are not taken for all of them") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask(
        "CREATE ROLE marker_reader; GRANT USAGE ON SCHEMA varve TO marker_reader;"
        "GRANT SELECT ON varve.__migrations_metadata TO marker_reader;"
        "ALTER TABLE varve.__migrations_metadata ENABLE ROW LEVEL SECURITY;"
        "CREATE POLICY shown ON varve.__migrations_metadata USING (version <> 'hidden')");
    const auto attempt = marker();
    SECTION("where some are left") { must(stage.target->write_markers({attempt})); }
    SECTION("where none is left") {}
    const auto reader = tests::open(as_reader(stage));
    CHECK(reader->markers().error().reason == "markers-hidden");
    CHECK(reader->settled_marker(attempt.attempt, 0ms).error().reason == "markers-hidden");
    stage.person.ask("DROP OWNED BY marker_reader; DROP ROLE marker_reader");
}

TEST_CASE("a marker table that row security is forced on as it is made is refused at once") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask(
        "DROP SCHEMA varve CASCADE; CREATE ROLE marker_reader;"
        "DO $do$ BEGIN EXECUTE 'GRANT CREATE ON DATABASE ' || quote_ident(current_database()) ||"
        " ' TO marker_reader'; END $do$;"
        "CREATE FUNCTION public.secure() RETURNS event_trigger LANGUAGE plpgsql AS $$ DECLARE t "
        "regclass; BEGIN FOR t IN SELECT objid FROM pg_catalog.pg_event_trigger_ddl_commands() "
        "WHERE object_type = 'table' LOOP EXECUTE pg_catalog.format('ALTER TABLE %s ENABLE ROW "
        "LEVEL SECURITY, FORCE ROW LEVEL SECURITY', t); END LOOP; END $$;"
        "CREATE EVENT TRIGGER secure ON ddl_command_end WHEN TAG IN ('CREATE TABLE') "
        "EXECUTE FUNCTION public.secure()");
    const auto owner = tests::open(as_reader(stage));
    for (int tries = 0; tries < 2; ++tries) {
        const auto made = owner->prepare_markers();
        REQUIRE_FALSE(made);
        CHECK(made.error().reason == "markers-hidden");
        CHECK(made.error().help.find("NO FORCE ROW LEVEL SECURITY") != std::string::npos);
    }
    CHECK(owner->check_marker_rights(false).error().reason == "markers-hidden");
    stage.person.ask("ALTER TABLE varve.__migrations_metadata NO FORCE ROW LEVEL SECURITY");
    must(owner->prepare_markers());
    stage.person.ask(
        "DROP EVENT TRIGGER secure; DROP OWNED BY marker_reader; "
        "DROP ROLE marker_reader");
}

TEST_CASE("a marker with what Varve never wrote is not read as one") {
    if (tests::no_server()) return;
    Stage stage;
    must(stage.target->write_markers({marker()}));
    stage.person.ask("UPDATE varve.__migrations_metadata SET ledger_size = -1");
    CHECK(stage.target->markers().error().reason == "marker-unreadable");
}
