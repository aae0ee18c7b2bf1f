#include "adapters/postgres/shadow_room.hpp"

#include <catch2/catch.hpp>

using adapters::postgres::is_out_of_room;

TEST_CASE("a full disk and a full memory are the server's, unless code says so by itself") {
    CHECK(is_out_of_room("53100", "mdextend"));
    CHECK(is_out_of_room("53200", "AllocSetAlloc"));
    CHECK_FALSE(is_out_of_room("53100", "exec_stmt_raise"));
}

TEST_CASE("limits that somebody has set are no lack of room") {
    CHECK_FALSE(is_out_of_room("53300", "InitProcess"));
    CHECK_FALSE(is_out_of_room("53400", "FileWrite"));
    CHECK_FALSE(is_out_of_room("42P01", "parserOpenTable"));
}
