#include "migrations/bookkeeping/whose.hpp"

#include <catch2/catch.hpp>

namespace whose_test {

using namespace migrations::bookkeeping;

namespace {

enum class Holds { nothing, others, ours };

History history(const std::string& tool, Holds holds, bool is_of_layout = false,
                const std::string& schema = "public") {
    static const migrations::Migration migration;
    History made;
    made.tool = tool;
    made.table = schema + ".versions";
    made.is_of_layout = is_of_layout;
    if (holds != Holds::nothing) made.entries.emplace_back();
    if (holds == Holds::ours) made.entries.back().migration = &migration;
    return made;
}

std::string tool_of(const std::vector<History>& histories, const Wanted& wanted = {}) {
    const auto meant = whose(histories, wanted);
    return meant ? (*meant)->tool : meant.error().reason;
}

}  // namespace

TEST_CASE("of several histories the one that has a migration of the folder is meant") {
    CHECK(tool_of({history("dbmate", Holds::others), history("supabase", Holds::ours)}) ==
          "supabase");
    CHECK(tool_of({history("dbmate", Holds::ours), history("goose", Holds::ours, true)}) ==
          "goose");
    CHECK(tool_of({history("dbmate", Holds::ours), history("goose", Holds::ours)}) ==
          "import-ambiguous");
    CHECK(tool_of({history("dbmate", Holds::ours), history("goose", Holds::others, true)}) ==
          "dbmate");
}

TEST_CASE("where none has one, it is the folder's own tool's, or nobody's") {
    const std::vector<History> foreign{history("dbmate", Holds::others),
                                       history("supabase", Holds::others)};
    CHECK(tool_of(foreign) == "import-table-missing");
    CHECK(whose(foreign, {}).error().detail ==
          "no history that is here has a migration of this folder: public.versions of dbmate, "
          "public.versions of supabase");
    CHECK(tool_of({history("dbmate", Holds::others), history("goose", Holds::nothing, true)}) ==
          "goose");
    CHECK(tool_of({history("goose", Holds::others, true),
                   history("goose", Holds::others, true, "tenant")}) == "import-ambiguous");
}

TEST_CASE("an empty table of another tool's is none, unless a person says so") {
    const std::vector<History> empty{history("dbmate", Holds::nothing)};
    CHECK(tool_of(empty) == "import-table-missing");
    CHECK(tool_of(empty, {"dbmate", {}}) == "dbmate");
    CHECK(tool_of({history("dbmate", Holds::nothing, true)}) == "dbmate");
    CHECK(tool_of({history("dbmate", Holds::others)}) == "dbmate");
}

TEST_CASE("of two histories of one tool the table alone decides, and the help says so") {
    const History one = history("goose", Holds::ours, true);
    const History other = history("goose", Holds::ours, true, "tenant");
    CHECK(whose({one, other}, {"goose", {}}).error().help == "say which: --table SCHEMA.NAME");
    CHECK(whose({history("dbmate", Holds::ours), one, other}, {}).error().help ==
          "say which: --from TOOL, or --table SCHEMA.NAME");
}

}  // namespace whose_test
