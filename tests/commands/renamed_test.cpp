#include "tests/commands/resolving.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace renamed_test {

using namespace ledger;
using namespace tests;
using commands::ResolveOptions;
using Names = std::vector<std::string>;

TEST_CASE("a folder renumbered with overlapping numbers is decided as one") {
    Scene scene{{migration("1", "a"), migration("2", "b"), migration("3", "c")}};
    must(scene.run());
    SECTION("up") {
        scene.folder->migrations = {migration("2", "a"), migration("3", "b"), migration("4", "c")};
        const auto error = refused(scene.run());
        CHECK(error.reason == "difference-missing");
        CHECK(error.detail.find("2_m.up.sql has the same text") != std::string::npos);
        for (const Resolution other : {Resolution::adopt, Resolution::accept_digest})
            for (const char* version : {"1", "2", "3"})
                CHECK(resolve(scene, version, other).error().reason == "resolution-unfit");
        const auto versions = GENERATE(std::vector<Version>{{"2"}}, std::vector<Version>{});
        must(resolve(scene, {versions, DifferenceKind::missing, Resolution::mark_applied}));
        CHECK(scene.state().applied_order == std::vector<Version>{{"2"}, {"3"}, {"4"}});
    }
    SECTION("down, and a part alone") {
        scene.folder->migrations = {migration("0", "a"), migration("1", "b"), migration("3", "c")};
        must(resolve(scene, {{}, std::nullopt, Resolution::mark_applied}));
        CHECK(scene.state().applied_order == std::vector<Version>{{"0"}, {"1"}, {"3"}});
    }
    settled_and_level(scene, 3);
    CHECK(scene.server.executed == Names{"a", "b", "c"});
    for (const auto& [version, state] : scene.state().migrations)
        if (state.applied) CHECK(state.applied->is_order_known);
}

TEST_CASE("a part of a renumbered folder's decisions would run nothing again") {
    const std::vector<migrations::Migration> renumbered{migration("2", "a"), migration("3", "b"),
                                                        migration("4", "c")};
    Scene whole{{migration("1", "a"), migration("2", "b"), migration("3", "c")}};
    must(whole.run());
    const auto before = whole.size();
    Scene undecided;
    cut(whole, undecided, before, 3);
    whole.folder->migrations = renumbered;
    must(resolve(whole, {{}, DifferenceKind::missing, Resolution::mark_applied}));
    for (auto size = before + 1; size < whole.size(); ++size) {
        Scene left{renumbered};
        cut(whole, left, size, 0);
        left.server = undecided.server;
        INFO(size - before << " of " << whole.size() - before);
        if (const auto report = left.run()) CHECK(report->end == commands::RunEnd::nothing_to_do);
        CHECK(left.server.executed.empty());
    }
}

TEST_CASE("of all at once, the first of a chain is not taken for a text that was changed") {
    Scene scene{{migration("1", "a"), migration("2", "b"), migration("9", "c")}};
    must(scene.run());
    scene.folder->migrations = {migration("1", "a"), migration("2", "new"), migration("3", "b"),
                                migration("9", "c ")};
    CHECK(resolve(scene, {{}, std::nullopt, Resolution::accept_digest}).error().reason ==
          "resolution-unfit");
    must(resolve(scene, "9", Resolution::accept_digest));
}

TEST_CASE("a new migration among renumbered ones comes late, or stands for what was there") {
    Scene scene{{migration("1", "a"), migration("2", "b")}};
    must(scene.run());
    scene.folder->migrations = {migration("1", "a"), migration("2", "new"), migration("3", "b")};
    CHECK(refused(scene.run()).reason == "difference-missing");
    SECTION("late") {
        must(resolve(scene, "2", Resolution::mark_applied));
        CHECK(scene.state().applied_order == std::vector<Version>{{"1"}, {"3"}});
        CHECK(refused(scene.run()).reason == "out-of-order");
    }
    SECTION("accepted") {
        must(resolve(scene, "2", Resolution::accept_digest));
        CHECK(scene.state().applied_order == std::vector<Version>{{"1"}, {"2"}});
        CHECK(must(scene.run()).done_count == 1);
    }
}

TEST_CASE("a file with another's text is told, where its own text is nowhere") {
    Scene scene{{migration("1", "a"), migration("2", "b")}};
    must(scene.run());
    SECTION("its own is gone") { scene.folder->migrations = {migration("2", "a")}; }
    SECTION("both have changed places") {
        scene.folder->migrations = {migration("1", "b"), migration("2", "a")};
    }
    const auto error = refused(scene.run());
    CHECK(error.reason == "difference-changed");
    CHECK(error.detail.find("it has the text that is applied as \"1\"") != std::string::npos);
    CHECK(error.help.find("--accept-digest") == std::string::npos);
}

TEST_CASE("what is half done cannot be gone on with while its file stays away") {
    Scene scene{{migration("1", "a"), stepwise(migration("2", "b\nfail\nc"))}};
    must(scene.run());
    scene.folder->migrations.pop_back();
    const auto error = refused(scene.run());
    CHECK(error.reason == "difference-missing");
    CHECK(error.detail.find("(1 of 3 statements), but its file is gone (was content:" +
                            hex(sha256("b\nfail\nc"))) != std::string::npos);
    const auto unfit = resolve(scene, "2", Resolution::adopt).error();
    CHECK(unfit.reason == "resolution-unfit");
    CHECK(unfit.help.starts_with("give --mark-unapplied;"));
    must(resolve(scene, "2", Resolution::mark_unapplied));
    settled_and_level(scene, 1);
}

}  // namespace renamed_test
