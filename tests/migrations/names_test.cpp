#include "migrations/layouts/names.hpp"

#include <catch2/catch.hpp>

using migrations::layouts::FileName;
using migrations::layouts::parse_directed_name;
using migrations::layouts::parse_folder_name;
using migrations::layouts::parse_single_name;
using migrations::layouts::VersionedName;

TEST_CASE("a directed name says version, name, dialect, mode and direction") {
    CHECK(parse_directed_name("000001_base.up.sql") ==
          FileName{"000001", "base", "", false, false});
    CHECK(parse_directed_name("1_v1.2_x.down.sql") == FileName{"1", "v1.2_x", "", false, true});
    CHECK(parse_directed_name("20150100000001000000_n.postgres.up.sql") ==
          FileName{"20150100000001000000", "n", "postgres", false, false});
    CHECK(parse_directed_name("1_n.sqlite3.autocommit.down.sql") ==
          FileName{"1", "n", "sqlite3", true, true});
    CHECK(parse_directed_name("1_n.autocommit.up.sql") == FileName{"1", "n", "", true, false});
    CHECK_FALSE(parse_directed_name("base.up.sql"));
    CHECK_FALSE(parse_directed_name("1_base.sql"));
}

TEST_CASE("a single name begins with digits or a date") {
    CHECK(parse_single_name("000001.sql") == FileName{"000001", "", "", false, false});
    CHECK(parse_single_name("0002-storage-schema.sql") ==
          FileName{"0002", "storage-schema", "", false, false});
    CHECK(parse_single_name("0002-2fa.sql") == FileName{"0002", "2fa", "", false, false});
    CHECK(parse_single_name("2024-05-06-add.sql") == FileName{"20240506", "add", "", false, false});
    CHECK(parse_single_name("2024-05-06-0708_add.sql") ==
          FileName{"202405060708", "add", "", false, false});
    CHECK_FALSE(parse_single_name("1a.sql"));
    CHECK_FALSE(parse_single_name("seed.sql"));
    CHECK_FALSE(parse_single_name("1_a.up.sql"));
}

TEST_CASE("a folder's version is its digits, whatever dashes are in it") {
    CHECK(parse_folder_name("2026-07-30-140000-0000_add") ==
          VersionedName{"202607301400000000", "add"});
    CHECK(parse_folder_name("20140924113530_dumped_migration_1") ==
          VersionedName{"20140924113530", "dumped_migration_1"});
    CHECK(parse_folder_name("1528395943") == VersionedName{"1528395943", ""});
    CHECK(parse_folder_name("20240506-add-2fa") == VersionedName{"20240506", "add-2fa"});
    CHECK_FALSE(parse_folder_name("meta"));
    CHECK_FALSE(parse_folder_name("-_x"));
}
