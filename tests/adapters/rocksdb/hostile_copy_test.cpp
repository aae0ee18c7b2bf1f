#include "adapters/rocksdb/backup.hpp"
#include "adapters/rocksdb/restore.hpp"
#include "tests/adapters/rocksdb/scratch.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>

using namespace tests;

namespace fs = std::filesystem;

namespace {

void back_up(const Scratch& scratch) {
    StepClock clock;
    fill(scratch, clock, 20);
    must(adapters::rocksdb::back_up(
        {scratch.ledger(), scratch.folder() / "backup", "varve/0.1.0", true, {}}, clock));
}

std::string refusal_of(const Scratch& scratch, const fs::path& place) {
    StepClock clock;
    return error_of(adapters::rocksdb::restore({scratch.folder() / "backup", place, false, {}, {}},
                                               clock))
        .reason;
}

}  // namespace

TEST_CASE("what is endless in a copy, or gives nothing, is not waited for") {
    const Scratch scratch;
    back_up(scratch);
    const fs::path folder = scratch.folder() / "backup";
    const fs::path place = scratch.folder() / "place";
    for (const std::string file : {"anchor", "manifest"}) {
        CAPTURE(file);
        const std::string bytes = slurp(folder / file);
        fs::remove(folder / file);
        REQUIRE(mkfifo((folder / file).c_str(), 0600) == 0);
        CHECK(refusal_of(scratch, place) == "backup-damaged");
        fs::remove(folder / file);
        spill(folder / file, bytes);
    }
    constexpr auto endless = std::uintmax_t{200} << 30U;
    fs::resize_file(folder / "anchor", endless);
    CHECK(refusal_of(scratch, place) == "backup-damaged");
    CHECK_FALSE(fs::exists(place));
}

TEST_CASE("a folder or a link among a copy's events is damage, and is not followed") {
    const Scratch scratch;
    back_up(scratch);
    const fs::path events = scratch.folder() / "backup" / "events";
    SECTION("a folder") { fs::create_directory(events / "more"); }
    SECTION("a link") { fs::create_symlink("CURRENT", events / "more"); }
    SECTION("a link in a file's place") {
        fs::rename(events / "CURRENT", scratch.folder() / "elsewhere");
        fs::create_symlink(scratch.folder() / "elsewhere", events / "CURRENT");
    }
    CHECK(refusal_of(scratch, scratch.folder() / "place") == "backup-damaged");
}

TEST_CASE("a ledger is not restored into its copy") {
    const Scratch scratch;
    back_up(scratch);
    const fs::path inside = scratch.folder() / "backup" / "in";
    CHECK(refusal_of(scratch, inside) == "destination-unfit");
    CHECK_FALSE(fs::exists(inside));
}
