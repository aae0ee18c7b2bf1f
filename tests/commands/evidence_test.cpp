#include "commands/evidence.hpp"

#include "commands/control_map.hpp"
#include "tests/projections/recorded_ledger.hpp"
#include "tests/support/must.hpp"

#include <limits>

namespace evidence_test {

using commands::EvidenceRole;
using commands::EvidenceRoles;
using commands::EvidenceScope;
using commands::EvidenceScopeKind;
using commands::EvidenceSelection;
using tests::must;
using tests::RecordedLedger;
using tests::time_of;
using tests::uuid;

namespace {

constexpr auto selected = EvidenceRole::selected;
constexpr auto context = EvidenceRole::context;
constexpr auto boundary = EvidenceRole::boundary;
constexpr auto everything = std::numeric_limits<std::uint64_t>::max();

ledger::Event registered(const std::string& version) {
    ledger::MigrationRegistered event;
    event.version = {version};
    event.up.kind = "sql";
    return event;
}

ledger::Event started(const std::string& version, std::uint8_t attempt) {
    ledger::AttemptStarted event;
    event.attempt = uuid(attempt);
    event.target = {"production"};
    event.version = {version};
    return event;
}

ledger::Event succeeded(const std::string& version, std::uint8_t attempt) {
    ledger::AttemptSucceeded event;
    event.attempt = uuid(attempt);
    event.target = {"production"};
    event.version = {version};
    return event;
}

template <class E>
ledger::Event on_production() {
    E event;
    event.target = {"production"};
    return event;
}

ledger::Event signed_at(std::uint64_t size) { return ledger::CheckpointSigned{size, {}, "n"}; }

// Two runs of two migrations, with a checkpoint after each.
struct Ledger {
    RecordedLedger recorded;
    Ledger() {
        recorded.add("ledger",
                     ledger::LedgerCreated{1, "example.com", "example.com/varve/1"});    // 0
        recorded.add("ledger", ledger::KeyAdded{"example.com/varve/1", "ed25519", {}});  // 1
        recorded.add("target/production", on_production<ledger::TargetRegistered>());    // 2
        recorded.run = uuid(91);
        recorded.add("migration/1", registered("1"));                             // 3
        recorded.add("target/production", on_production<ledger::RunStarted>());   // 4
        recorded.add("target/production", started("1", 1));                       // 5
        recorded.add("target/production", succeeded("1", 1));                     // 6
        recorded.add("target/production", on_production<ledger::RunFinished>());  // 7
        recorded.run.reset();
        recorded.add("ledger", signed_at(8));  // 8
        recorded.run = uuid(92);
        recorded.add("migration/2", registered("2"));                             // 9
        recorded.add("target/production", on_production<ledger::RunStarted>());   // 10
        recorded.add("target/production", started("2", 2));                       // 11
        recorded.add("target/production", succeeded("2", 2));                     // 12
        recorded.add("target/production", on_production<ledger::RunFinished>());  // 13
        recorded.run.reset();
        recorded.add("ledger", signed_at(14));                                     // 14
        recorded.add("ledger", ledger::LogReviewed{4, 8, {}, 0});                  // 15
        recorded.add("ledger", ledger::ContentRedacted{{}, 1, "sql", {3}});        // 16
        recorded.add("ledger", ledger::LedgerVerified{{}, 0, 16, {}, 0, {}, {}});  // 17
        recorded.add("ledger", signed_at(18));                                     // 18
    }

    [[nodiscard]] EvidenceSelection of(EvidenceScope scope) const {
        EvidenceSelection selection{std::move(scope)};
        for (const ledger::Record& record : must(ledger::read_records(recorded, 0, 1000)))
            selection.look(record);
        return selection;
    }
    [[nodiscard]] EvidenceSelection of_migration(const std::string& version) const {
        return of({EvidenceScopeKind::migration, {version}, {}, 0, 0});
    }
    [[nodiscard]] EvidenceSelection of_range(std::uint64_t first, std::uint64_t last) const {
        return of({EvidenceScopeKind::range, {}, {}, time_of(first), time_of(last)});
    }
};

}  // namespace

TEST_CASE("a migration's evidence is its events, its runs' frame, and what they stand on") {
    const Ledger ledger;
    const auto selection = ledger.of_migration("1");
    CHECK(selection.roles(everything) == EvidenceRoles{{0, context},
                                                       {1, context},
                                                       {2, context},
                                                       {3, selected},
                                                       {4, selected},
                                                       {5, selected},
                                                       {6, selected},
                                                       {7, selected},
                                                       {8, context},
                                                       {15, context},
                                                       {16, context},
                                                       {17, context}});
    CHECK(selection.size_needed() == 17);   // up to the redaction of 3
    CHECK(selection.roles(8).size() == 8);  // what the checkpoint does not cover is not there
}

TEST_CASE("a redaction goes with whatever refers to the content, named by it or not") {
    Ledger ledger;
    ledger::MigrationRegistered registered;
    registered.version = {"3"};
    registered.up = {ledger::sha256("gone"), 4, "sql"};
    ledger.recorded.add("migration/3", registered);  // 19
    ledger.recorded.add("ledger",
                        ledger::ContentRedacted{registered.up.digest, 4, "sql", {}});  // 20
    ledger.recorded.add("ledger",
                        ledger::ContentRedacted{ledger::sha256("b"), 1, "sql", {}});  // 21
    ledger::MigrationRevised revised;
    revised.version = {"3"};
    revised.up = registered.up;
    ledger.recorded.run = uuid(94);
    ledger.recorded.add("migration/3", revised);  // 22
    for (const auto& selection :
         {ledger.of_migration("3"), ledger.of({EvidenceScopeKind::run, {}, uuid(94), 0, 0})}) {
        const auto roles = selection.roles(everything);
        CHECK(roles.at(20) == context);
        CHECK(!roles.contains(21));
        CHECK(!selection.roles(20).contains(20));
        CHECK(selection.size_needed() == 23);
    }
}

TEST_CASE("a checkpoint must cover what was redacted of anything that goes with the selected") {
    Ledger ledger;
    ledger.recorded.add("ledger", ledger::ContentRedacted{ledger::sha256("b"), 1, "sql", {9}});
    CHECK(ledger.of_migration("2").size_needed() == 20);
    CHECK(ledger.of({EvidenceScopeKind::run, {}, uuid(92), 0, 0}).size_needed() == 20);
    CHECK(ledger.of({EvidenceScopeKind::run, {}, uuid(91), 0, 0}).size_needed() == 17);
    CHECK(ledger.of_range(9, 10).size_needed() == 20);
    CHECK(ledger.of_range(5, 7).size_needed() == 17);  // of a migration that its run applied
    CHECK(ledger.of_range(0, 0).size_needed() == 1);
}

TEST_CASE("what was taken over stands on the import or the baseline by which it was") {
    Ledger ledger;
    const auto adopted = [](const std::string& version) {
        ledger::MigrationAdopted event;
        event.target = {"production"};
        event.version = {version};
        event.source = ledger::AdoptionSource::import;
        return event;
    };
    ledger.recorded.correlation = uuid(71);
    ledger.recorded.add("target/production", on_production<ledger::HistoryImported>());  // 19
    ledger.recorded.add("target/production", adopted("3"));                              // 20
    ledger.recorded.add("target/production", adopted("4"));                              // 21
    ledger.recorded.correlation = uuid(72);
    ledger.recorded.add("target/production", on_production<ledger::HistoryImported>());  // 22
    ledger.recorded.add("target/staging", on_production<ledger::BaselineTaken>());       // 23
    ledger.recorded.add("target/production", adopted("5"));                              // 24
    const auto roles = ledger.of_migration("4").roles(everything);
    CHECK(roles.at(19) == context);
    CHECK(roles.at(21) == selected);
    CHECK(!roles.contains(22));
    CHECK(!ledger.of_migration("4").roles(21).contains(19));
    CHECK(ledger.of_range(24, 24).roles(everything).at(22) == context);
    CHECK(!ledger.of_range(24, 24).roles(everything).contains(19));
    CHECK(!ledger.of_migration("1").roles(everything).contains(19));
}

TEST_CASE("a run's evidence has its events, and the registrations of what it applied") {
    Ledger ledger;
    ledger.recorded.run = uuid(93);
    ledger.recorded.add("target/production", on_production<ledger::RunStarted>());  // 19
    ledger.recorded.add("target/production", started("1", 3));                      // 20
    const auto selection = ledger.of({EvidenceScopeKind::run, {}, uuid(93), 0, 0});
    const auto roles = selection.roles(everything);
    CHECK(roles.at(19) == selected);
    CHECK(roles.at(20) == selected);
    CHECK(roles.at(3) == context);
    CHECK(!roles.contains(5));
    CHECK(!roles.contains(9));
    CHECK(selection.size_needed() == 21);
    CHECK(selection.beyond(20) == std::vector<std::uint64_t>{20});
}

TEST_CASE("a range's evidence is gapless, with the events on both sides of it") {
    const Ledger ledger;
    const auto selection = ledger.of_range(5, 7);
    const auto roles = selection.roles(everything);
    for (const std::uint64_t position : {5, 6, 7}) CHECK(roles.at(position) == selected);
    CHECK(roles.at(4) == boundary);
    CHECK(selection.before(everything) == 4);
    CHECK(selection.after(everything) ==
          8);  // there for another reason as well: the covering checkpoint
    CHECK(roles.at(8) == context);
    CHECK(roles.at(3) == context);

    const auto whole = ledger.of_range(0, 100);
    CHECK(!whole.before(everything));
    CHECK(!whole.after(everything));
    const auto later = ledger.of_range(30, 40);  // beyond the end: what is known reaches so far
    CHECK(later.before(18) == 17);
    CHECK(later.roles(18).at(17) == boundary);
    CHECK(whole.size_needed() == 17);  // the last two are about checkpoints and verification
    CHECK(whole.beyond(18) == std::vector<std::uint64_t>{18});
}

TEST_CASE(
    "a range in which nothing happened has the events on both sides alone, and what they say") {
    const Ledger ledger;
    const auto selection =
        ledger.of({EvidenceScopeKind::range, {}, {}, time_of(5) + 1, time_of(5) + 2});
    CHECK(selection.size_needed() == 0);
    const auto roles = selection.roles(everything);
    CHECK(roles.at(5) == boundary);
    CHECK(roles.at(6) == boundary);
    CHECK(selection.before(everything) == 5);
    CHECK(selection.after(everything) == 6);
}

TEST_CASE("everything is everything below the checkpoint, and a name that nobody has is nothing") {
    const Ledger ledger;
    const auto all = ledger.of({EvidenceScopeKind::all, {}, {}, 0, 0});
    CHECK(all.roles(18).size() == 18);
    CHECK(all.roles(18).at(8) == selected);
    CHECK(all.size_needed() == 17);
    CHECK(ledger.of_migration("3").size_needed() == 0);

    Ledger faulty;
    ledger::LedgerVerified verified;
    faulty.recorded.add("ledger", verified);  // 19
    CHECK(faulty.of({EvidenceScopeKind::all, {}, {}, 0, 0}).size_needed() == 17);
    verified.fault_count = 1;
    faulty.recorded.add("ledger", verified);  // 20
    CHECK(faulty.of({EvidenceScopeKind::all, {}, {}, 0, 0}).size_needed() == 21);
}

TEST_CASE(
    "a question is answered by events of its types that have what it needs, and by no other") {
    ledger::Record record;
    record.data = ledger::RunStarted{};
    for (const commands::ControlQuestion& question : commands::control_questions()) {
        if (question.id == "cc8.1-reason") {
            CHECK(!commands::answers(question, record));
            record.reason = "why";
            CHECK(commands::answers(question, record));
        }
        if (question.types.empty()) {
            CHECK(!commands::answers(question, record));
            CHECK(!question.note.empty());  // what to ask for instead
        }
    }
    ledger::MigrationRegistered migration;
    record.data = migration;
    const auto find = [](std::string_view id) {
        for (const commands::ControlQuestion& question : commands::control_questions())
            if (question.id == id) return question;
        FAIL("no question " << id);
        return commands::ControlQuestion{};
    };
    CHECK(!commands::answers(find("a8.32-fallback"), record));
    migration.down = ledger::ContentReference{};
    record.data = migration;
    CHECK(commands::answers(find("a8.32-fallback"), record));
    CHECK(!commands::answers(find("itgc-author"), record));
    ledger::MigrationTested tested;
    record.data = tested;
    CHECK(commands::answers(find("cc8.1-tested"), record));
    CHECK(!commands::answers(find("a8.32-fallback"), record));
    tested.down = ledger::Digest{};
    record.data = tested;
    CHECK(commands::answers(find("a8.32-fallback"), record));
    record.data = ledger::LedgerRestored{};
    CHECK(commands::answers(find("itgc-manual"), record));
    record.data = ledger::FindingAccepted{};
    CHECK(commands::answers(find("cc8.1-exceptions"), record));
}

TEST_CASE("the questions' names are their own, and their types are types of events") {
    std::set<std::string_view> ids;
    for (const commands::ControlQuestion& question : commands::control_questions()) {
        CHECK(ids.insert(question.id).second);
        for (const std::string_view type : question.types) CHECK(type.ends_with(".1"));
    }
    CHECK(ids.size() > 20);
}

}  // namespace evidence_test
