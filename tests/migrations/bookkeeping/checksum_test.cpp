#include "migrations/bookkeeping/checksum.hpp"

#include <catch2/catch.hpp>

namespace checksum_test {

using namespace migrations::bookkeeping;

TEST_CASE("Flyway's checksum is that of a real history") {
    // As a Flyway has written it to a flyway_schema_history of a public project.
    CHECK(flyway_checksum("CREATE EXTENSION IF NOT EXISTS pg_trgm;\n") == "1704763490");
    CHECK(flyway_checksum("CREATE EXTENSION IF NOT EXISTS pg_trgm;") == "1704763490");
}

TEST_CASE("Flyway's checksum knows nothing of line ends, nor of a byte order mark") {
    const std::string plain = flyway_checksum("CREATE TABLE a (\n  id int\n);\n");
    CHECK(flyway_checksum("CREATE TABLE a (\r\n  id int\r\n);\r\n") == plain);
    CHECK(flyway_checksum("CREATE TABLE a (\r  id int\r);") == plain);
    CHECK(flyway_checksum("\xEF\xBB\xBF"
                          "CREATE TABLE a (\n  id int\n);\n") == plain);
    CHECK(flyway_checksum("CREATE TABLE a (\n id int\n);\n") != plain);
    CHECK(flyway_checksum("") == "0");
    CHECK(flyway_checksum("123456789") == "-873187034");  // the check value of CRC-32, 0xCBF43926
}

TEST_CASE("SHA-1 and SHA-384 are those of FIPS 180-4") {
    CHECK(sha1_hex("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d");
    CHECK(sha384_hex("abc") ==
          "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
          "8086072ba1e7cc2358baeca134c825a7");
}

}  // namespace checksum_test
