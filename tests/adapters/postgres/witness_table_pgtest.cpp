#include "adapters/postgres/witness_table.hpp"
#include "tests/adapters/postgres/stage.hpp"

using commands::PublishedCheckpoint;
using tests::must;
using tests::Stage;

namespace {

const ledger::Uuid ours{{7}};

PublishedCheckpoint checkpoint(std::uint64_t size, const std::string& root = "root") {
    return {ours, size, ledger::sha256(root), "note — of " + std::to_string(size) + "\n"};
}

std::unique_ptr<commands::CheckpointWitness> table_of(const std::string& url) {
    return adapters::postgres::open_witness_table(tests::settings(url), "production");
}

using std::chrono::milliseconds;

// A command that leaves its session, and somebody else who wants the lock.
struct Leaving {
    Stage stage;
    std::shared_ptr<adapters::postgres::LeftSession> left =
        std::make_shared<adapters::postgres::LeftSession>();

    auto connect() {
        return must(adapters::postgres::connect(tests::settings(stage.url),
                                                adapters::postgres::LockSession::at_once, left));
    }
    auto connect_another() { return must(adapters::postgres::connect(tests::settings(stage.url))); }
};

}  // namespace

TEST_CASE("a target holds the checkpoints that it is given") {
    if (tests::no_server()) return;
    const Stage stage;
    const auto table = table_of(stage.url);
    CHECK(table->kind() == ledger::WitnessKind::target);
    CHECK(table->name() == "production");
    CHECK(must(table->largest(ours, 1)).empty());
    CHECK(must(table->all(ours)).empty());
    for (const std::uint64_t size : {3U, 40U, 5U}) must(table->publish(checkpoint(size)));
    must(table->publish(checkpoint(5)));
    const auto largest = must(table->largest(ours, 2));
    REQUIRE(largest.size() == 2);
    CHECK(largest[1].size == 5);
    const auto& latest = largest[0];
    CHECK(latest.size == 40);
    CHECK(latest.root == ledger::sha256("root"));
    CHECK(latest.note == "note — of 40\n");
    REQUIRE(latest.seen_at_us);
    CHECK(std::to_string(*latest.seen_at_us / 1'000'000).size() == 10);
    std::vector<std::uint64_t> sizes;
    for (const auto& held : must(table->all(ours))) sizes.push_back(held.size);
    CHECK(sizes == std::vector<std::uint64_t>{3, 5, 40});
    CHECK(must(table->largest(ledger::Uuid{{8}}, 1)).empty());
}

TEST_CASE("a target never gives up a root for another of the same size") {
    if (tests::no_server()) return;
    Stage stage;
    const auto table = table_of(stage.url);
    must(table->publish(checkpoint(3)));
    CHECK(tests::error_of(table->publish(checkpoint(3, "other"))).reason == "witness-contradicts");
    CHECK(must(table->largest(ours, 1)).at(0).root == ledger::sha256("root"));
}

TEST_CASE("what a trigger takes away again is not held by the target") {
    if (tests::no_server()) return;
    Stage stage;
    const auto table = table_of(stage.url);
    must(table->publish(checkpoint(3)));
    REQUIRE(stage.person
                .ask("CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS "
                     "'BEGIN RETURN NULL; END'; CREATE TRIGGER swallowing BEFORE INSERT ON "
                     "varve.checkpoint FOR EACH ROW EXECUTE FUNCTION swallow()")
                .empty());
    const auto refused = tests::error_of(table->publish(checkpoint(5)));
    CHECK(refused.reason == "witness-unwritable");
    CHECK(refused.detail.find("trigger") != std::string::npos);
    must(table->publish(checkpoint(3)));
}

TEST_CASE("a target whose row security hides checkpoints is unreachable, and not empty") {
    if (tests::no_server()) return;
    Stage stage;
    must(table_of(stage.url)->publish(checkpoint(3)));
    const std::string role = "hidden_" + stage.person.ask("SELECT current_database()");
    REQUIRE(stage.person
                .ask("CREATE ROLE " + role + " LOGIN; GRANT USAGE ON SCHEMA varve TO " + role +
                     "; ALTER TABLE varve.checkpoint OWNER TO " + role +
                     ", ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
                .empty());
    const auto table = table_of(stage.url + "&user=" + role);
    const auto refused = tests::error_of(table->all(ours));
    CHECK(refused.code == ledger::Code::unavailable);
    CHECK(refused.reason == "witness-unreachable");
    CHECK(refused.detail.find("row security is on") != std::string::npos);
    CHECK(tests::error_of(table->largest(ours, 1)).reason == "witness-unreachable");
    const auto unwritable = tests::error_of(table->publish(checkpoint(5)));
    CHECK(unwritable.reason == "witness-unwritable");
    CHECK(unwritable.help.find("DISABLE ROW LEVEL SECURITY") != std::string::npos);
    stage.person.ask("CREATE POLICY new_ones ON varve.checkpoint USING (size > 3)");
    const auto taken = tests::error_of(table->publish(checkpoint(5)));
    CHECK(taken.detail.find("row security is on") != std::string::npos);
    CHECK(tests::error_of(table->all(ours)).reason == "witness-unreachable");
    stage.person.ask("ALTER TABLE varve.checkpoint NO FORCE ROW LEVEL SECURITY");
    CHECK(must(table->all(ours)).size() == 2);
    stage.person.ask("REASSIGN OWNED BY " + role + " TO CURRENT_USER; DROP OWNED BY " + role +
                     "; DROP ROLE " + role);
}

TEST_CASE("the witness table is made where not even its schema is") {
    if (tests::no_server()) return;
    const std::string url = tests::cluster().new_database();
    must(table_of(url)->publish(checkpoint(3)));
    tests::Person person{url};
    CHECK(person.ask("SELECT count(*) FROM varve.checkpoint") == "1");
}

TEST_CASE("a checkpoint goes through the session that a command has left, whatever ran in it") {
    if (tests::no_server()) return;
    Stage stage;
    const auto left = std::make_shared<adapters::postgres::LeftSession>();
    CHECK_FALSE(adapters::postgres::witness_table_in(*left, "varve", "production"));
    auto target = must(adapters::postgres::connect(
        tests::settings(stage.url), adapters::postgres::LockSession::when_asked_for, left));
    must(target->prepare_markers());
    tests::Watcher watcher;
    tests::succeeded(target->execute(
        tests::order(tests::script("CREATE ROLE varve_test_low; GRANT varve_test_low TO "
                                   "CURRENT_USER; SET search_path TO pg_temp; SET ROLE "
                                   "varve_test_low")),
        watcher));
    target.reset();
    const auto table = adapters::postgres::witness_table_in(*left, "varve", "production");
    REQUIRE(table);
    CHECK(must(table->largest(ours, 1)).empty());
    must(table->publish(checkpoint(3)));
    CHECK(stage.person.ask("SELECT size FROM varve.checkpoint") == "3");
    stage.person.ask("DROP ROLE varve_test_low");
}

TEST_CASE("the run lock is kept until the checkpoint is given, and no longer") {
    if (tests::no_server()) return;
    Leaving leaving;
    auto target = leaving.connect();
    const auto ours = must(target->lock(milliseconds{0}));
    CHECK(ours.obtained);
    CHECK(ours.was_held);
    CHECK_FALSE(leaving.left->had_lock());
    target.reset();
    CHECK(leaving.left->had_lock());
    auto other = leaving.connect_another();
    CHECK_FALSE(must(other->lock(milliseconds{0})).obtained);
    const auto table = adapters::postgres::witness_table_in(*leaving.left, "varve", "production");
    REQUIRE(table);
    must(table->publish(checkpoint(3)));
    const auto theirs = must(other->lock(milliseconds{10'000}));
    CHECK(theirs.obtained);
    CHECK_FALSE(theirs.was_held);
}

TEST_CASE("a session that is left tells whether the run lock was had beside it") {
    if (tests::no_server()) return;
    Leaving leaving;
    auto other = leaving.connect_another();
    CHECK(must(other->lock(milliseconds{0})).obtained);
    auto target = leaving.connect();
    CHECK_FALSE(must(target->lock(milliseconds{0})).obtained);
    target.reset();
    CHECK(leaving.left->is_there());
    CHECK_FALSE(leaving.left->had_lock());
    leaving.left->end();
    other.reset();
    target = leaving.connect();
    CHECK(must(target->lock(milliseconds{0})).obtained);
    target.reset();
    leaving.left->unlock();
    CHECK(leaving.left->had_lock());
    leaving.left->end();
    CHECK_FALSE(leaving.left->had_lock());
}

TEST_CASE("the run lock is kept where its session is lost, and beside another one's") {
    if (tests::no_server()) return;
    Leaving leaving;
    auto target = leaving.connect();
    CHECK(must(target->lock(milliseconds{0})).obtained);
    auto again = leaving.connect();
    again.reset();
    leaving.stage.person.ask(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid NOT IN (SELECT pid FROM "
        "pg_locks WHERE locktype = 'advisory') AND pid <> pg_backend_pid() AND datname = "
        "current_database()");
    target.reset();
    auto other = leaving.connect_another();
    CHECK_FALSE(must(other->lock(milliseconds{0})).obtained);
    leaving.left->unlock();
    CHECK(must(other->lock(milliseconds{10'000})).obtained);
}

TEST_CASE("a target that does not take checkpoints says why and what to do") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask("DROP TABLE varve.checkpoint; CREATE TABLE varve.checkpoint (other int)");
    const auto refused = tests::error_of(table_of(stage.url)->publish(checkpoint(3)));
    CHECK(refused.reason == "witness-unwritable");
    const auto unread = tests::error_of(table_of(stage.url)->largest(ours, 1));
    CHECK(unread.reason == "witness-unreachable");
    for (const auto& each : {refused, unread}) {
        CHECK(each.detail.find("is not Varve's checkpoint table: column") != std::string::npos);
        CHECK(each.help.find("another marker_schema") != std::string::npos);
        CHECK(each.help.find("grant") == std::string::npos);
    }
    const auto nobody = table_of("postgresql://nobody@127.0.0.1:1/nothing");
    CHECK(tests::error_of(nobody->publish(checkpoint(3))).reason == "witness-unreachable");
    CHECK(tests::error_of(nobody->largest(ours, 1)).reason == "witness-unreachable");
}
